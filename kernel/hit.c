// SPDX-License-Identifier: GPL-2.0
/* The trace event killswitch:killswitch_hit. */
#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>

#include "context.h"

#define CREATE_TRACE_POINTS
#include "hit.h"

/* The contexts that are in the trace event right now. */
static DEFINE_PER_CPU(unsigned int, ks_tracing);

/*
 * Whoever follows the event may call functions that are overridden, too; those
 * calls are overridden without being told of, or there would be no end to it.
 */
void notrace ks_hit_trace(const char *symbol, long retval)
{
	unsigned int *tracing, bit;

	preempt_disable_notrace();
	tracing = this_cpu_ptr(&ks_tracing);
	bit = ks_context_enter(tracing);
	if (bit) {
		if (rcu_is_watching())
			trace_killswitch_hit(symbol, retval);
		ks_context_leave(tracing, bit);
	}
	preempt_enable_notrace();
}

NOKPROBE_SYMBOL(ks_hit_trace);
