/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM killswitch

#if !defined(KS_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define KS_TRACE_H

#include <linux/cred.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/uidgid.h>

/*
 * A call that was overridden, or that an observation has counted; the retval of
 * the latter is 0. In an interrupt the task and its user have nothing to do with it.
 */
TRACE_EVENT_FN(killswitch_hit,
	TP_PROTO(const char *symbol, long retval, bool observed),
	TP_ARGS(symbol, retval, observed),
	TP_STRUCT__entry(
		__string(symbol, symbol)
		__field(long, retval)
		__field(u32, uid)
		__field(u8, observed)
	),
	TP_fast_assign(
		strscpy(__get_str(symbol), symbol, __get_dynamic_array_len(symbol));
		__entry->retval = retval;
		__entry->uid = from_kuid(&init_user_ns, current_uid());
		__entry->observed = observed;
	),
	TP_printk("symbol=%s retval=%ld uid=%u state=%s", __get_str(symbol), __entry->retval,
		  __entry->uid, __entry->observed ? "observed" : "overridden"),
	ks_hit_follow, ks_hit_unfollow
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
