// SPDX-License-Identifier: GPL-2.0-only
/*
 * stress [--seconds N] [--seed N]
 *
 * For N seconds (default 60), all at the same time: every command, reads and
 * writes of every file, files held open over the end of what they are about,
 * the modules coming and going, killswitch's own among them, a CPU going off
 * and on, and tracers on the function, while it is being called. For a
 * disposable machine only, with the modules in /modules.
 *
 * What may happen is checked at each step: which errno a command may give,
 * what a call may return, and that what is said to be engaged is so. In the
 * end nothing may be left. Prints how often each thing succeeded and failed. If
 * something has never succeeded by then, it goes on, for up to ten times as long.
 *
 * Exit status: 0 if all was as it must be and each thing has succeeded at
 * least once, 1 if not, 2 wrong usage.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
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
#include "target.h"

#define USAGE_ERROR 2
#define USEC_PER_MSEC 1000
#define SECONDS_MAX 86400
#define TRACING "/sys/kernel/tracing/"
#define CPU1 "/sys/devices/system/cpu/cpu1/online"
#define HELD_MAX 8

/*
 * Errnos that are no surprise, ended by 0. Always: ENOENT and ENODEV, for there may be no module. What is EBUSY because
 * its function is engaged already has an end in the next "disengage" of the list.
 */
struct command {
	const char *text;
	int may_fail[5];
};

static const struct command commands[] = {
	{ "engage ks_test_vuln -1", { EBUSY } },
	{ "engage test_killswitch:ks_test_vuln -13", { EBUSY } },
	{ "engagefor ks_test_vuln -5 1", { EBUSY } },
	{ "engagefor test_killswitch:ks_test_vuln -5 86400", { EBUSY } },
	{ "tryengage ks_test_vuln -1 1", { EBUSY } },
	{ "tryengage ks_test_vuln -1 86400", { EBUSY } },
	{ "engageif ks_test_vuln -1 " KS_GUARD, { EBUSY } },
	{ "tryengage ks_test_vuln -1 1 " KS_GUARD, { EBUSY } },
	{ "keep ks_test_vuln", { EINVAL } },
	{ "observe ks_test_vuln # stress", { EBUSY } },
	{ "observe test_killswitch:ks_test_vuln " KS_GUARD, { EBUSY } },
	{ "enforce ks_test_vuln -13 # stress", { EINVAL } },
	{ "disengage ks_test_vuln", { 0 } },
	{ "disengage test_killswitch:ks_test_vuln", { 0 } },
	{ "engage version_proc_show -5", { EBUSY } },
	{ "disengage version_proc_show", { 0 } },
	{ "engage ks_not_there:ks_nothing -1", { EBUSY } },
	{ "disengage ks_not_there:ks_nothing", { 0 } },
	{ "disengage_all", { 0 } },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))
#define DISENGAGE_ALL (COMMANDS - 1)

/*
 * Functions that are called when a file is read, and only then: so many that
 * the module disengages them by the way that it has for many at a time.
 */
static const struct shown {
	const char *symbol, *file;
} shown[] = {
	{ "loadavg_proc_show", "/proc/loadavg" },
	{ "uptime_proc_show", "/proc/uptime" },
	{ "meminfo_proc_show", "/proc/meminfo" },
	{ "filesystems_proc_show", "/proc/filesystems" },
	{ "show_stat", "/proc/stat" },
	{ "show_softirqs", "/proc/softirqs" },
	{ "show_interrupts", "/proc/interrupts" },
	{ "vmstat_show", "/proc/vmstat" },
	{ "frag_show", "/proc/buddyinfo" },
	{ "zoneinfo_show", "/proc/zoneinfo" },
	{ "devinfo_show", "/proc/devices" },
	{ "tcp4_seq_show", "/proc/net/tcp" },
	{ "udp4_seq_show", "/proc/net/udp" },
	{ "raw_seq_show", "/proc/net/raw" },
	{ "arp_seq_show", "/proc/net/arp" },
	{ "packet_seq_show", "/proc/net/packet" },
};

#define SHOWN (sizeof(shown) / sizeof(shown[0]))

/* What is counted beside the commands. */
enum thing {
	CALL_REAL = COMMANDS,
	CALL_OVERRIDDEN,
	CALL_WITHOUT_MODULE,
	FILE_READ,
	FILE_GONE,
	RETVAL_WRITTEN,
	TARGET_LOADED,
	TARGET_UNLOADED,
	KILLSWITCH_LOADED,
	KILLSWITCH_UNLOADED,
	CPU_OFF,
	CPU_ON,
	TRACER_ON,
	PROBE_ON,
	EVENT_ON,
	PROMISE_KEPT,
	MANY_KEPT,
	THINGS,
};

static const char * const thing_names[THINGS] = {
	[CALL_REAL] = "call: the function's own result",
	[CALL_OVERRIDDEN] = "call: overridden",
	[CALL_WITHOUT_MODULE] = "call: its module is not loaded",
	[FILE_READ] = "file read",
	[FILE_GONE] = "file read: its engagement has ended, or killswitch is gone",
	[RETVAL_WRITTEN] = "retval written",
	[TARGET_LOADED] = "test_killswitch loaded",
	[TARGET_UNLOADED] = "test_killswitch unloaded",
	[KILLSWITCH_LOADED] = "killswitch loaded",
	[KILLSWITCH_UNLOADED] = "killswitch unloaded",
	[CPU_OFF] = "CPU 1 off",
	[CPU_ON] = "CPU 1 on",
	[TRACER_ON] = "function tracer on",
	[PROBE_ON] = "kprobe event on",
	[EVENT_ON] = "killswitch_hit on",
	[PROMISE_KEPT] = "engaged, seen so by 20 calls, disengaged",
	[MANY_KEPT] = "many engaged, seen so by a call of each, disengaged at once",
};

/* Shared by all processes. */
static struct shared {
	_Atomic unsigned long done[THINGS], refused[THINGS];
	pthread_rwlock_t all;	/* for writing: ends what one process has promised to another */
	pthread_rwlock_t use;	/* for reading: has killswitch's files open */
	_Atomic unsigned int unloads;	/* of killswitch: begun and ended, so odd while there is one */
	_Atomic bool stop;
} *shared;

static unsigned int seed = 1, state;
static int seconds = 60;

static unsigned int below(unsigned int n)
{
	return random_next(&state) % n;
}

static void rest(unsigned int msec_max)
{
	usleep(below(msec_max) * USEC_PER_MSEC + 1);
}

/* Ends this process, and thereby all. */
static void surprise(const char *what, int err)
{
	char log[4096];

	read_kernel_log(log, sizeof(log));
	printf("surprise: %s: %s\n%s", what, err ? errname(err) : "success", log);
	fflush(stdout);
	_exit(1);
}

static void tell(enum thing thing, int err)
{
	if (err)
		shared->refused[thing]++;
	else
		shared->done[thing]++;
}

static bool may_fail(const struct command *c, int err)
{
	const int *may;

	for (may = c->may_fail; *may; may++) {
		if (err == *may)
			return true;
	}
	return err == ENOENT || err == ENODEV;
}

/* Return: its errno, 0 if it has succeeded. */
static int run_command(size_t i)
{
	const struct command *c = &commands[i];
	unsigned int unloads;
	int err;

	if (i == DISENGAGE_ALL)
		pthread_rwlock_wrlock(&shared->all);
	pthread_rwlock_rdlock(&shared->use);
	unloads = shared->unloads;
	err = put(KS_CONTROL, c->text);
	/* a file that was opened just before killswitch went cannot be written to */
	if (err == EINVAL && (unloads % 2 || shared->unloads != unloads))
		err = ENODEV;
	pthread_rwlock_unlock(&shared->use);
	if (i == DISENGAGE_ALL)
		pthread_rwlock_unlock(&shared->all);
	tell(i, err);
	if (err && !may_fail(c, err))
		surprise(c->text, err);
	return err;
}

/*
 * Of two the one that has succeeded less often, and a second try for what found its function engaged: each has its
 * chance, on a slow machine too.
 */
static void command(void)
{
	size_t one = below(COMMANDS), other = below(COMMANDS), end;
	size_t i = shared->done[one] < shared->done[other] ? one : other;

	if (run_command(i) == EBUSY && below(2)) {
		for (end = i; strncmp(commands[end].text, "disengage", strlen("disengage"));)
			end++;
		run_command(end);
		run_command(i);
	}
	rest(5);
}

static void call(void)
{
	bool magic = below(2);
	int err = put(KS_FIRE, magic ? "0xC0FFEE" : "1");

	if (err == (magic ? EBADMSG : 0))
		shared->done[CALL_REAL]++;
	else if (err == EPERM || err == EACCES || err == EIO)
		shared->done[CALL_OVERRIDDEN]++;
	else if (err == ENOENT || err == ENODEV || err == ENXIO)
		shared->done[CALL_WITHOUT_MODULE]++;
	else
		surprise("call", err);
	/* the rest of the machine needs a CPU as well */
	if (!below(16) || err == ENOENT)
		rest(10);
}

/* What a file says whose engagement has ended, or whose module is gone. */
static bool is_gone(int err)
{
	return err == EIDRM || err == ENODEV || err == EINVAL;
}

/* Files of fn/: unlike the lists, they can be read again from their start. */
static void read_held(int *held)
{
	char buf[4096];
	int i, err;

	for (i = 0; i < HELD_MAX; i++) {
		if (held[i] < 0)
			continue;
		err = pread(held[i], buf, sizeof(buf), 0) < 0 ? errno : 0;
		if (is_gone(err))
			shared->done[FILE_GONE]++;
		else if (err)
			surprise("read of a file that was held open", err);
	}
}

static void read_one(const char *path, int *slot)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char buf[4096];
	int err;

	if (fd < 0) {
		if (errno != ENOENT && errno != ENODEV)
			surprise(path, errno);
		return;
	}
	err = read(fd, buf, sizeof(buf)) < 0 ? errno : 0;
	if (err && !is_gone(err))
		surprise(path, err);
	tell(err ? FILE_GONE : FILE_READ, 0);
	if (slot && !below(4)) {
		close(*slot);
		*slot = fd;
	} else {
		close(fd);
	}
}

static void read_folder(const char *symbol, int *held)
{
	static const char * const files[] = {
		"retval", "hits", "state", "timeout_left", "backend", "passed",
	};
	char path[4096];
	size_t i;
	int err;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), KS_ROOT "fn/%s/%s", symbol, files[i]);
		read_one(path, &held[below(HELD_MAX)]);
	}
	snprintf(path, sizeof(path), KS_ROOT "fn/%s/retval", symbol);
	err = put(path, below(2) ? "-13" : "-5");
	/* EINVAL: it is only observed by now */
	if (err && err != ENOENT && err != ENODEV && err != EIDRM && err != EINVAL)
		surprise(path, err);
	tell(RETVAL_WRITTEN, err);
}

static void read_files(int *held)
{
	static const char * const lists[] = { "engaged", "pending", "taint", "sealed", "locked" };
	struct dirent *entry;
	char path[4096];
	size_t i;
	DIR *dir;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		snprintf(path, sizeof(path), KS_ROOT "%s", lists[i]);
		read_one(path, NULL);
	}
	dir = opendir(KS_ROOT "fn");
	while (dir && (entry = readdir(dir))) {
		/* others have promised what the last one returns */
		if (entry->d_name[0] == '.' || !strcmp(entry->d_name, "cmdline_proc_show"))
			continue;
		read_folder(entry->d_name, held);
	}
	if (dir)
		closedir(dir);
	read_held(held);
}

/* Files are held open for ten rounds, whatever is unloaded meanwhile. */
static void files(void)
{
	int held[HELD_MAX], i;

	memset(held, -1, sizeof(held));
	pthread_rwlock_rdlock(&shared->use);
	for (i = 0; i < 10; i++) {
		read_files(held);
		rest(20);
	}
	for (i = 0; i < HELD_MAX; i++)
		close(held[i]);
	pthread_rwlock_unlock(&shared->use);
	rest(20);
}

static void target_module(void)
{
	int err = unload_module("test_killswitch");

	if (err && err != EAGAIN && err != EBUSY && err != ENOENT)
		surprise("rmmod test_killswitch", err);
	tell(TARGET_UNLOADED, err);
	rest(100);
	err = load_module(KS_TEST_KO, "");
	if (err && err != EEXIST && err != EBUSY)
		surprise("insmod test_killswitch", err);
	tell(TARGET_LOADED, err);
	rest(500);
}

static void own_module(void)
{
	static const char * const parameters[] = {
		"",
		"engage=test_killswitch:ks_test_vuln=-1",
		"engage=ks_test_vuln=-13,version_proc_show=-5,ks_nothing=-1,malformed,=",
	};
	bool wait = below(4);
	int err;

	pthread_rwlock_wrlock(&shared->all);
	if (wait)
		pthread_rwlock_wrlock(&shared->use);
	shared->unloads++;
	err = unload_module("killswitch");
	shared->unloads++;
	if (err && err != EAGAIN && err != EBUSY && err != ENOENT)
		surprise("rmmod killswitch", err);
	tell(KILLSWITCH_UNLOADED, err);
	err = load_module(KS_KO, parameters[below(3)]);
	if (err && err != EEXIST)
		surprise("insmod killswitch", err);
	tell(KILLSWITCH_LOADED, err);
	if (wait)
		pthread_rwlock_unlock(&shared->use);
	pthread_rwlock_unlock(&shared->all);
	rest(1000);
}

static void processor(void)
{
	int err = put(CPU1, "0");

	if (err && err != EBUSY)
		surprise("CPU 1 off", err);
	tell(CPU_OFF, err);
	rest(500);
	err = put(CPU1, "1");
	if (err)
		surprise("CPU 1 on", err);
	tell(CPU_ON, err);
	rest(1500);
}

static void tracers(void)
{
	int err;

	switch (below(3)) {
	case 0:
		put(TRACING "set_ftrace_filter", "ks_test_vuln");
		tell(TRACER_ON, put(TRACING "current_tracer",
				    below(2) ? "function" : "function_graph"));
		rest(300);
		put(TRACING "current_tracer", "nop");
		break;
	case 1:
		err = put(TRACING "kprobe_events", "p:ks_stress ks_test_vuln");
		if (!err)
			err = put(TRACING "events/kprobes/ks_stress/enable", "1");
		tell(PROBE_ON, err);
		rest(300);
		put(TRACING "events/kprobes/ks_stress/enable", "0");
		put(TRACING "kprobe_events", "-:ks_stress");
		break;
	default:
		/* while it is on, killswitch stays loaded */
		pthread_rwlock_rdlock(&shared->use);
		tell(EVENT_ON, put(TRACING "events/killswitch/killswitch_hit/enable", "1"));
		rest(300);
		put(TRACING "events/killswitch/killswitch_hit/enable", "0");
		pthread_rwlock_unlock(&shared->use);
	}
	rest(300);
}

/* What the module says is engaged is engaged, whatever else happens meanwhile. */
static void promise(void)
{
	char buf[4096];
	int i, err;

	pthread_rwlock_rdlock(&shared->all);
	err = put(KS_CONTROL, "engage cmdline_proc_show -5");
	if (err && err != ENOENT && err != ENODEV)
		surprise("engage cmdline_proc_show -5", err);
	for (i = 0; !err && i < 20; i++) {
		if (get("/proc/cmdline", buf, sizeof(buf)) != EIO)
			surprise("cmdline_proc_show is engaged, and a call of it", 0);
		rest(5);
	}
	if (!err) {
		err = put(KS_CONTROL, "disengage cmdline_proc_show");
		if (err)
			surprise("disengage cmdline_proc_show", err);
		err = get("/proc/cmdline", buf, sizeof(buf));
		if (err)
			surprise("cmdline_proc_show is not engaged, and a call of it", err);
		shared->done[PROMISE_KEPT]++;
	}
	pthread_rwlock_unlock(&shared->all);
	rest(50);
}

static bool engage_shown(const struct shown *s)
{
	char text[64];
	int err;

	snprintf(text, sizeof(text), "engage %s -5", s->symbol);
	err = put(KS_CONTROL, text);
	if (err && err != ENODEV && err != ENOENT)
		surprise(text, err);
	return !err;
}

/* Return: how many of them are overridden. */
static size_t count_overridden(void)
{
	size_t i, n = 0;
	char buf[256];
	int err;

	for (i = 0; i < SHOWN; i++) {
		err = get(shown[i].file, buf, sizeof(buf));
		/* somebody may have written another retval */
		if (err && err != EIO && err != EACCES)
			surprise(shown[i].file, err);
		n += !!err;
	}
	return n;
}

/* The same for many that are disengaged at once. */
static void many(void)
{
	size_t i, engaged = 0;
	int err;

	pthread_rwlock_wrlock(&shared->all);
	for (i = 0; i < SHOWN; i++)
		engaged += engage_shown(&shown[i]);
	if (count_overridden() != engaged)
		surprise("many are engaged, and a call of one of them", 0);
	err = put(KS_CONTROL, commands[DISENGAGE_ALL].text);
	tell(DISENGAGE_ALL, err);
	if (err && (engaged || (err != ENODEV && err != ENOENT)))
		surprise("disengage_all of many", err);
	if (count_overridden())
		surprise("none of many is engaged, and a call of one of them", EIO);
	tell(MANY_KEPT, engaged < SHOWN ? ENOENT : 0);
	pthread_rwlock_unlock(&shared->all);
	/* the others want the lock as well */
	rest(15000);
}

static void (* const work[])(void) = {
	command, command, call, call, files, target_module, own_module, processor, tracers,
	promise, many,
};

#define WORKERS (sizeof(work) / sizeof(work[0]))

static pid_t start(size_t worker)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0) {
		perror("stress: fork");
		exit(1);
	}
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	state = seed * 1000 + worker + 1;
	while (!shared->stop)
		work[worker]();
	_exit(0);
}

static bool is_complete(void)
{
	size_t i;

	for (i = 0; i < THINGS; i++) {
		if (!shared->done[i])
			return false;
	}
	return true;
}

/* Return: whether all workers were fine. */
static bool run(void)
{
	time_t begin = time(NULL);
	size_t i, left;
	int status;

	for (i = 0; i < WORKERS; i++)
		start(i);
	for (left = WORKERS; left;) {
		pid_t pid = waitpid(-1, &status, shared->stop ? 0 : WNOHANG);

		if (pid < 0) {
			perror("stress: waitpid");
			return false;
		}
		if (pid && status) {
			/* it may have died with the lock in its hands */
			printf("a worker ended with status %#x\n", status);
			return false;
		}
		left -= !!pid;
		if (time(NULL) - begin >= (is_complete() ? 1 : 10) * (time_t)seconds)
			shared->stop = true;
		if (!pid)
			usleep(100 * USEC_PER_MSEC);
	}
	return true;
}

static bool must(const char *what, int err, int expected)
{
	if (err == expected)
		return true;
	printf("in the end: %s: %s\n", what, err ? errname(err) : "success");
	return false;
}

/* With all quiet: nothing is left, and all works as if nothing had been. */
static bool end(void)
{
	static const char * const empty[] = { KS_ROOT "engaged", KS_ROOT "pending" };
	char buf[4096];
	bool fine = true;
	size_t i;
	int err;

	err = load_module(KS_TEST_KO, "");
	fine &= must("insmod test_killswitch", err == EEXIST ? 0 : err, 0);
	err = load_module(KS_KO, "");
	fine &= must("insmod killswitch", err == EEXIST ? 0 : err, 0);
	fine &= must("disengage_all", put(KS_CONTROL, "disengage_all"), 0);
	for (i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
		fine &= must(empty[i], get(empty[i], buf, sizeof(buf)), 0);
		if (buf[0])
			printf("in the end: %s: %s\n", empty[i], buf);
		fine &= !buf[0];
	}
	fine &= must("fn/ks_test_vuln", access(KS_ROOT "fn/ks_test_vuln", F_OK) ? errno : 0, ENOENT);
	fine &= must("call with 1", put(KS_FIRE, "1"), 0);
	fine &= must("call with 0xC0FFEE", put(KS_FIRE, "0xC0FFEE"), EBADMSG);
	fine &= must("engage", put(KS_CONTROL, "engage ks_test_vuln -13"), 0);
	fine &= must("overridden call", put(KS_FIRE, "1"), EACCES);
	fine &= must("rmmod killswitch", unload_module("killswitch"), 0);
	fine &= must("call after rmmod", put(KS_FIRE, "1"), 0);
	fine &= must("access to the folder after rmmod", access(KS_ROOT, F_OK) ? errno : 0, ENOENT);
	return fine;
}

static bool print(void)
{
	size_t i;

	printf("%10s %10s\n", "done", "refused");
	for (i = 0; i < THINGS; i++)
		printf("%10lu %10lu  %s\n", shared->done[i], shared->refused[i],
		       i < COMMANDS ? commands[i].text : thing_names[i]);
	if (!is_complete())
		puts("not everything has succeeded at least once");
	return is_complete();
}

static void init_lock(pthread_rwlock_t *lock)
{
	pthread_rwlockattr_t attr;

	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	/* or there would always be somebody reading */
	pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(lock, &attr);
}

static int number(const char *word, int max)
{
	char *rest_of_it;
	long n = strtol(word, &rest_of_it, 10);

	if (rest_of_it == word || *rest_of_it || n < 1 || n > max) {
		fprintf(stderr, "stress: \"%s\" is not a number from 1 to %d\n", word, max);
		exit(USAGE_ERROR);
	}
	return n;
}

static void parse(int argc, char *argv[])
{
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--seconds") && i + 1 < argc) {
			seconds = number(argv[++i], SECONDS_MAX);
		} else if (!strcmp(argv[i], "--seed") && i + 1 < argc) {
			seed = number(argv[++i], 1000000);
		} else {
			fputs("usage: stress [--seconds N] [--seed N]\n", stderr);
			exit(USAGE_ERROR);
		}
	}
}

int main(int argc, char *argv[])
{
	bool fine;
	int err;

	parse(argc, argv);
	err = pin_guard();
	if (err) {
		fprintf(stderr, "stress: no guard can be pinned: %s\n", errname(err));
		return 1;
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (shared == MAP_FAILED) {
		perror("stress: mmap");
		return 1;
	}
	init_lock(&shared->all);
	init_lock(&shared->use);
	fine = run();
	fine &= print();
	/* only then is nobody at work any more */
	if (shared->stop)
		fine &= end();
	return fine ? 0 : 1;
}
