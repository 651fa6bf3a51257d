/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What killswitch has to know about arm64. A kprobe is an exception per call
 * here, never a call through ftrace, so there is no KS_ARCH_KPROBE: what ftrace
 * cannot reach is refused.
 */
#ifndef KS_ARCH_H
#define KS_ARCH_H

#include <linux/ptrace.h>

/* What the procedure call standard passes in registers, from x0 on. */
#define KS_ARCH_ARGUMENTS 8

static __always_inline void ks_arch_set_argument(struct pt_regs *regs, unsigned int n,
						 unsigned long value)
{
	regs->regs[n] = value;
}

static __always_inline void ks_arch_set_stack_pointer(struct pt_regs *regs, unsigned long sp)
{
	regs->sp = sp;
}

#endif
