/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What killswitch has to know about arm64. A kprobe is an exception per call
 * here, never a call through ftrace, so there is no KS_ARCH_KPROBE: what ftrace
 * cannot reach is refused.
 */
#ifndef KS_ARCH_H
#define KS_ARCH_H

#include <linux/ftrace.h>
#include <linux/ptrace.h>
#include <linux/types.h>

/* Where in a function the kprobe layer is asked whether it may be probed. */
#define KS_ARCH_PROBE_OFFSET 0

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

static __always_inline void ks_arch_set_kernel_mode(struct pt_regs *regs)
{
	regs->pstate = PSR_MODE_EL1h;
}

/*
 * Since 6.4 a function has a word in front of it that tells ftrace's entry code
 * of its ops, if there is just one, and an ops may name code to be called
 * instead of its callback.
 */
#if defined(CONFIG_DYNAMIC_FTRACE_WITH_CALL_OPS) && defined(CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS)
#define KS_ARCH_DIRECT
#define KS_ARCH_DIRECT_GUARD 0	/* a guard wants registers that the stub does not save */

static inline void ks_arch_set_direct(struct ftrace_ops *ops, unsigned long stub)
{
	ops->direct_call = stub;
}

/* Does the ftrace site of the function at @addr call the code that @ops came with? */
static inline bool ks_arch_is_direct(unsigned long addr, const struct ftrace_ops *ops)
{
	return READ_ONCE(*(const struct ftrace_ops **)(addr - sizeof(ops))) == ops;
}
#endif

#endif
