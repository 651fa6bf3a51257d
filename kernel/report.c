// SPDX-License-Identifier: GPL-2.0
/* Log lines and audit records. Nothing here allocates: a change is never left unsaid. */
#include <linux/audit.h>
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uidgid.h>

#include "report.h"

/* The name of a process is its owner's to choose: what is not plain is written as \xHH. */
static void ks_escape_comm(char *out)
{
	char comm[TASK_COMM_LEN];
	const char *c;

	get_task_comm(comm, current);
	for (c = comm; *c; c++) {
		if (ks_is_plain(*c))
			*out++ = *c;
		else
			out += sprintf(out, "\\x%02x", (unsigned char)*c);
	}
	*out = '\0';
}

void ks_actor_current(struct ks_actor *actor)
{
	int len;

	actor->task = current;
	len = scnprintf(actor->text, sizeof(actor->text), " uid=%u auid=%u ses=%u comm=",
			from_kuid(&init_user_ns, current_uid()),
			from_kuid(&init_user_ns, audit_get_loginuid(current)),
			audit_get_sessionid(current));
	ks_escape_comm(actor->text + len);
}

/* A record of what somebody else's task did is no part of this task's system call. */
static void ks_emit(const struct ks_actor *actor, const char *fmt, va_list *args)
{
	struct va_format what = { .fmt = fmt, .va = args };
	bool others = actor && actor->task != current;
	const char *who = actor ? actor->text : "";

	pr_warn(KS_LOG "%pV%s\n", &what, who);
	if (audit_enabled != AUDIT_OFF)
		audit_log(others ? NULL : audit_context(), GFP_KERNEL, AUDIT_KERNEL_OTHER,
			  "module=killswitch msg='%pV%s'", &what, who);
}

void ks_report_event(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	ks_emit(NULL, fmt, &args);
	va_end(args);
}

void ks_report_as(const struct ks_actor *actor, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	ks_emit(actor, fmt, &args);
	va_end(args);
}

void ks_report(const char *fmt, ...)
{
	struct ks_actor actor;
	va_list args;

	ks_actor_current(&actor);
	va_start(args, fmt);
	ks_emit(&actor, fmt, &args);
	va_end(args);
}
