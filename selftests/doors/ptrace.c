// SPDX-License-Identifier: GPL-2.0-only
/* What one process may do to another of the same user: here to a child of its own. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "doors.h"

#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

static pid_t child(void)
{
	const pid_t parent = getpid();
	pid_t pid = need(sys(fork()), NULL, "fork");

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)	/* else it has gone already, and nothing comes */
			pause();
		_exit(0);
	}
	return pid;
}

static void getfd(const struct door *door)
{
	pid_t pid = child();
	int pidfd = need(sys(syscall(SYS_pidfd_open, pid, 0)), ABSENT_IF(ENOSYS), "pidfd_open");

	(void)door;
	pass(sys(syscall(SYS_pidfd_getfd, pidfd, STDOUT_FILENO, 0)), ABSENT_IF(ENOSYS),
	     "pidfd_getfd");
}

static void seize(const struct door *door)
{
	(void)door;
	pass(sys(ptrace(PTRACE_SEIZE, child(), NULL, NULL)), NULL, "PTRACE_SEIZE");
}

const struct door ptrace_doors[] = {
	{ "pidfd_getfd", "pidfd_getfd() of a child's descriptor", ANY_USER, getfd, NULL },
	{ "ptrace", "PTRACE_SEIZE of a child", ANY_USER, seize, NULL },
	{ 0 },
};
