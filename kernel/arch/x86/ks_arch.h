/* SPDX-License-Identifier: GPL-2.0 */
/* What killswitch has to know about x86_64. */
#ifndef KS_ARCH_H
#define KS_ARCH_H

#include <linux/kprobes.h>
#include <linux/ptrace.h>
#include <asm/text-patching.h>

/* A function without an ftrace site can be overridden by a kprobe. */
#define KS_ARCH_KPROBE

/*
 * Make the function at whose first instruction @regs stopped return @value:
 * what its caller's call instruction pushed is still on top of the stack.
 */
static __always_inline void ks_arch_return(struct pt_regs *regs, long value)
{
	regs->ax = value;
	regs->ip = *(unsigned long *)regs->sp;
	regs->sp += sizeof(unsigned long);
}

/* Is the breakpoint of @kp in place? It is not while all kprobes are disarmed. */
static inline bool ks_arch_kprobe_armed(const struct kprobe *kp)
{
	return READ_ONCE(*(const u8 *)kp->addr) == INT3_INSN_OPCODE;
}

#endif
