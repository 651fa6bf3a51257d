// SPDX-License-Identifier: GPL-2.0-only
/* The trace event killswitch:killswitch_hit. */
#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>

#include "context.h"
#include "hit.h"
#include "stubs.h"

/*
 * The event's first follower comes, or its last one goes. All slots are told,
 * also those that are not in use: so none is forgotten that is taken meanwhile.
 */
static int ks_hit_follow(void)
{
	int i;

	for (i = 0; i < KS_SLOTS; i++)
		set_bit(KS_SLOT_TELL, &ks_slots[i].flags);
	return 0;
}

static void ks_hit_unfollow(void)
{
	int i;

	for (i = 0; i < KS_SLOTS; i++)
		clear_bit(KS_SLOT_TELL, &ks_slots[i].flags);
}

#define CREATE_TRACE_POINTS
#include "trace.h"

/* The contexts that are in the trace event right now. */
static DEFINE_PER_CPU(unsigned int, ks_tracing);

/*
 * A tracer may itself call functions that are overridden; those calls are
 * overridden without an event, or there would be no end to it.
 */
void notrace ks_hit_tell(const char *symbol, long retval, bool observed)
{
	unsigned int *tracing, bit = ks_context_bit();

	preempt_disable_notrace();
	tracing = this_cpu_ptr(&ks_tracing);
	if (ks_context_enter(tracing, bit)) {
		if (rcu_is_watching())
			trace_killswitch_hit(symbol, observed ? 0 : retval, observed);
		ks_context_leave(tracing, bit);
	}
	preempt_enable_notrace();
}

NOKPROBE_SYMBOL(ks_hit_tell);
