/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where an overridden call continues: one stub per slot, which loads the
 * slot's value and returns to the function's caller.
 *
 * The value is loaded here, not by the ftrace callback, because something may
 * run in between: a BPF trampoline on the same function is entered after the
 * ftrace callbacks, uses the return register, and only then continues here.
 * Nothing but the return register may change.
 */
#include <linux/linkage.h>
#include <asm/asm.h>
#include <asm/nospec-branch.h>
#include <asm/unwind_hints.h>
#include "../../stubs.h"

#ifndef ENDBR
#define ENDBR
#endif

	.text
	.balign KS_STUB_SIZE
SYM_CODE_START(ks_stubs)
	.set slot, 0
	.rept KS_SLOTS
	.balign KS_STUB_SIZE, 0xcc
	UNWIND_HINT_FUNC
	ENDBR
	movl	$slot, %eax
	jmp	.Lload
	.set slot, slot + 1
	.endr

.Lload:
	UNWIND_HINT_FUNC
	movq	ks_retvals(, %rax, 8), %rax
	RET
SYM_CODE_END(ks_stubs)
_ASM_NOKPROBE(ks_stubs)
