// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "doors.h"

/* Above 2, which Debian's kernels have, it is for root alone. */
#define PARANOID "/proc/sys/kernel/perf_event_paranoid"

static void count(const struct door *door)
{
	struct perf_event_attr event = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_TASK_CLOCK,
		.size = sizeof(event),
		.exclude_kernel = 1,
	};

	(void)door;
	if (proc_number(PARANOID, 2) <= 2)
		drop_privileges();
	else if (geteuid() != 0)
		absent(PARANOID " leaves it to root");
	pass(sys(syscall(SYS_perf_event_open, &event, 0, -1, -1, 0)), ABSENT_IF(ENOSYS),
	     "perf_event_open");
}

const struct door perf_doors[] = {
	{ "perf_event", "perf_event_open() of a software event", CONFIGURED, count, NULL },
	{ 0 },
};
