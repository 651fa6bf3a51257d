/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/linkage.h>
#include <asm/asm.h>
#include <asm/nospec-branch.h>
#include <asm/segment.h>
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
	testq	$(1 << KS_SLOT_ASK), KS_SLOT_FLAGS(%r11)
	jnz	.Lask
	testq	$(1 << KS_SLOT_COUNT), KS_SLOT_FLAGS(%r11)
	jnz	.Lcount
	/* as if the caller had called it; it counts the call, too */
	addq	$8, %rsp
	UNWIND_HINT_FUNC
	movq	%r11, %rdi
	jmp	ks_direct_told

.Lcount:
	UNWIND_HINT_FUNC
	testq	$(1 << KS_SLOT_TELL), KS_SLOT_FLAGS(%r11)
	jnz	.Lask
	movq	KS_SLOT_HITS(%r11), %r11
	incq	%gs:(%r11)
.Lbody:
	RET

/*
 * The call's registers as struct pt_regs, as they are at the entry of the
 * function: with the caller on top of the stack. A guard, if there is one,
 * decides; what it claims is overridden right here unless the slot is flagged
 * otherwise, too.
 */
	.set REGS, 21 * 8
.Lask:
	UNWIND_HINT_FUNC
	subq	$REGS, %rsp
	movq	%r15, 0 * 8(%rsp)
	movq	%r14, 1 * 8(%rsp)
	movq	%r13, 2 * 8(%rsp)
	movq	%r12, 3 * 8(%rsp)
	movq	%rbp, 4 * 8(%rsp)
	movq	%rbx, 5 * 8(%rsp)
	movq	%r11, 6 * 8(%rsp)
	movq	%r10, 7 * 8(%rsp)
	movq	%r9, 8 * 8(%rsp)
	movq	%r8, 9 * 8(%rsp)
	movq	%rax, 10 * 8(%rsp)
	movq	%rcx, 11 * 8(%rsp)
	movq	%rdx, 12 * 8(%rsp)
	movq	%rsi, 13 * 8(%rsp)
	movq	%rdi, 14 * 8(%rsp)
	movq	$-1, 15 * 8(%rsp)		/* no system call */
	movq	REGS(%rsp), %rax
	movq	%rax, 16 * 8(%rsp)
	movq	$__KERNEL_CS, 17 * 8(%rsp)
	movq	$2, 18 * 8(%rsp)		/* the flags are not handed to a function */
	leaq	REGS + 8(%rsp), %rax
	movq	%rax, 19 * 8(%rsp)
	movq	$__KERNEL_DS, 20 * 8(%rsp)
	UNWIND_HINT_REGS
	movq	KS_SLOT_GUARD(%r11), %rdi
	testq	%rdi, %rdi
	jz	.Lcaught
	movq	%rsp, %rsi
	call	ks_guard_matches
	testb	%al, %al
	jz	.Lpass
	movq	6 * 8(%rsp), %r11
	testq	$(1 << KS_SLOT_OFF | 1 << KS_SLOT_COUNT | 1 << KS_SLOT_TELL), KS_SLOT_FLAGS(%r11)
	jnz	.Lcaught
	movq	KS_SLOT_HITS(%r11), %rax
	incq	%gs:(%rax)
	movq	KS_SLOT_RETVAL(%r11), %rax
	addq	$REGS + 8, %rsp
	UNWIND_HINT_FUNC
	RET

.Lcaught:
	UNWIND_HINT_REGS
	movq	%r11, %rdi
	call	ks_direct_caught
	testq	%rax, %rax
	jz	.Lpass
	addq	$REGS, %rsp
	UNWIND_HINT_FUNC
	movq	%rax, (%rsp)
	RET

.Lpass:
	UNWIND_HINT_REGS
	/* what a function called has preserved is as it was */
	movq	7 * 8(%rsp), %r10
	movq	8 * 8(%rsp), %r9
	movq	9 * 8(%rsp), %r8
	movq	10 * 8(%rsp), %rax
	movq	11 * 8(%rsp), %rcx
	movq	12 * 8(%rsp), %rdx
	movq	13 * 8(%rsp), %rsi
	movq	14 * 8(%rsp), %rdi
	addq	$REGS, %rsp
	UNWIND_HINT_FUNC
	RET
SYM_CODE_END(ks_direct_stubs)
_ASM_NOKPROBE(ks_direct_stubs)

SYM_CODE_START(ks_pass_stub)
	UNWIND_HINT_FUNC
	ANNOTATE_NOENDBR
	RET
SYM_CODE_END(ks_pass_stub)
_ASM_NOKPROBE(ks_pass_stub)
