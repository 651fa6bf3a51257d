// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench_control engage FIRST COUNT	ks_bench_<FIRST> and those after it
 * bench_control disengage FIRST COUNT
 * bench_control disengage_all
 *
 * Writes the commands to killswitch's control file one by one, and prints the
 * nanoseconds that it took and those that this process was on a CPU:
 * "<elapsed> <cpu>".
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CONTROL "/sys/kernel/security/killswitch/control"

static long long now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void command(int fd, const char *text)
{
	ssize_t len = strlen(text);

	if (write(fd, text, len) != len) {
		printf("bench_control: %s: %s\n", text, strerror(errno));
		exit(1);
	}
}

static void run(int fd, const char *what, int first, int count)
{
	const char *value = strcmp(what, "engage") ? "" : " -13";
	char text[64];
	int i;

	for (i = first; i < first + count; i++) {
		snprintf(text, sizeof(text), "%s ks_bench_%04d%s", what, i, value);
		command(fd, text);
	}
}

int main(int argc, char *argv[])
{
	long long start, start_cpu, cpu;
	int fd;

	if (!(argc == 2 && !strcmp(argv[1], "disengage_all")) &&
	    !(argc == 4 && (!strcmp(argv[1], "engage") || !strcmp(argv[1], "disengage")))) {
		fputs("usage: bench_control engage|disengage FIRST COUNT | disengage_all\n", stderr);
		return 2;
	}
	fd = open(CONTROL, O_WRONLY);
	if (fd < 0) {
		perror("bench_control: " CONTROL);
		return 1;
	}
	start = now(CLOCK_MONOTONIC);
	start_cpu = now(CLOCK_PROCESS_CPUTIME_ID);
	if (argc == 2)
		command(fd, argv[1]);
	else
		run(fd, argv[1], atoi(argv[2]), atoi(argv[3]));
	cpu = now(CLOCK_PROCESS_CPUTIME_ID) - start_cpu;
	printf("%lld %lld\n", now(CLOCK_MONOTONIC) - start, cpu);
	return 0;
}
