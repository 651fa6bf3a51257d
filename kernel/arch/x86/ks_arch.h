/* SPDX-License-Identifier: GPL-2.0-only */
/* What killswitch has to know about x86_64. */
#ifndef KS_ARCH_H
#define KS_ARCH_H

#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/ptrace.h>
#include <linux/types.h>
#include <asm/text-patching.h>

/* Where in a function the kprobe layer is asked whether it may be probed. */
#define KS_ARCH_PROBE_OFFSET 0

/* A function without an ftrace site can be overridden by a kprobe. */
#define KS_ARCH_KPROBE

/* Is @kp in place? It is not while all kprobes are disarmed. */
static inline bool ks_arch_kprobe_armed(struct kprobe *kp)
{
	u8 armed = kprobe_ftrace(kp) ? CALL_INSN_OPCODE : INT3_INSN_OPCODE;

	return READ_ONCE(*(const u8 *)kp->addr) == armed;
}

/*
 * An ops may come with code of its own to be called by the ftrace site of a
 * function that has no other ops; where there are others, ftrace calls the
 * ops' callback.
 */
#define KS_ARCH_DIRECT
#define KS_ARCH_DIRECT_GUARD 1	/* the stub can have a guard decide */

static inline void ks_arch_set_direct(struct ftrace_ops *ops, unsigned long stub)
{
	ops->trampoline = stub;
}

/* Does the ftrace site of the function at @addr call the code that @ops came with? */
static inline bool ks_arch_is_direct(unsigned long addr, const struct ftrace_ops *ops)
{
	const u8 *site = (const u8 *)addr;

	/* it is the first instruction, or behind the landing pad */
	if (*site != CALL_INSN_OPCODE)
		site += 4;
	return *site == CALL_INSN_OPCODE &&
	       (unsigned long)site + CALL_INSN_SIZE + *(const s32 *)(site + 1) == ops->trampoline;
}

#endif
