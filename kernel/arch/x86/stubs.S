/* SPDX-License-Identifier: GPL-2.0 */
#include <linux/linkage.h>
#include <asm/asm.h>
#include <asm/nospec-branch.h>
#include <asm/unwind_hints.h>
#include "../../stubs.h"

/* Before there was indirect branch tracking. */
#ifndef ENDBR
#define ENDBR
#define ANNOTATE_NOENDBR
#endif

/*
 * A call that an ftrace callback or a kprobe has overridden continues here:
 * load the slot's value and return to the function's caller.
 *
 * The value is loaded here, not by the callback, because something may run in
 * between: a BPF trampoline on the same function is entered after the ftrace
 * callbacks, uses the return register, and only then continues here. Nothing
 * but the return register may change.
 */
	.text
	.balign KS_RETURN_STUB_SIZE
SYM_CODE_START(ks_return_stubs)
	.set slot, 0
	.rept KS_SLOTS
	.balign KS_RETURN_STUB_SIZE, 0xcc
	UNWIND_HINT_FUNC
	ENDBR
	movq	ks_slots + slot * KS_SLOT_SIZE + KS_SLOT_RETVAL(%rip), %rax
	RET
	.set slot, slot + 1
	.endr
	.balign KS_RETURN_STUB_SIZE, 0xcc
	.org	ks_return_stubs + KS_SLOTS * KS_RETURN_STUB_SIZE, 0xcc	/* or one is too long */
SYM_CODE_END(ks_return_stubs)
_ASM_NOKPROBE(ks_return_stubs)

/*
 * The direct way: the function's ftrace site calls this itself. On top of the
 * stack is where the function's body would go on, below it the function's
 * caller. To override is to drop the former and return to the latter.
 *
 * The flags are looked at here, since not every call is to be overridden by
 * whoever is called here: one that is let through has to find all registers
 * that a function may be handed something in, and those it must preserve, as
 * they were. No function is handed anything in r11.
 *
 * Retpolines and call depth tracking: one call that counts was made (the
 * caller's; calls of ftrace sites do not), and one return undoes it. A call
 * that is let through has one return more, which is on the safe side.
 */
	.balign KS_DIRECT_STUB_SIZE
SYM_CODE_START(ks_direct_stubs)
	.set slot, 0
	.rept KS_SLOTS
	.balign KS_DIRECT_STUB_SIZE, 0xcc
	UNWIND_HINT_FUNC
	ANNOTATE_NOENDBR
	cmpq	$0, ks_slots + slot * KS_SLOT_SIZE + KS_SLOT_FLAGS(%rip)
	jne	1f
	movq	ks_slots + slot * KS_SLOT_SIZE + KS_SLOT_HITS(%rip), %rax
	incq	%gs:(%rax)
	movq	ks_slots + slot * KS_SLOT_SIZE + KS_SLOT_RETVAL(%rip), %rax
	addq	$8, %rsp
	UNWIND_HINT_FUNC
	RET
1:
	UNWIND_HINT_FUNC
	leaq	ks_slots + slot * KS_SLOT_SIZE(%rip), %r11
	jmp	.Lflagged
	.set slot, slot + 1
	.endr
	.balign KS_DIRECT_STUB_SIZE, 0xcc
	.org	ks_direct_stubs + KS_SLOTS * KS_DIRECT_STUB_SIZE, 0xcc

.Lflagged:
	UNWIND_HINT_FUNC
	testq	$(1 << KS_SLOT_OFF), KS_SLOT_FLAGS(%r11)
	jnz	.Lbody
	testq	$(1 << KS_SLOT_COUNT), KS_SLOT_FLAGS(%r11)
	jnz	.Lcount
	/* as if the caller had called it; it counts the call, too */
	addq	$8, %rsp
	UNWIND_HINT_FUNC
	movq	%r11, %rdi
	jmp	ks_direct_told

.Lcount:
	UNWIND_HINT_FUNC
	movq	KS_SLOT_HITS(%r11), %r11
	incq	%gs:(%r11)
.Lbody:
	RET
SYM_CODE_END(ks_direct_stubs)
_ASM_NOKPROBE(ks_direct_stubs)

SYM_CODE_START(ks_pass_stub)
	UNWIND_HINT_FUNC
	ANNOTATE_NOENDBR
	RET
SYM_CODE_END(ks_pass_stub)
_ASM_NOKPROBE(ks_pass_stub)
