/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KS_CONTEXT_H
#define KS_CONTEXT_H

#include <linux/compiler.h>
#include <linux/hardirq.h>

/*
 * A bit for the context that runs: of two users of the same bit on a CPU, with
 * preemption off, one has called the other.
 */
static __always_inline unsigned int ks_context_bit(void)
{
	if (in_nmi())
		return 8;
	if (hardirq_count())
		return 4;
	return in_serving_softirq() ? 2 : 1;
}

/*
 * Enter what must not call itself, with preemption off: 0 if that is what
 * happens, else what ks_context_leave() takes. @busy is this CPU's. An interrupt
 * may enter meanwhile, too, and has put the bits back when it ends.
 */
static __always_inline unsigned int ks_context_enter(unsigned int *busy)
{
	unsigned int bit = ks_context_bit();

	if (*busy & bit)
		return 0;
	WRITE_ONCE(*busy, *busy | bit);
	barrier();
	return bit;
}

static __always_inline void ks_context_leave(unsigned int *busy, unsigned int bit)
{
	barrier();
	WRITE_ONCE(*busy, *busy & ~bit);
}

#endif
