// SPDX-License-Identifier: GPL-2.0-only
/* Log lines and audit records. Nothing here allocates: a change is never left unsaid. */
#include <linux/audit.h>
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uidgid.h>

#include "report.h"

/* A text that somebody chose: what is not plain, and is none of @more, is written as \xHH. */
static void ks_escape(char *out, const char *text, const char *more)
{
	const char *c;

	for (c = text; *c; c++) {
		if (ks_is_plain(*c) || strchr(more, *c))
			*out++ = *c;
		else
			out += sprintf(out, "\\x%02x", (unsigned char)*c);
	}
	*out = '\0';
}

void ks_actor_current(struct ks_actor *actor)
{
	char comm[TASK_COMM_LEN];
	int len;

	actor->task = current;
	len = scnprintf(actor->text, sizeof(actor->text), " uid=%u auid=%u ses=%u comm=",
			from_kuid(&init_user_ns, current_uid()),
			from_kuid(&init_user_ns, audit_get_loginuid(current)),
			audit_get_sessionid(current));
	get_task_comm(comm, current);
	ks_escape(actor->text + len, comm, "");
}

#define KS_REASON_TEXT_MAX (KS_REASON_MAX * 4 + sizeof(" reason=\"\""))

static void ks_reason_text(char *out, const char *reason)
{
	out += sprintf(out, " reason=\"");
	ks_escape(out, reason, " ");
	strcat(out, "\"");
}

/* A record of what another task did is no part of this task's system call. */
static void ks_emit(const struct ks_actor *actor, const char *reason, const char *fmt,
		    va_list *args)
{
	struct va_format what = { .fmt = fmt, .va = args };
	bool others = actor && actor->task != current;
	const char *identity = actor ? actor->text : "";
	char because[KS_REASON_TEXT_MAX] = "";

	if (reason)
		ks_reason_text(because, reason);
	pr_warn(KS_LOG "%pV%s%s\n", &what, identity, because);
	if (audit_enabled != AUDIT_OFF)
		audit_log(others ? NULL : audit_context(), GFP_KERNEL, AUDIT_KERNEL_OTHER,
			  "module=killswitch msg='%pV%s%s'", &what, identity, because);
}

void ks_report_event(const char *reason, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	ks_emit(NULL, reason, fmt, &args);
	va_end(args);
}

void ks_report_as(const struct ks_actor *actor, const char *reason, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	ks_emit(actor, reason, fmt, &args);
	va_end(args);
}

void ks_report(const char *reason, const char *fmt, ...)
{
	struct ks_actor actor;
	va_list args;

	ks_actor_current(&actor);
	va_start(args, fmt);
	ks_emit(&actor, reason, fmt, &args);
	va_end(args);
}
