/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What killswitch has to know about riscv64. A kprobe is a breakpoint here,
 * never a call through ftrace, so there is no KS_ARCH_KPROBE: what ftrace cannot
 * reach is refused. There is no direct way either: an override costs what an
 * ftrace callback does.
 */
#ifndef KS_ARCH_H
#define KS_ARCH_H

#include <linux/ftrace.h>
#include <linux/ptrace.h>
#include <linux/types.h>

/*
 * Where in a function the kprobe layer is asked whether it may be probed. It
 * takes no probe of an ftrace site, which a function begins with.
 */
#define KS_ARCH_PROBE_OFFSET MCOUNT_INSN_SIZE

/* What the calling convention passes in registers, from a0 on. */
#define KS_ARCH_ARGUMENTS 8

static __always_inline void ks_arch_set_argument(struct pt_regs *regs, unsigned int n,
						 unsigned long value)
{
	(&regs->a0)[n] = value;
}

static __always_inline void ks_arch_set_stack_pointer(struct pt_regs *regs, unsigned long sp)
{
	regs->sp = sp;
}

static __always_inline void ks_arch_set_kernel_mode(struct pt_regs *regs)
{
	regs->status = SR_PP;
}

#endif
