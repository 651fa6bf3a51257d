// SPDX-License-Identifier: GPL-2.0-only
/*
 * failnth [--stride N]
 *
 * For every command, every file and the loading of the modules: have the first
 * thing in it fail that can, then the second, and so on, until nothing is left
 * to fail. What fails are allocations and copies from and to user space, by the
 * kernel's fault injection (Documentation/fault-injection, fail-nth). For a
 * disposable machine only, with the modules in /modules and both loaded.
 *
 * Each time it is either done all the same, and then really, or refused with
 * ENOMEM (EFAULT for a copy); then nothing has changed, and the next try works.
 * The kernel must not warn, but for what it says itself where it has no memory
 * for what comes with a module: that is printed, and counts as nothing wrong.
 * Prints for each how many failures there were. Loading a module takes hundreds
 * of them; with --stride, every Nth is tried there.
 *
 * Exit status: 0 if all was as it must be, 1 if not, 2 wrong usage.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errname.h"
#include "target.h"

#define USAGE_ERROR 2
#define FAULTS_MAX 5000
#define SYSLOG_ACTION_CLEAR 5
#define HELPER "/usr/sbin/ks-bpf-load"
#define DEBUGFS "/sys/kernel/debug/"
#define FN KS_ROOT "fn/ks_test_vuln/"
#define KS_WORDS "engage=ks_test_vuln=-13,ks_not_there:ks_nothing=-1"

static char scratch[65536];

/* What is to be done, each of these ways alike. Return: 0 or an errno. */
struct act {
	int (*run)(const struct act *act);
	const char *file, *text;
};

static int act_write(const struct act *act)
{
	return put(act->file, act->text);
}

static int act_read(const struct act *act)
{
	return get(act->file, scratch, sizeof(scratch));
}

static int act_load(const struct act *act)
{
	return load_module(act->file, act->text);
}

static int act_unload(const struct act *act)
{
	return unload_module(act->file);
}

/* The module goes, and what is to be armed when it comes back is engaged. */
static int act_send_away(const struct act *act)
{
	int err = put(KS_CONTROL, act->text);

	return err ?: unload_module(act->file);
}

#define CONTROL(command) { act_write, KS_CONTROL, command }
#define NOTHING { NULL, NULL, NULL }

struct one_case {
	const char *name;
	struct act setup, act, undo;
	int call_before, call_after;	/* what a call of ks_test_vuln() gives */
	bool arms;			/* without a caller to refuse it to: the log has to tell */
	int other_error;		/* beside ENOMEM, EFAULT; ELOOP is of the BTF code */
};

static const struct one_case cases[] = {
	{ "engage", NOTHING, CONTROL("engage ks_test_vuln -13"),
	  CONTROL("disengage ks_test_vuln"), 0, EACCES, false, 0 },
	{ "engage, qualified", NOTHING, CONTROL("engage test_killswitch:ks_test_vuln -13"),
	  CONTROL("disengage_all"), 0, EACCES, false, 0 },
	{ "engage, pending", NOTHING, CONTROL("engage ks_not_there:ks_nothing -1"),
	  CONTROL("disengage_all"), 0, 0, false, 0 },
	{ "engagefor", NOTHING, CONTROL("engagefor ks_test_vuln -13 3600"),
	  CONTROL("disengage ks_test_vuln"), 0, EACCES, false, 0 },
	{ "tryengage", NOTHING, CONTROL("tryengage ks_test_vuln -13 3600"),
	  CONTROL("disengage ks_test_vuln"), 0, 0, false, 0 },
	{ "engageif", NOTHING, CONTROL("engageif ks_test_vuln -13 " KS_GUARD),
	  CONTROL("disengage ks_test_vuln"), 0, EACCES, false, 0 },
	{ "engagebpf", NOTHING, CONTROL("engagebpf ks_test_vuln " HELPER),
	  NOTHING, 0, 0, false, EIO },
	{ "engage, with a reason", NOTHING, CONTROL("engage ks_test_vuln -13 # why"),
	  CONTROL("disengage ks_test_vuln"), 0, EACCES, false, 0 },
	{ "observe", NOTHING, CONTROL("observe ks_test_vuln # why"),
	  CONTROL("disengage ks_test_vuln"), 0, 0, false, 0 },
	{ "observe, with a guard", NOTHING, CONTROL("observe ks_test_vuln " KS_GUARD),
	  CONTROL("disengage ks_test_vuln"), 0, 0, false, 0 },
	{ "observe, pending", NOTHING, CONTROL("observe ks_not_there:ks_nothing"),
	  CONTROL("disengage_all"), 0, 0, false, 0 },
	{ "enforce", CONTROL("observe ks_test_vuln"), CONTROL("enforce ks_test_vuln -13 # why"),
	  CONTROL("disengage ks_test_vuln"), 0, EACCES, false, 0 },
	{ "enforce, pending", CONTROL("observe ks_not_there:ks_nothing"),
	  CONTROL("enforce ks_not_there:ks_nothing -1"), CONTROL("disengage_all"), 0, 0, false, 0 },
	{ "keep", CONTROL("engagefor ks_test_vuln -13 3600"), CONTROL("keep ks_test_vuln"),
	  CONTROL("disengage_all"), EACCES, EACCES, false, 0 },
	{ "disengage", CONTROL("engage ks_test_vuln -13"), CONTROL("disengage ks_test_vuln"),
	  NOTHING, EACCES, 0, false, 0 },
	{ "disengage, by another name", CONTROL("engage ks_test_vuln -13"),
	  CONTROL("disengage test_killswitch:ks_test_vuln"), NOTHING, EACCES, 0, false, 0 },
	{ "disengage_all", CONTROL("engage ks_test_vuln -13"), CONTROL("disengage_all"),
	  NOTHING, EACCES, 0, false, 0 },
	{ "write of retval", CONTROL("engage ks_test_vuln -13"), { act_write, FN "retval", "-5" },
	  CONTROL("disengage_all"), EACCES, EIO, false, 0 },
	{ "read of hits", CONTROL("engage ks_test_vuln -13"), { act_read, FN "hits", NULL },
	  CONTROL("disengage_all"), EACCES, EACCES, false, 0 },
	{ "read of reason", CONTROL("engage ks_test_vuln -13 # why"),
	  { act_read, FN "reason", NULL }, CONTROL("disengage_all"), EACCES, EACCES, false, 0 },
	{ "read of engaged", CONTROL("engage ks_test_vuln -13"),
	  { act_read, KS_ROOT "engaged", NULL }, CONTROL("disengage_all"), EACCES, EACCES, false, 0 },
	{ "read of pending", CONTROL("engage ks_not_there:ks_nothing -1"),
	  { act_read, KS_ROOT "pending", NULL }, CONTROL("disengage_all"), 0, 0, false, 0 },
	{ "rmmod of the function's module", CONTROL("engage ks_test_vuln -13"),
	  { act_unload, "test_killswitch", NULL }, { act_load, KS_TEST_KO, "" }, EACCES, ENOENT,
	  false, 0 },
	{ "insmod of the function's module",
	  { act_send_away, "test_killswitch", "engage ks_test_vuln -13" },
	  { act_load, KS_TEST_KO, "" }, NOTHING, ENOENT, EACCES, true, ELOOP },
	{ "rmmod of killswitch", CONTROL("engagefor ks_test_vuln -13 3600"),
	  { act_unload, "killswitch", NULL }, { act_load, KS_KO, "" }, EACCES, 0, false, 0 },
	{ "insmod of killswitch", { act_unload, "killswitch", NULL }, { act_load, KS_KO, KS_WORDS },
	  NOTHING, 0, EACCES, true, ELOOP },
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

static bool fine = true;
static int fail_nth, stride = 1;

/* What warns when there is no memory for the fields of trace events. */
#define KERNELS_OWN " event_define_fields+"

static void wrong(const struct one_case *c, int n, const char *what, const char *was)
{
	static char log[16384];

	read_kernel_log(log, sizeof(log));
	printf("%s: with failure %d: %s: %s\n%s", c->name, n, what, was, log);
	fine = false;
}

static const char *name_of(int err)
{
	return err ? errname(err) : "done";
}

static int perform(const struct act *act)
{
	return act->run ? act->run(act) : 0;
}

static int call(void)
{
	return put(KS_FIRE, "1");
}

/* All that the files show, in one text. */
static void describe(char *buf, size_t size)
{
	static const char * const files[] = {
		KS_ROOT "engaged", KS_ROOT "pending", FN "retval", FN "state", FN "backend",
		FN "reason", KS_ROOT "sealed", KS_ROOT "locked",
	};
	struct dirent *entry;
	char *hits;
	size_t i, len = 0;
	DIR *dir;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		get(files[i], buf + len, size - len);
		hits = strstr(buf + len, " hits=");
		if (hits)
			strcpy(hits, "\n");	/* the calls of this program count */
		len += strlen(buf + len);
	}
	dir = opendir(KS_ROOT "fn");
	while (dir && (entry = readdir(dir)))
		len += snprintf(buf + len, size - len, "%s ", entry->d_name);
	if (dir)
		closedir(dir);
}

static void arm(int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", n);
	if (pwrite(fail_nth, text, strlen(text), 0) < 0) {
		perror("failnth: fail-nth");
		exit(1);
	}
}

/* Return: whether what was armed has failed. The look itself may take what is left of it. */
static bool disarm(void)
{
	char text[16] = "";
	bool failed = pread(fail_nth, text, sizeof(text) - 1, 0) >= 0 && !atoi(text);

	if (!failed)
		(void)!pwrite(fail_nth, "0", 1, 0);
	return failed;
}

static void must(const struct one_case *c, int n, const char *what, int err, int expected)
{
	if (err != expected)
		wrong(c, n, what, name_of(err));
}

static void set_up(const struct one_case *c, int n)
{
	must(c, n, "setup", perform(&c->setup), 0);
	must(c, n, "call before", call(), c->call_before);
}

/* Where nobody is there to refuse it to, the log says that it is not armed. */
static bool is_told(const struct one_case *c)
{
	if (!c->arms || call())
		return false;
	read_kernel_log(scratch, sizeof(scratch));
	return strstr(scratch, "ks_test_vuln could NOT be armed") ||
	       strstr(scratch, "entry 1 (ks_test_vuln=-13) skipped: ");
}

static void retry(const struct one_case *c, int n)
{
	must(c, n, "the next try", perform(&c->act), 0);
	must(c, n, "call after the next try", call(), c->call_after);
}

static void clean_up(const struct one_case *c, int n)
{
	must(c, n, "undoing", perform(&c->undo), 0);
	must(c, n, "disengage_all", put(KS_CONTROL, "disengage_all"), 0);
	must(c, n, "call in the end", call(), 0);
}

static void look_for_warnings(const struct one_case *c, int n)
{
	char *line, *rest = scratch;

	read_kernel_log(scratch, sizeof(scratch));
	while ((line = strsep(&rest, "\n"))) {
		if (!strstr(line, "WARNING: "))
			continue;
		if (strstr(line, KERNELS_OWN))
			printf("%s: with failure %d: the kernel's own: %s\n", c->name, n, line);
		else
			wrong(c, n, "the kernel warned", line);
	}
}

/* Return: false if nothing was left to fail. */
static bool once(const struct one_case *c, int n, unsigned int *done, unsigned int *refused)
{
	static char before[65536], after[65536];
	bool failed;
	int err;

	set_up(c, n);
	describe(before, sizeof(before));
	klogctl(SYSLOG_ACTION_CLEAR, NULL, 0);
	arm(n);
	err = perform(&c->act);
	failed = disarm();
	if (err) {
		(*refused)++;
		if (!failed || (err != ENOMEM && err != EFAULT && err != c->other_error))
			wrong(c, n, "refused", name_of(err));
		describe(after, sizeof(after));
		if (strcmp(before, after))
			wrong(c, n, "refused, and yet there is now", after);
		must(c, n, "call after it was refused", call(), c->call_before);
		retry(c, n);
	} else {
		*done += failed;
		if (call() != c->call_after && !is_told(c))
			wrong(c, n, "done, and a call gives", name_of(call()));
	}
	clean_up(c, n);
	look_for_warnings(c, n);
	return failed;
}

static void run(const struct one_case *c)
{
	int n = 1, step = c->act.run == act_load ? stride : 1;
	unsigned int done = 0, refused = 0;

	while (fine && n < FAULTS_MAX && once(c, n, &done, &refused))
		n += step;
	if (n == 1 || n >= FAULTS_MAX)
		wrong(c, n, "there were too few or too many failures", "giving up");
	printf("%5u failures in turn, %5u of them refused, %5u borne: %s\n", refused + done,
	       refused, done, c->name);
	fflush(stdout);
	put(KS_CONTROL, "disengage_all");
}

/*
 * What is done once and for good until reboot. Return: false if it was refused
 * and yet done, or done and not to be seen.
 */
static bool one_way(const char *command, const char *file)
{
	struct one_case c = { command, NOTHING, CONTROL(command), NOTHING, EACCES, EACCES, false, 0 };
	bool failed;
	char text[8];
	int n, err;

	for (n = 1, err = -1; err; n++) {
		arm(n);
		err = perform(&c.act);
		failed = disarm();
		if (err && (!failed || (err != ENOMEM && err != EFAULT)))
			wrong(&c, n, "refused", name_of(err));
		get(file, text, sizeof(text));
		if (strcmp(text, err ? "0\n" : "1\n"))
			wrong(&c, n, err ? "refused, and yet there is now" : "done, and there is", text);
		must(&c, n, "call", call(), EACCES);
		if (!fine)
			return false;
	}
	printf("%5d failures in turn until it was done: %s\n", n - 2, command);
	return true;
}

/* What the seal or the lock refuses: whatever fails, it stays refused. */
static void never(const struct one_case *c)
{
	static char before[65536], after[65536];
	bool failed = true;
	int n, err;

	describe(before, sizeof(before));
	for (n = 1; failed && fine; n++) {
		arm(n);
		err = perform(&c->act);
		failed = disarm();
		if (err != c->other_error && (!failed || (err != ENOMEM && err != EFAULT)))
			wrong(c, n, "it must be refused", name_of(err));
		describe(after, sizeof(after));
		if (strcmp(before, after))
			wrong(c, n, "refused, and yet there is now", after);
		must(c, n, "call", call(), EACCES);
	}
	printf("%5d failures in turn, all refused: %s\n", n - 2, c->name);
}

static void lock_and_seal(void)
{
	static const struct one_case locked[] = {
		{ "engage, locked", NOTHING, CONTROL("engage vfs_statfs -1"), NOTHING, 0, 0, false, EPERM },
		{ "observe, locked", NOTHING, CONTROL("observe vfs_statfs"), NOTHING, 0, 0, false, EPERM },
		{ "rmmod, locked", NOTHING, { act_unload, "killswitch", NULL }, NOTHING, 0, 0, false, EWOULDBLOCK },
	}, sealed[] = {
		{ "disengage, sealed", NOTHING, CONTROL("disengage ks_test_vuln"), NOTHING, 0, 0, false, EPERM },
		{ "disengage_all, sealed", NOTHING, CONTROL("disengage_all"), NOTHING, 0, 0, false, EPERM },
		{ "write of retval, sealed", NOTHING, { act_write, FN "retval", "0" }, NOTHING, 0, 0, false, EPERM },
		{ "rmmod, sealed", NOTHING, { act_unload, "killswitch", NULL }, NOTHING, 0, 0, false, EWOULDBLOCK },
	};
	size_t i;

	if (put(KS_CONTROL, "engage ks_test_vuln -13") || !one_way("lock", KS_ROOT "locked"))
		return;
	for (i = 0; i < sizeof(locked) / sizeof(locked[0]); i++)
		never(&locked[i]);
	if (!one_way("seal", KS_ROOT "sealed"))
		return;
	for (i = 0; i < sizeof(sealed) / sizeof(sealed[0]); i++)
		never(&sealed[i]);
}

/* What engagebpf starts; here it has nothing to do. */
static int make_helper(void)
{
	int fd;

	if (!access(HELPER, F_OK))
		return 0;
	mkdir("/usr", 0755);
	if (mkdir("/usr/sbin", 0755) && errno != EEXIST)
		return errno;
	fd = open(HELPER, O_CREAT | O_WRONLY | O_CLOEXEC, 0755);
	if (fd < 0)
		return errno;
	close(fd);
	return put(HELPER, "#!/bin/sh\n");
}

static void prepare(void)
{
	static const char * const settings[][2] = {
		{ DEBUGFS "failslab/ignore-gfp-wait", "N" },
		{ DEBUGFS "failslab/verbose", "0" },
		{ DEBUGFS "fail_page_alloc/ignore-gfp-wait", "N" },
		{ DEBUGFS "fail_page_alloc/ignore-gfp-highmem", "N" },
		{ DEBUGFS "fail_page_alloc/min-order", "0" },
		{ DEBUGFS "fail_page_alloc/verbose", "0" },
		{ DEBUGFS "fail_usercopy/verbose", "0" },
	};
	size_t i;
	int err;

	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		err = put(settings[i][0], settings[i][1]);
		if (err) {
			printf("%s: %s: the kernel has to have fault injection\n", settings[i][0],
			       errname(err));
			exit(1);
		}
	}
	err = pin_guard() ?: make_helper();
	if (err) {
		printf("%s or %s cannot be made: %s\n", KS_GUARD, HELPER, errname(err));
		exit(1);
	}
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fail_nth < 0) {
		perror("failnth: /proc/thread-self/fail-nth");
		exit(1);
	}
}

int main(int argc, char *argv[])
{
	size_t i;

	if (argc == 3 && !strcmp(argv[1], "--stride"))
		stride = atoi(argv[2]);
	if ((argc != 1 && argc != 3) || stride < 1) {
		fputs("usage: failnth [--stride N]\n", stderr);
		return USAGE_ERROR;
	}
	prepare();
	for (i = 0; i < CASES && fine; i++)
		run(&cases[i]);
	if (fine)
		lock_and_seal();
	return fine ? 0 : 1;
}
