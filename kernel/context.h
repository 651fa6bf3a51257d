/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KS_CONTEXT_H
#define KS_CONTEXT_H

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

#endif
