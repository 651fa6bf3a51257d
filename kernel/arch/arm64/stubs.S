/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/linkage.h>
#include <asm/assembler.h>
#include "../../stubs.h"

/*
 * A call that an ftrace callback has overridden continues here: load the slot's
 * value and return to the function's caller.
 *
 * ftrace comes here with the link register as the caller set it. The function
 * has not run, so it is not signed, whatever CONFIG_ARM64_PTR_AUTH_KERNEL is.
 */
	.text
	.balign KS_RETURN_STUB_SIZE
SYM_CODE_START(ks_return_stubs)
	.set slot, 0
	.rept KS_SLOTS
	.balign KS_RETURN_STUB_SIZE
	bti	jc
	adrp	x0, ks_slots + slot * KS_SLOT_SIZE + KS_SLOT_RETVAL
	ldr	x0, [x0, :lo12:ks_slots + slot * KS_SLOT_SIZE + KS_SLOT_RETVAL]
	ret
	.set slot, slot + 1
	.endr
	.org	ks_return_stubs + KS_SLOTS * KS_RETURN_STUB_SIZE	/* or one is too long */
SYM_CODE_END(ks_return_stubs)
NOKPROBE(ks_return_stubs)

/*
 * The direct way: ftrace's entry code branches here at once. The link register
 * is where the function's body would go on, and x9 what it was when the function
 * was called: to override is to return to the latter.
 *
 * A call that is let through has to find the arguments, x0 to x8, and what a
 * function preserves as they were; x9 to x17 are free. The task may move to
 * another CPU halfway: the count is then of the CPU that it was on, and since
 * it is added to atomically none is lost.
 */
	/* Add one to what x11, as a per-CPU pointer, points to. */
	.macro count_hit
	get_this_cpu_offset x12
	add	x11, x11, x12
1:	ldxr	x12, [x11]
	add	x12, x12, #1
	stxr	w13, x12, [x11]
	cbnz	w13, 1b
	.endm

	.balign KS_DIRECT_STUB_SIZE
SYM_CODE_START(ks_direct_stubs)
	.set slot, 0
	.rept KS_SLOTS
	.balign KS_DIRECT_STUB_SIZE
	bti	jc
	adrp	x10, ks_slots + slot * KS_SLOT_SIZE
	add	x10, x10, :lo12:ks_slots + slot * KS_SLOT_SIZE
	ldp	x11, x12, [x10, #KS_SLOT_HITS]	/* and the flags, which follow */
	cbnz	x12, .Lflagged
	count_hit
	ldr	x0, [x10, #KS_SLOT_RETVAL]
	ret	x9
	.set slot, slot + 1
	.endr
	.org	ks_direct_stubs + KS_SLOTS * KS_DIRECT_STUB_SIZE

.Lflagged:
	tbnz	x12, #KS_SLOT_OFF, .Lbody
	tbnz	x12, #KS_SLOT_COUNT, .Lcount
	/* as if the caller had called it; it counts the call, too */
	mov	x0, x10
	mov	x30, x9
	b	ks_direct_told

.Lcount:
	tbnz	x12, #KS_SLOT_TELL, .Ltell
	count_hit
.Lbody:
	mov	x10, x30
	mov	x30, x9
	ret	x10

/* A call that runs and is traced: what it is handed and where it came from is kept meanwhile. */
.Ltell:
	stp	x29, x30, [sp, #-112]!
	mov	x29, sp
	stp	x0, x1, [sp, #16]
	stp	x2, x3, [sp, #32]
	stp	x4, x5, [sp, #48]
	stp	x6, x7, [sp, #64]
	stp	x8, x9, [sp, #80]
	mov	x0, x10
	bl	ks_direct_caught
	ldp	x0, x1, [sp, #16]
	ldp	x2, x3, [sp, #32]
	ldp	x4, x5, [sp, #48]
	ldp	x6, x7, [sp, #64]
	ldp	x8, x9, [sp, #80]
	ldp	x29, x30, [sp], #112
	b	.Lbody
SYM_CODE_END(ks_direct_stubs)
NOKPROBE(ks_direct_stubs)

SYM_CODE_START(ks_pass_stub)
	bti	jc
	mov	x10, x30
	mov	x30, x9
	ret	x10
SYM_CODE_END(ks_pass_stub)
NOKPROBE(ks_pass_stub)
