/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KS_HIT_H
#define KS_HIT_H

#include "trace.h"

void ks_hit_trace(const char *symbol, long retval);

/* Tell whoever follows the trace event that a call was overridden. */
static __always_inline void ks_hit(const char *symbol, long retval)
{
	if (trace_killswitch_hit_enabled())
		ks_hit_trace(symbol, retval);
}

#endif
