// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "doors.h"

static void cpu_timer(const struct door *door)
{
	struct sigevent event = { .sigev_notify = SIGEV_NONE };
	const struct itimerspec hour = { .it_value.tv_sec = 3600 };
	int timer;	/* the kernel's timer_t */

	(void)door;
	pass(sys(syscall(SYS_timer_create, CLOCK_THREAD_CPUTIME_ID, &event, &timer)),
	     ABSENT_IF(ENOSYS), "timer_create");
	pass(sys(syscall(SYS_timer_settime, timer, 0, &hour, NULL)), NULL, "timer_settime");
	pass(sys(syscall(SYS_timer_delete, timer)), NULL, "timer_delete");
}

const struct door timer_doors[] = {
	{ "posix_cpu_timer", "POSIX timer of a thread's CPU time", ANY_USER, cpu_timer, NULL },
	{ 0 },
};
