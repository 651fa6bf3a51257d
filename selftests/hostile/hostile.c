// SPDX-License-Identifier: GPL-2.0-only
/*
 * hostile [--seconds N] [--seed N] [--limit MS] [--only NAME]
 * hostile --attack NAME
 *
 * Somebody works against killswitch: a user without any capability, and root
 * that cannot write to the kernel's memory. Under each attack, and after it, what
 * is engaged has to override, an engage must have taken effect in less than the
 * limit (default: 1000 ms), a countdown has to end in time, and modules have to
 * come and go, killswitch among them. For a disposable machine only, with the modules in
 * /modules; leaves it sealed and locked.
 *
 * Each attack is made once; with --seconds, until the time is over, two of them
 * at a time. With --attack, make one, print "ready" once it is under way, and
 * go on until killed.
 *
 * Exit status: 0 if all was as it must be, 1 if not, 2 wrong usage.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../errname.h"
#include "../target.h"
#include "hostile.h"

#define USAGE_ERROR 2
#define SECONDS_MAX 86400
#define READY_LIMIT 30000	/* ms until an attack is under way */
#define END_LIMIT 30000		/* and until it has ended, once it is killed */
#define TRIES 3

unsigned int worker;
static unsigned int state = 1;
static int seconds;
static int report = -1;		/* in an attack: where to tell */

/* An attack that is under way. */
struct running {
	const struct attack *attack;
	pid_t group;
	int report;
	char told[4096];
	size_t length;
};

static void tell(const char *kind, const char *format, va_list args)
{
	char line[512];
	int n = snprintf(line, sizeof(line), "%s ", kind);

	n += vsnprintf(line + n, sizeof(line) - n - 1, format, args);
	if (n > (int)sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n++] = '\n';
	if (write(report, line, n) < 0)
		_exit(1);
}

void note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell("note", format, args);
	va_end(args);
}

void skip(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell("skip", format, args);
	va_end(args);
	exit(0);
}

void won(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell("won", format, args);
	va_end(args);
}

unsigned int below(unsigned int n)
{
	return random_next(&state) % n;
}

void start_workers(unsigned int count, void (*work)(void))
{
	unsigned int i;
	pid_t pid;

	for (i = 0; i < count; i++) {
		pid = fork();
		if (pid < 0)
			skip("fork: %s", errname(errno));
		if (pid)
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		worker = i;
		state += 7919 * (i + 1);
		for (;;)
			work();
	}
}

static void become_nobody(void)
{
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY)) {
		perror("hostile: to become nobody");
		exit(1);
	}
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static void run_attack(const struct attack *a, bool root)
{
	if (!root)
		become_nobody();
	a->begin();
	if (write(report, "ready\n", 6) != 6)
		exit(1);
	for (;;)
		pause();
}

static bool is_in(const struct attack *a, const struct attack *list, size_t count)
{
	return a >= list && a < list + count;
}

static bool is_user_attack(const struct attack *a)
{
	return is_in(a, user_attacks, user_attack_count);
}

static void begin(struct running *r, const struct attack *a)
{
	int ends[2];

	*r = (struct running) { .attack = a };
	if (pipe2(ends, O_CLOEXEC)) {
		perror("hostile: pipe");
		exit(1);
	}
	r->group = fork();
	if (r->group < 0) {
		perror("hostile: fork");
		exit(1);
	}
	if (!r->group) {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[0]);
		report = ends[1];
		state += now_ms();
		run_attack(a, !is_user_attack(a));
	}
	setpgid(r->group, r->group);
	close(ends[1]);
	r->report = ends[0];
}

/* Read what the attack tells, until it says that or has ended. Return: whether it says so. */
static bool await(struct running *r, const char *word, long allowed)
{
	long deadline = now_ms() + allowed;
	struct pollfd p = { .fd = r->report, .events = POLLIN };
	ssize_t n;

	while (!strstr(r->told, word) && now_ms() < deadline) {
		if (poll(&p, 1, 100) <= 0)
			continue;
		if (r->length == sizeof(r->told) - 1)
			break;
		n = read(r->report, r->told + r->length, sizeof(r->told) - 1 - r->length);
		if (n <= 0)
			break;
		r->length += n;
	}
	return strstr(r->told, word);
}

/* Kill all processes of it. Return: whether they are gone. */
static bool end(struct running *r)
{
	long deadline = now_ms() + END_LIMIT;
	pid_t pid;

	do {
		kill(-r->group, SIGKILL);
		while ((pid = waitpid(-r->group, NULL, WNOHANG)) > 0)
			;
		if (pid < 0 && errno == ECHILD)
			break;
		usleep(10 * USEC_PER_MSEC);
	} while (now_ms() < deadline);
	/* what it said last */
	await(r, "\nnothing\n", 0);
	close(r->report);
	return pid < 0;
}

/* Print the lines of one kind. Return: whether there are any. */
static bool print_told(const struct running *r, const char *kind, const char *how)
{
	const char *line, *next;
	size_t n = strlen(kind);
	bool any = false;

	for (line = r->told; (next = strchr(line, '\n')); line = next + 1) {
		if (strncmp(line, kind, n) || line[n] != ' ')
			continue;
		printf("    %s: %.*s\n", how, (int)(next - line - n - 1), line + n + 1);
		any = true;
	}
	return any;
}

static void print_times(const struct times *t)
{
	static const struct {
		const char *name;
		size_t offset;
	} parts[] = {
		{ "engage", offsetof(struct times, engage) },
		{ "disengage", offsetof(struct times, disengage) },
		{ "countdown", offsetof(struct times, countdown) },
		{ "rmmod", offsetof(struct times, unload) },
		{ "insmod", offsetof(struct times, load) },
		{ "rmmod killswitch", offsetof(struct times, reload) },
	};
	size_t i;
	long ms;

	printf("   ");
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		ms = *(const long *)((const char *)t + parts[i].offset);
		if (ms >= 0)
			printf(" %s %ld ms,", parts[i].name, ms);
	}
	puts(" as they must be");
}

static bool sealed, locked;

/* One attack, or two at a time. Return: whether all was right, and in time. */
static bool try_once(const struct attack *a, const struct attack *b)
{
	const struct attack *both[] = { a, b };
	struct running r[2];
	struct times t;
	int i, n = b ? 2 : 1;
	bool fine = true, under_way = true;

	printf("%s%s%s%s\n", is_user_attack(a) ? "user: " : "root: ", a->name, b ? " and " : "",
	       b ? b->name : "");
	fflush(stdout);
	for (i = 0; i < n; i++) {
		begin(&r[i], both[i]);
		if (!await(&r[i], "ready\n", READY_LIMIT)) {
			under_way = false;
			if (!strstr(r[i].told, "skip ")) {
				puts("    WRONG: it is not under way");
				wrongs++;
			}
		}
	}
	if (under_way)
		fine &= check(a->may | (b ? b->may : 0), sealed, locked, &t);
	/* all of them first: what one attack holds, another may wait for in the kernel */
	for (i = 0; i < n; i++)
		kill(-r[i].group, SIGKILL);
	for (i = 0; i < n; i++) {
		if (!end(&r[i])) {
			puts("    WRONG: its processes cannot be killed");
			wrongs++;
		}
		print_told(&r[i], "note", "attack");
		print_told(&r[i], "skip", "SKIPPED");
		wrongs += print_told(&r[i], "won", "WRONG");
	}
	fine &= check_after(sealed);
	wrongs += !kernel_is_well();
	if (under_way && fine && !wrongs)
		print_times(&t);
	fflush(stdout);
	return fine && !wrongs;
}

/* What is only late may be so because the host is busy: then once more. */
static bool try(const struct attack *a, const struct attack *b)
{
	int i;

	for (i = 0; i < TRIES; i++) {
		wrongs = 0;
		if (try_once(a, b))
			return true;
		if (wrongs)
			return false;
	}
	puts("    WRONG: it is late each time");
	return false;
}

static bool must(const char *what, int err)
{
	if (err)
		printf("WRONG: %s: %s\n", what, errname(err));
	return !err;
}

static bool each(const struct attack *attacks, size_t count, const char *only)
{
	bool fine = true;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!only || !strcmp(only, attacks[i].name))
			fine &= try(&attacks[i], NULL);
	}
	return fine;
}

/* One attack of the two lists. */
static const struct attack *any(void)
{
	size_t i = below(user_attack_count + root_attack_count);

	return i < user_attack_count ? &user_attacks[i] : &root_attacks[i - user_attack_count];
}

static bool pairs(long deadline)
{
	bool fine = true;

	while (fine && now_ms() < deadline)
		fine &= try(any(), any());
	return fine;
}

static const struct attack *find(const char *name)
{
	static const struct attack *const lists[] = { user_attacks, root_attacks, sealed_attacks };
	const size_t counts[] = { user_attack_count, root_attack_count, sealed_attack_count };
	size_t i, j;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		for (j = 0; j < counts[i]; j++) {
			if (!strcmp(lists[i][j].name, name))
				return &lists[i][j];
		}
	}
	fprintf(stderr, "hostile: there is no attack \"%s\"; there are", name);
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		for (j = 0; j < counts[i]; j++)
			fprintf(stderr, " %s", lists[i][j].name);
	}
	fputc('\n', stderr);
	exit(USAGE_ERROR);
}

static bool run(const char *only)
{
	long begin = now_ms();
	bool fine;
	int err;

	err = put(KS_CONTROL, "engage test_killswitch:ks_test_vuln -1");
	fine = must("engage", err == EBUSY ? 0 : err);
	fine &= kernel_is_well();
	fine = fine && each(user_attacks, user_attack_count, only);
	fine &= each(root_attacks, root_attack_count, only);
	if (!only)
		fine = fine && pairs(begin + seconds * MSEC_PER_SEC);
	/* for good: not for one that is before it */
	if (only && !is_in(find(only), sealed_attacks, sealed_attack_count))
		return fine;
	fine &= must("seal", put(KS_CONTROL, "seal"));
	sealed = true;
	fine &= each(sealed_attacks, sealed_attack_count, only);
	fine &= must("lock", put(KS_CONTROL, "lock"));
	locked = true;
	if (put(KS_CONTROL, "engage version_proc_show -5") != EPERM)
		fine = must("engage of something new once it is locked", EINVAL);
	/* the last one, which tries all commands */
	fine &= each(&sealed_attacks[sealed_attack_count - 1], 1, only);
	return fine;
}

static long number(const char *word, long max)
{
	char *rest;
	long n = strtol(word, &rest, 10);

	if (rest == word || *rest || n < 1 || n > max) {
		fprintf(stderr, "hostile: \"%s\" is not a number from 1 to %ld\n", word, max);
		exit(USAGE_ERROR);
	}
	return n;
}

int main(int argc, char *argv[])
{
	const char *only = NULL;
	int i;

	for (i = 1; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--seconds"))
			seconds = number(argv[i + 1], SECONDS_MAX);
		else if (!strcmp(argv[i], "--seed"))
			state = number(argv[i + 1], 1000000);
		else if (!strcmp(argv[i], "--limit"))
			limit = number(argv[i + 1], 60 * MSEC_PER_SEC);
		else if (!strcmp(argv[i], "--only"))
			only = find(argv[i + 1])->name;
		else if (!strcmp(argv[i], "--attack")) {
			report = STDOUT_FILENO;
			run_attack(find(argv[i + 1]), !is_user_attack(find(argv[i + 1])));
		} else
			break;
	}
	if (i < argc) {
		fputs("usage: hostile [--seconds N] [--seed N] [--limit MS] [--only NAME]\n"
		      "       hostile --attack NAME\n", stderr);
		return USAGE_ERROR;
	}
	if (!find_shown()) {
		puts("too few of the functions to be engaged are here");
		return 1;
	}
	/* without it, what needs it says so */
	(void)!system("modprobe -q fuse");
	/* as udev has it: all may have file systems of their own */
	chmod("/dev/fuse", 0666);
	/* what the attacks leave behind is ours to wait for */
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	return run(only) ? 0 : 1;
}
