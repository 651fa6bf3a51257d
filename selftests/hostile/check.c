// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an administrator needs while somebody works against him: what is engaged
 * overrides, a new engage takes less than a second, a countdown ends in time,
 * modules come and go, and so does killswitch.
 *
 * What he does, a process of its own does, for it may never return; whether it
 * has taken effect is seen by calling the function.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../errname.h"
#include "../target.h"
#include "hostile.h"

#define COUNTDOWN 1		/* second */
#define MODULE_LIMIT 5000	/* ms to load or unload one */
#define UNLOAD_LIMIT 20000	/* killswitch waits for grace periods before it goes */
#define AFTER_LIMIT 60000	/* ms for what still waits, once the attack is over */
#define JOBS_MAX 16
#define SHOWN_LEAST 10		/* the attacks on what is sealed need one each */
#define PARAMETERS "engage=test_killswitch:ks_test_vuln=-1"

long limit = MSEC_PER_SEC;

/* Each is called when its file is read, and only then. Not every kernel has all of them. */
static struct shown {
	const char *symbol, *file;
} shown[] = {
	{ "version_proc_show", "/proc/version" },
	{ "cmdline_proc_show", "/proc/cmdline" },
	{ "filesystems_proc_show", "/proc/filesystems" },
	{ "devinfo_show", "/proc/devices" },
	{ "show_softirqs", "/proc/softirqs" },
	{ "show_interrupts", "/proc/interrupts" },
	{ "frag_show", "/proc/buddyinfo" },
	{ "zoneinfo_show", "/proc/zoneinfo" },
	{ "udp4_seq_show", "/proc/net/udp" },
	{ "raw_seq_show", "/proc/net/raw" },
	{ "arp_seq_show", "/proc/net/arp" },
	{ "packet_seq_show", "/proc/net/packet" },
	{ "meminfo_proc_show", "/proc/meminfo" },
	{ "loadavg_proc_show", "/proc/loadavg" },
	{ "uptime_proc_show", "/proc/uptime" },
};

static size_t shown_count;
static size_t next_shown;
static size_t shown_sealed;	/* how many since it is sealed: each can be used once */

/* What has been started and not yet returned. */
static struct job {
	pid_t pid;
	char what[64];
} jobs[JOBS_MAX];

long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * MSEC_PER_SEC + t.tv_nsec / 1000000;
}

unsigned int wrongs;
static bool untidy;	/* a check was not made to its end */

static void complain(const char *how, const char *format, va_list args)
{
	printf("    %s: ", how);
	vprintf(format, args);
	putchar('\n');
	fflush(stdout);
}

static bool wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));

static bool wrong(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain("WRONG", format, args);
	va_end(args);
	wrongs++;
	return false;
}

static bool late(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What is attacked waits for as long as the attack lasts; but a guest may also have a slow host. */
static bool late(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain("LATE", format, args);
	va_end(args);
	untidy = true;
	return false;
}

/* What waits in killswitch, or for what cannot be interrupted. */
static void print_stacks(void)
{
	char path[300], buf[4096], stack[4096];
	struct dirent *entry;
	DIR *dir = opendir("/proc");

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] < '0' || entry->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/stack", entry->d_name);
		get(path, stack, sizeof(stack));
		snprintf(path, sizeof(path), "/proc/%s/stat", entry->d_name);
		get(path, buf, sizeof(buf));
		if (strstr(buf, ") D ") || strstr(stack, "[killswitch]"))
			printf("%.40s\n%s", buf, stack);
	}
	if (dir)
		closedir(dir);
}

bool find_shown(void)
{
	bool there[sizeof(shown) / sizeof(shown[0])] = { false };
	char line[512], name[256], type;
	FILE *f = fopen("/proc/kallsyms", "r");
	size_t i;

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*s %c %255s", &type, name) != 2 || !strchr("tT", type))
			continue;
		for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
			there[i] |= !strcmp(name, shown[i].symbol);
	}
	if (f)
		fclose(f);
	for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		if (there[i])
			shown[shown_count++] = shown[i];
		else
			printf("%s: not a function of this kernel\n", shown[i].symbol);
	}
	return shown_count > SHOWN_LEAST;
}

static int command(const char *text)
{
	return put(KS_CONTROL, text);
}

/* An attack that calls the function has the module's file open for a moment. */
static int unload_target(const char *name)
{
	long deadline = now_ms() + MODULE_LIMIT;
	int err;

	while ((err = unload_module(name)) == EWOULDBLOCK && now_ms() < deadline)
		usleep(USEC_PER_MSEC);
	return err;
}

static int insmod_target(const char *unused)
{
	return load_module(KS_TEST_KO, unused);
}

static int insmod(const char *parameters)
{
	return load_module(KS_KO, parameters);
}

/* Have a process do something. */
static struct job *start(int (*work)(const char *), const char *text)
{
	struct job *j;

	for (j = jobs; j < jobs + JOBS_MAX; j++) {
		if (!j->pid)
			break;
	}
	if (j == jobs + JOBS_MAX) {
		wrong("too many commands have not returned");
		exit(1);
	}
	snprintf(j->what, sizeof(j->what), "%s", text);
	j->pid = fork();
	if (j->pid < 0) {
		perror("hostile: fork");
		exit(1);
	}
	if (!j->pid)
		_exit(work(text));
	return j;
}

/* Return: the errno with which it has ended, or -1 if it has not by then. */
static int ended(struct job *j, long deadline)
{
	int status;
	pid_t pid;

	while (!(pid = waitpid(j->pid, &status, WNOHANG)) && now_ms() < deadline)
		usleep(USEC_PER_MSEC);
	if (!pid)
		return -1;
	j->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

/* It has to succeed by then. */
static bool must_end(struct job *j, long begin, long allowed)
{
	int err = ended(j, begin + allowed);

	if (!err)
		return true;
	if (err > 0)
		return wrong("%s: %s", j->what, errname(err));
	late("%s: has not returned after %ld ms", j->what, allowed);
	print_stacks();
	return false;
}

/* Call a function until it is overridden, or no longer is. Return: ms since @begin, or -1. */
static long seen(const struct shown *s, bool overridden, long begin, long allowed)
{
	char buf[4096];
	long last;

	do {
		last = now_ms();
		if ((get(s->file, buf, sizeof(buf)) == EIO) == overridden)
			return now_ms() - begin;
		usleep(USEC_PER_MSEC);
	} while (last - begin < allowed);
	return -1;
}

static const struct shown *pick(bool sealed)
{
	if (sealed && shown_sealed++ == shown_count)
		wrong("no function is left to be engaged");
	next_shown = (next_shown + 1) % shown_count;
	return &shown[next_shown];
}

static bool overrides(const char *when)
{
	int err = put(KS_FIRE, "1");

	return err == EPERM || wrong("%s, a call of what is engaged: %s", when,
				     err ? errname(err) : "success");
}

static bool check_engage(const struct shown *s, unsigned int may, struct times *t)
{
	long begin = now_ms();
	struct job *j;
	char text[64];

	snprintf(text, sizeof(text), "engage %s -5", s->symbol);
	j = start(command, text);
	t->engage = seen(s, true, begin, limit);
	if (t->engage < 0)
		late("%s: has no effect after %ld ms", text, limit);
	if (may & COMMANDS_WAIT)
		return t->engage >= 0;
	return must_end(j, begin, limit) && t->engage >= 0;
}

/* It may return later: the promise is that no call is on its way through the hook then. */
static bool check_disengage(const struct shown *s, struct times *t)
{
	long begin = now_ms();
	char text[64];

	snprintf(text, sizeof(text), "disengage %s", s->symbol);
	start(command, text);
	t->disengage = seen(s, false, begin, limit);
	return t->disengage >= 0 || late("%s: has no effect after %ld ms", text, limit);
}

static bool check_countdown(const struct shown *s, struct times *t)
{
	long begin = now_ms(), over = begin + COUNTDOWN * MSEC_PER_SEC;
	char text[64];

	snprintf(text, sizeof(text), "engagefor %s -5 %d", s->symbol, COUNTDOWN);
	start(command, text);
	if (seen(s, true, begin, limit) < 0)
		return late("%s: has no effect after %ld ms", text, limit);
	t->countdown = seen(s, false, begin, over - begin + limit);
	if (t->countdown < 0)
		return late("%s: it does not end", text);
	return t->countdown >= over - begin || wrong("%s: it ended too early", text);
}

/* The same where nothing may end by itself: a probe, which commits. */
static bool check_probe(const struct shown *s)
{
	char text[64];

	snprintf(text, sizeof(text), "tryengage %s -5 %d", s->symbol, COUNTDOWN);
	start(command, text);
	/* a call would make it abort */
	usleep((COUNTDOWN * MSEC_PER_SEC + limit) * USEC_PER_MSEC);
	return seen(s, true, now_ms(), 0) >= 0 || late("%s: it does not commit", text);
}

static bool check_modules(struct times *t)
{
	long begin = now_ms();

	if (!must_end(start(unload_target, "test_killswitch"), begin, MODULE_LIMIT))
		return false;
	t->unload = now_ms() - begin;
	begin = now_ms();
	if (!must_end(start(insmod_target, ""), begin, MODULE_LIMIT))
		return false;
	t->load = now_ms() - begin;
	return overrides("once its module was unloaded and loaded");
}

static bool no_command_waits(void)
{
	const struct job *j;

	for (j = jobs; j < jobs + JOBS_MAX; j++) {
		if (j->pid)
			return false;
	}
	return true;
}

static bool collect(long deadline)
{
	struct job *j;
	bool fine = true;

	for (j = jobs; j < jobs + JOBS_MAX; j++) {
		if (!j->pid)
			continue;
		fine &= must_end(j, now_ms(), deadline > now_ms() ? deadline - now_ms() : 1);
	}
	return fine;
}

static bool check_reload(struct times *t)
{
	long begin = now_ms();

	if (!collect(begin + UNLOAD_LIMIT))
		return false;
	if (!must_end(start(unload_module, "killswitch"), begin, UNLOAD_LIMIT))
		return false;
	t->reload = now_ms() - begin;
	begin = now_ms();
	return must_end(start(insmod, PARAMETERS), begin, MODULE_LIMIT) &&
	       overrides("once killswitch was unloaded and loaded");
}

bool check(unsigned int may, bool sealed, bool locked, struct times *t)
{
	const struct shown *s;
	bool fine;

	*t = (struct times) { -1, -1, -1, -1, -1, -1 };
	fine = overrides("under the attack");
	if (!locked && !(may & ENGAGE_WAITS)) {
		s = pick(sealed);
		fine &= check_engage(s, may, t);
		if (!sealed)
			fine &= check_disengage(s, t) && check_countdown(s, t);
		else
			fine &= check_probe(pick(sealed));
	}
	if (!(may & ENGAGE_WAITS))
		fine &= check_modules(t);
	if (fine && !sealed && !(may & (UNLOAD_WAITS | COMMANDS_WAIT | ENGAGE_WAITS)))
		fine &= check_reload(t);
	return fine;
}

bool check_after(bool sealed)
{
	/* what root may have engaged for himself */
	static const char * const attackers[] = {
		"disengage vmstat_show", "disengage tcp4_seq_show", "disengage show_stat",
		"disengage hostile:nothing",
	};
	char buf[4096];
	size_t i;
	bool fine = collect(now_ms() + AFTER_LIMIT);

	if (!no_command_waits())
		return wrong("commands do not return though the attack is over");
	/* where it was too late for one of these */
	insmod_target("");
	if (!sealed)
		insmod(PARAMETERS);
	fine &= overrides("after the attack");
	if (sealed)
		return fine;
	for (i = 0; i < sizeof(attackers) / sizeof(attackers[0]); i++)
		command(attackers[i]);
	for (i = 0; untidy && i < shown_count; i++) {
		snprintf(buf, sizeof(buf), "disengage %s", shown[i].symbol);
		command(buf);
	}
	untidy = false;
	if (get(KS_ROOT "engaged", buf, sizeof(buf)))
		return wrong("engaged cannot be read");
	if (strncmp(buf, "test_killswitch:ks_test_vuln retval=-1 hits=", 44) ||
	    strchr(buf, '\n') != strrchr(buf, '\n'))
		fine = wrong("this is engaged: %s", buf);
	return fine;
}
