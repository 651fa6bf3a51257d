// SPDX-License-Identifier: GPL-2.0-only
/*
 * hammer [--workers N] [--pause MICROSECONDS] [--file FILE] [--forward] ERRNO...
 *
 * Call ks_test_vuln() through FILE from N processes in a loop, in turn with the
 * number for which it fails with EBADMSG and with one for which it succeeds,
 * until SIGTERM or SIGINT. The only other results that may occur are the given
 * errnos, those of overrides. With --pause each process rests for that long
 * after every 64 calls, which leaves the CPU to others. With --forward the real
 * result may not occur in a process after an override. Prints "running" once
 * every process has made a call, and in the end how often which result occurred.
 *
 * Exit status: 0 if for both numbers both the real result and an override
 * occurred; 1 if not, or, at once, when anything else occurs.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "errname.h"

#define WORKERS_MAX 64
#define CALLS_BETWEEN_PAUSES 64
#define USEC_PER_SEC 1000000
#define OVERRIDES_MAX 8
#define USAGE_ERROR 2

static const struct {
	const char *number;
	int result;		/* the real one: 0 or an errno */
} calls[] = {
	{ "0xC0FFEE", EBADMSG },
	{ "0x1", 0 },
};

#define CALLS (sizeof(calls) / sizeof(calls[0]))

/* Each worker has one of its own, in memory shared with the parent. */
struct tally {
	_Atomic unsigned long real[CALLS];
	_Atomic unsigned long overridden[CALLS][OVERRIDES_MAX];
};

static const char *file = "/sys/kernel/debug/test_killswitch/fire";
static int overrides[OVERRIDES_MAX], override_count;
static struct tally *tallies;
static pid_t workers[WORKERS_MAX];
static int worker_count = 2;
static long pause_us;
static bool forward;

static void usage(void)
{
	fprintf(stderr, "usage: hammer [--workers 1..%d] [--pause MICROSECONDS] [--file FILE] [--forward] ERRNO... (at most %d)\n",
		WORKERS_MAX, OVERRIDES_MAX);
	exit(USAGE_ERROR);
}

static void parse(int argc, char *argv[])
{
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--workers") && i + 1 < argc) {
			worker_count = atoi(argv[++i]);
			if (worker_count < 1 || worker_count > WORKERS_MAX)
				usage();
		} else if (!strcmp(argv[i], "--pause") && i + 1 < argc) {
			pause_us = atol(argv[++i]);
			if (pause_us < 1 || pause_us >= USEC_PER_SEC)
				usage();
		} else if (!strcmp(argv[i], "--file") && i + 1 < argc) {
			file = argv[++i];
		} else if (!strcmp(argv[i], "--forward")) {
			forward = true;
		} else {
			int err = errno_by_name(argv[i]);

			if (!err || override_count == OVERRIDES_MAX)
				usage();
			overrides[override_count++] = err;
		}
	}
	if (!override_count)
		usage();
}

static bool count(struct tally *t, size_t call, int result)
{
	static bool overridden;
	int i;

	if (result == calls[call].result) {
		if (forward && overridden)
			return false;
		t->real[call]++;
		return true;
	}
	for (i = 0; i < override_count; i++) {
		if (result == overrides[i]) {
			t->overridden[call][i]++;
			overridden = true;
			return true;
		}
	}
	return false;
}

/* Never returns; the exit status is not 0, for only a signal ends a worker that is fine. */
static void work(struct tally *t, pid_t parent, const sigset_t *unblocked)
{
	size_t turn, call, length;
	ssize_t n;
	int fd, result;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	sigprocmask(SIG_SETMASK, unblocked, NULL);
	fd = open(file, O_WRONLY | O_CLOEXEC);
	if (fd < 0) {
		printf("%s: %s\n", file, errname(errno));
		fflush(stdout);
		_exit(1);
	}
	for (turn = 0;; turn++) {
		call = turn % CALLS;
		if (pause_us && turn % CALLS_BETWEEN_PAUSES == 0)
			usleep(pause_us);
		length = strlen(calls[call].number);
		n = write(fd, calls[call].number, length);
		result = n < 0 ? errno : 0;
		if ((n >= 0 && (size_t)n != length) || !count(t, call, result)) {
			printf("%s: unexpected result: %s\n", calls[call].number,
			       n < 0 ? errname(result) : "success, or a part of it");
			fflush(stdout);
			_exit(1);
		}
	}
}

static void start_workers(const sigset_t *unblocked)
{
	pid_t self = getpid();
	int i;

	for (i = 0; i < worker_count; i++) {
		workers[i] = fork();
		if (workers[i] < 0) {
			perror("hammer: fork");
			exit(1);	/* takes the others along: PR_SET_PDEATHSIG */
		}
		if (!workers[i])
			work(&tallies[i], self, unblocked);
	}
}

static bool all_running(void)
{
	int i;

	for (i = 0; i < worker_count; i++) {
		const struct tally *t = &tallies[i];
		unsigned long total = t->real[0];
		int j;

		for (j = 0; j < override_count; j++)
			total += t->overridden[0][j];
		if (!total)
			return false;
	}
	return true;
}

/* Return: true when told to stop, false when a worker gave up. */
static bool wait_for_end(const sigset_t *signals)
{
	const struct timespec interval = { .tv_nsec = 20 * 1000 * 1000 };
	bool announced = false;
	int sig;

	for (;;) {
		sig = sigtimedwait(signals, NULL, announced ? NULL : &interval);
		if (sig == SIGCHLD)
			return false;
		if (sig == SIGTERM || sig == SIGINT)
			return true;
		if (!announced && all_running()) {
			announced = true;
			puts("running");
			fflush(stdout);
		}
	}
}

static void stop_workers(void)
{
	int i;

	for (i = 0; i < worker_count; i++)
		kill(workers[i], SIGKILL);
	for (i = 0; i < worker_count; i++)
		waitpid(workers[i], NULL, 0);
}

/* Return: true if both the real result and an override occurred. */
static bool print_results(size_t call)
{
	unsigned long real = 0, one, overridden = 0;
	int i, j;

	for (i = 0; i < worker_count; i++)
		real += tallies[i].real[call];
	printf("%s: %s %lu", calls[call].number,
	       calls[call].result ? errname(calls[call].result) : "success", real);
	for (j = 0; j < override_count; j++) {
		for (one = 0, i = 0; i < worker_count; i++)
			one += tallies[i].overridden[call][j];
		printf(", %s %lu", errname(overrides[j]), one);
		overridden += one;
	}
	putchar('\n');
	return real && overridden;
}

int main(int argc, char *argv[])
{
	sigset_t signals, unblocked;
	bool fine, complete = true;
	size_t call;

	parse(argc, argv);
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, &unblocked);

	tallies = mmap(NULL, worker_count * sizeof(*tallies), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tallies == MAP_FAILED) {
		perror("hammer: mmap");
		return 1;
	}
	start_workers(&unblocked);
	fine = wait_for_end(&signals);
	stop_workers();

	for (call = 0; call < CALLS; call++)
		complete &= print_results(call);
	if (fine && !complete)
		puts("not both the real result and an override occurred");
	return fine && complete ? 0 : 1;
}
