/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KS_CONTEXT_H
#define KS_CONTEXT_H

#include <linux/compiler.h>
#include <linux/hardirq.h>

#define KS_CONTEXT_NMI 8

/*
 * A bit for the context that runs: of two users of the same bit on a CPU, with
 * preemption off, one has called the other.
 */
static __always_inline unsigned int ks_context_bit(void)
{
	if (in_nmi())
		return KS_CONTEXT_NMI;
	if (hardirq_count())
		return 4;
	return in_serving_softirq() ? 2 : 1;
}

/*
 * Enter what must not call itself, with preemption off: false if that is what
 * happens. @busy is this CPU's, @bit is of ks_context_bit(). An interrupt may
 * enter meanwhile, too, and has put the bits back when it ends.
 */
static __always_inline bool ks_context_enter(unsigned int *busy, unsigned int bit)
{
	if (*busy & bit)
		return false;
	WRITE_ONCE(*busy, *busy | bit);
	barrier();
	return true;
}

static __always_inline void ks_context_leave(unsigned int *busy, unsigned int bit)
{
	barrier();
	WRITE_ONCE(*busy, *busy & ~bit);
}

#endif
