// SPDX-License-Identifier: GPL-2.0
/* Log lines and audit records. Nothing here allocates: a change is never left unsaid. */
#include <linux/audit.h>
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uidgid.h>

#include "report.h"

#define KS_COMM_MAX (TASK_COMM_LEN * 4)	/* every byte as \xHH */

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

static void ks_emit(struct va_format *what, const char *who)
{
	pr_warn(KS_LOG "%pV%s\n", what, who);
	if (audit_enabled != AUDIT_OFF)
		audit_log(audit_context(), GFP_KERNEL, AUDIT_KERNEL_OTHER,
			  "module=killswitch msg='%pV%s'", what, who);
}

void ks_report_event(const char *fmt, ...)
{
	struct va_format what = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	what.va = &args;
	ks_emit(&what, "");
	va_end(args);
}

void ks_report(const char *fmt, ...)
{
	struct va_format what = { .fmt = fmt };
	char who[KS_COMM_MAX + 64];
	va_list args;
	int len;

	len = scnprintf(who, sizeof(who), " uid=%u auid=%u ses=%u comm=",
			from_kuid(&init_user_ns, current_uid()),
			from_kuid(&init_user_ns, audit_get_loginuid(current)),
			audit_get_sessionid(current));
	ks_escape_comm(who + len);

	va_start(args, fmt);
	what.va = &args;
	ks_emit(&what, who);
	va_end(args);
}
