/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KS_REPORT_H
#define KS_REPORT_H

#include <linux/ctype.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/string.h>

#define KS_LOG "killswitch: "

#define KS_REASON_MAX 120	/* characters */

/* May a character stand in a log line and an audit record as it is? Else it could end a quotation, or more. */
static inline bool ks_is_plain(char c)
{
	return isascii(c) && isgraph(c) && !strchr("\\'\"", c);
}

#define KS_COMM_MAX (TASK_COMM_LEN * 4)	/* every byte as \xHH */

/* The task that makes a change, as the log has it. */
struct ks_actor {
	const struct task_struct *task;
	char text[KS_COMM_MAX + 64];
};

void ks_actor_current(struct ks_actor *actor);

/**
 * ks_report() - log a change, and make it an audit record where audit is on
 * @reason: the reason given for it, which ends the line, or NULL
 * @fmt: the change in one of the forms of SPEC.md section 4, without prefix,
 *	identity and newline; no text that a user chose other than a symbol name
 *
 * ks_report() appends the identity of the current task: uid, login uid, session
 * and command name; ks_report_as() that of another one. ks_report_event() is for
 * changes that no task made just now.
 */
__printf(2, 3) void ks_report(const char *reason, const char *fmt, ...);
__printf(3, 4) void ks_report_as(const struct ks_actor *actor, const char *reason,
				 const char *fmt, ...);
__printf(2, 3) void ks_report_event(const char *reason, const char *fmt, ...);

/* Say why something was refused, where the errno alone does not. */
#define ks_refuse(fmt, ...) pr_warn(KS_LOG fmt "\n", ##__VA_ARGS__)

#endif
