/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where an overridden call continues: one stub per slot, which loads the
 * slot's value and returns to the function's caller.
 *
 * ftrace comes here with the link register as the caller set it. The function
 * has not run, so it is not signed, whatever CONFIG_ARM64_PTR_AUTH_KERNEL is.
 *
 * The value is loaded here, not by the ftrace callback, because something may
 * run in between: a BPF trampoline on the same function is entered after the
 * ftrace callbacks, uses the return register, and only then continues here.
 * Nothing but the return register may change.
 */
#include <linux/linkage.h>
#include <asm/assembler.h>
#include "../../stubs.h"

	.text
	.balign KS_STUB_SIZE
SYM_CODE_START(ks_stubs)
	.set slot, 0
	.rept KS_SLOTS
	.balign KS_STUB_SIZE
	bti	jc
	adrp	x0, ks_retvals + slot * 8
	ldr	x0, [x0, :lo12:ks_retvals + slot * 8]
	ret
	.set slot, slot + 1
	.endr
SYM_CODE_END(ks_stubs)
NOKPROBE(ks_stubs)
