/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/linkage.h>
#include <asm/asm.h>
#include "../../stubs.h"

/*
 * A call that an ftrace callback has overridden continues here: load the slot's
 * value and return to the function's caller. ftrace comes here with ra as the
 * caller set it.
 */
	.text
	.balign KS_RETURN_STUB_SIZE
SYM_CODE_START(ks_return_stubs)
	.set slot, 0
	.rept KS_SLOTS
	.balign KS_RETURN_STUB_SIZE
	ld	a0, ks_slots + slot * KS_SLOT_SIZE + KS_SLOT_RETVAL
	ret
	.set slot, slot + 1
	.endr
	.balign KS_RETURN_STUB_SIZE
	.org	ks_return_stubs + KS_SLOTS * KS_RETURN_STUB_SIZE	/* or one is too long */
SYM_CODE_END(ks_return_stubs)
ASM_NOKPROBE(ks_return_stubs)
