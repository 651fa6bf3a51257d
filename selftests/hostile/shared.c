// SPDX-License-Identifier: GPL-2.0-only
/* Attacks that both a user and root have. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../errname.h"
#include "../target.h"
#include "held.h"
#include "hostile.h"

#define HELD_MAX 64

long list_into(int fd, void *page)
{
	return syscall(SYS_getdents64, fd, page, HELD_PAGE);
}

long read_into(int fd, void *page)
{
	return read(fd, page, HELD_PAGE);
}

long write_from(int fd, void *page)
{
	return write(fd, page, 64);
}

struct holder {
	const struct held_call *call;
	void *page;
};

static void *hold(void *argument)
{
	const struct holder *h = argument;
	int fd = -1;

	if (h->call->path)
		fd = open(h->call->path, h->call->flags);
	if (h->call->path && fd < 0)
		return NULL;
	h->call->call(fd, h->page);
	return NULL;
}

/* Threads, for a userfaultfd is not about the memory of children. */
void hold_calls(const struct held_call *calls, size_t count, bool by_fuse)
{
	static struct holder holders[HELD_MAX];
	struct held h;
	pthread_t thread;
	size_t i;
	int err;

	err = by_fuse ? own_mounts(0) : 0;
	if (!err)
		err = by_fuse ? held_by_fuse(&h, count) : held_by_userfaultfd(&h, count);
	if (err)
		skip("no memory to be held by %s: %s", by_fuse ? "FUSE" : "userfaultfd",
		     errname(err));
	for (i = 0; i < count; i++) {
		holders[i] = (struct holder) { &calls[i], held_page(&h, i) };
		if (pthread_create(&thread, NULL, hold, &holders[i]))
			skip("no threads");
	}
	note("%u calls wait for their memory", held_await(&h, count, 1000));
	if (!*h.touched)
		skip("nothing waits");
}

/* A task that is preempted in the kernel holds up what waits for all tasks to be elsewhere. */
static void read_zeros(void)
{
	static char buf[1 << 20];
	struct iovec v[1024];
	struct sched_param p = { };
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC), n;

	sched_setscheduler(0, SCHED_IDLE, &p);
	for (n = 0; n < 1024; n++)
		v[n] = (struct iovec) { buf, sizeof(buf) };
	for (;;) {
		if (readv(fd, v, 1024) < 0)
			exit(1);
	}
}

void spin(void)
{
	for (;;)
		;
}

void use_one_cpu(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sysconf(_SC_NPROCESSORS_ONLN) - 1, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		skip("sched_setaffinity: %s", errname(errno));
}

void keep_cpu_busy(void)
{
	use_one_cpu();
	start_workers(1, read_zeros);
	start_workers(8, spin);
	/* so that the reader has been preempted */
	sleep(1);
}

/* One limit each: what it is applied to is up to the caller. */
void spread_limits(void)
{
	static const struct {
		int what;
		rlim_t value;
	} limits[] = {
		{ RLIMIT_FSIZE, 0 },
		{ RLIMIT_MEMLOCK, 0 },
		{ RLIMIT_NPROC, 0 },
		{ RLIMIT_SIGPENDING, 0 },
		{ RLIMIT_STACK, 16384 },
		{ RLIMIT_AS, 1 << 21 },
		{ RLIMIT_DATA, 0 },
		{ RLIMIT_NOFILE, 4 },
	};
	size_t n = worker % (sizeof(limits) / sizeof(limits[0]));
	struct rlimit r = { limits[n].value, limits[n].value };

	setrlimit(limits[n].what, &r);
}
