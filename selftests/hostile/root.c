// SPDX-License-Identifier: GPL-2.0-only
/* What root tries that has all capabilities, and no way to write to the kernel's memory. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../errname.h"
#include "../target.h"
#include "held.h"
#include "hostile.h"

#define TARGET KS_FN "/test_killswitch:ks_test_vuln/"
#define TRACING "/sys/kernel/tracing/"
#define FOLDER (O_RDONLY | O_DIRECTORY)

const struct held_call root_calls[] = {
	{ KS_ROOT, FOLDER, list_into },
	{ KS_ROOT "control", O_WRONLY, write_from },
	{ KS_ROOT "control", O_WRONLY, write_from },
	{ KS_ROOT "engaged", O_RDONLY, read_into },
	{ TARGET "retval", O_WRONLY, write_from },
	{ TARGET "retval", O_RDONLY, read_into },
	{ TARGET "hits", O_RDONLY, read_into },
	{ TARGET "state", O_RDONLY, read_into },
	{ TARGET "reason", O_RDONLY, read_into },
	{ TARGET "timeout_left", O_RDONLY, read_into },
	{ TARGET "backend", O_RDONLY, read_into },
	{ "/sys/module/killswitch/parameters/engage", O_RDONLY, read_into },
	{ "/sys/module/killswitch", FOLDER, list_into },
	{ TRACING "enabled_functions", O_RDONLY, read_into },
	{ "/sys/kernel/debug/kprobes/list", O_RDONLY, read_into },
};

const size_t root_call_count = sizeof(root_calls) / sizeof(root_calls[0]);

static void hold_by_fuse(void)
{
	hold_calls(root_calls, root_call_count, true);
}

static void hold_by_userfaultfd(void)
{
	hold_calls(root_calls, root_call_count, false);
}

/* Only root may list these, and what follows the engagements is made in them. */
static void hold_tree(void)
{
	static const struct held_call calls[] = {
		{ KS_FN, FOLDER, list_into },
		{ TARGET, FOLDER, list_into },
	};

	hold_calls(calls, sizeof(calls) / sizeof(calls[0]), true);
}

/* Not about what others look at. */
static const char * const commands[] = {
	"engage vmstat_show -5", "disengage vmstat_show", "observe tcp4_seq_show",
	"enforce tcp4_seq_show -5", "disengage tcp4_seq_show", "tryengage show_stat -5 1",
	"engagefor show_stat -5 1", "keep show_stat", "disengage show_stat",
	"engage hostile:nothing -1 # why not", "disengage hostile:nothing", "", "seal now",
	"engage vmstat_show 1e3", "engage test_killswitch:ks_test_vuln 0",
};

static void write_command(void)
{
	put(KS_CONTROL, commands[below(sizeof(commands) / sizeof(commands[0]))]);
	put(KS_FN "/vmstat_show/retval", below(2) ? "-13" : "-5");
}

static pid_t start_writer(bool traced)
{
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (traced)
			ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		for (;;)
			write_command();
	}
	waitpid(pid, NULL, WUNTRACED);
	return pid;
}

static void stop_writers(void)
{
	bool traced = worker % 2;
	pid_t pid = start_writer(traced);
	int status, n;

	for (n = 0; n < 100; n++) {
		if (traced) {
			ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
			waitpid(pid, &status, 0);
		} else {
			kill(pid, n % 2 ? SIGSTOP : SIGCONT);
		}
		usleep(below(10000));
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void stop_and_trace(void)
{
	start_workers(4, stop_writers);
	sleep(1);
}

/* A group whose tasks are frozen at any time, or get little of a CPU. */
static void keep_in_group(bool throttled)
{
	/* not the same one: a limit stays when the attack is over */
	const char *group = throttled ? HELD_MOUNT "/throttled" : HELD_MOUNT "/frozen";
	char path[128], pid[16];

	put(HELD_MOUNT "/cgroup.subtree_control", "+cpu");
	mkdir(group, 0755);
	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	snprintf(pid, sizeof(pid), "%d", start_writer(false));
	if (put(path, pid)) {
		won("the writer cannot be put into %s", group);
		exit(1);
	}
	kill(atoi(pid), SIGCONT);
	snprintf(path, sizeof(path), "%s/cpu.max", group);
	if (throttled && put(path, "1000 100000"))
		note("no limit of the CPU");
	snprintf(path, sizeof(path), "%s/cgroup.freeze", group);
	while (!throttled) {
		put(path, "1");
		usleep(below(100000));
		put(path, "0");
		usleep(below(100000));
	}
	pause();
}

static void freeze_writers(void)
{
	keep_in_group(false);
}

static void throttle_writers(void)
{
	keep_in_group(true);
}

static void use_group(void (*work)(void))
{
	int err = own_mounts(0);

	if (!err && mount("none", HELD_MOUNT, "cgroup2", 0, NULL))
		err = errno;
	if (err)
		skip("no control groups: %s", errname(err));
	start_workers(1, work);
	sleep(1);
}

static void freeze(void)
{
	use_group(freeze_writers);
}

/* Before 6.18 the kernel stops such a task wherever it is, with killswitch's lock, too. */
static void throttle(void)
{
	use_group(throttle_writers);
}

/* Names that look like lines of the log, in a process that the log is to name. */
static void forge(void)
{
	static const char * const names[] = {
		"x\nkillswitch: f", "\rkillswitch: f", "a b uid=0 c=\"", "\x1b[2Jx\x7f\xff", "%s%n%x",
	};

	prctl(PR_SET_NAME, names[worker % (sizeof(names) / sizeof(names[0]))]);
	write_command();
	usleep(10 * USEC_PER_MSEC);
}

static void have_forged_names(void)
{
	static char log[1 << 18];
	char *line;
	int n;

	start_workers(5, forge);
	sleep(1);
	n = klogctl(3, log, sizeof(log) - 1);	/* read all */
	log[n < 0 ? 0 : n] = '\0';
	for (line = strtok(log, "\n"); line; line = strtok(NULL, "\n")) {
		/* "<level>[time] text" */
		char *text = strstr(line, "] ");

		if (!strstr(line, "killswitch: "))
			continue;
		if (text && !strncmp(text + 2, "killswitch: f", 13))
			won("a line of its own in the log: %s", line);
		for (; *line; line++) {
			if ((unsigned char)*line < ' ' || (unsigned char)*line > '~') {
				won("a byte in the log that is not printable: %#x", *line);
				break;
			}
		}
	}
}

static void write_limited(void)
{
	spread_limits();
	for (;;) {
		write_command();
		usleep(USEC_PER_MSEC);
	}
}

static void write_with_limits(void)
{
	start_workers(8, write_limited);
}

/* Nothing of it is a command, whatever the rest is. */
static void write_garbage(void)
{
	static char text[1 << 17];
	static const size_t sizes[] = { 1, 64, 4095, 4096, 4097, 65536, sizeof(text) };
	size_t n = sizes[below(sizeof(sizes) / sizeof(sizes[0]))], j;
	int err;

	for (j = 1; j < 64; j++)
		text[j] = below(256);
	text[0] = "\1\"x0"[below(4)];
	err = put_bytes(KS_CONTROL, text, n);
	if (err != EINVAL)
		won("garbage of %zu bytes written to control: %s", n, errname(err));
	err = put_bytes(TARGET "retval", below(2) ? "zero" : text + 64, below(4096) + 4);
	/* it comes and goes */
	if (err != EINVAL && err != ENOENT && err != EIDRM)
		won("garbage written to retval: %s", errname(err));
}

static void write_much(void)
{
	start_workers(6, write_garbage);
}

const struct attack root_attacks[] = {
	{ "root-fuse", hold_by_fuse, UNLOAD_WAITS },
	{ "root-userfaultfd", hold_by_userfaultfd, UNLOAD_WAITS },
	{ "root-fuse-tree", hold_tree, COMMANDS_WAIT },
	{ "root-stop", stop_and_trace, UNLOAD_WAITS },
	{ "root-freeze", freeze, UNLOAD_WAITS },
	{ "root-throttle", throttle, UNLOAD_WAITS | ENGAGE_WAITS },
	{ "root-names", have_forged_names, UNLOAD_WAITS },
	{ "root-limits", write_with_limits, UNLOAD_WAITS },
	{ "root-garbage", write_much, UNLOAD_WAITS },
};

const size_t root_attack_count = sizeof(root_attacks) / sizeof(root_attacks[0]);

/* What a sealed module must refuse, whatever the errno. */
static const char * const undoing[] = {
	"disengage ks_test_vuln", "disengage test_killswitch:ks_test_vuln", "disengage_all",
	"engagefor show_stat -5 1", "engage test_killswitch:ks_test_vuln 0",
	"engage ks_test_vuln 0", "enforce ks_test_vuln 0",
	"engage module_kallsyms_on_each_symbol 0", "engage kallsyms_on_each_symbol 0",
	"engage ftrace_get_addr_new 0", "engage ftrace_get_addr_curr 0",
	"engage unregister_ftrace_function 0", "engage register_ftrace_function 0",
	"engage ftrace_ops_test 0", "engage arch_ftrace_ops_list_func 0",
	"engage ftrace_module_enable 0", "engage synchronize_rcu_tasks 0",
	"engage blocking_notifier_call_chain 0", "engage notifier_call_chain 0",
	"engage text_poke_bp 0", "engage __module_address 0", "engage capable -1",
	"engage security_locked_down 0", "engage file_ns_capable 1",
	"engage within_module 0", "engage killswitch:ks_refuse_sealed 0",
	"engage killswitch:ks_control_write 1", "engage tracing_readme_read -5",
	"observe tracing_readme_read",
};

/* What root may try elsewhere; it need not be refused, only without effect. */
static const struct {
	const char *file, *text, *back;	/* what was there, if it is to be so again */
} switches[] = {
	{ "/proc/sys/kernel/ftrace_enabled", "0", NULL },
	{ "/proc/sys/kernel/kprobes-optimization", "0", "1" },
	{ "/sys/kernel/debug/kprobes/enabled", "0", "1" },
	{ TRACING "tracing_on", "0", "1" },
	{ TRACING "set_ftrace_notrace", "ks_test_vuln", " " },
	{ TRACING "current_tracer", "function", "nop" },
	{ TRACING "current_tracer", "function_graph", "nop" },
	{ TRACING "kprobe_events", "p:hostile ks_test_vuln", NULL },
	{ TRACING "events/kprobes/hostile/enable", "1", "0" },
	{ TRACING "kprobe_events", "r:hostile2 ks_test_vuln", NULL },
	{ TRACING "events/kprobes/hostile2/enable", "1", "0" },
	{ TRACING "events/killswitch/enable", "1", "0" },
	{ "/sys/module/killswitch/parameters/engage", "", NULL },
	{ "/sys/devices/virtual/workqueue/cpumask", "1", "3" },
	{ "/sys/devices/system/cpu/cpu1/online", "0", "1" },
	{ "/sys/kernel/livepatch/killswitch/enabled", "0", NULL },
};

static void try_to_undo(void)
{
	const char *c = undoing[below(sizeof(undoing) / sizeof(undoing[0]))];
	int err = put(KS_CONTROL, c);

	if (!err)
		won("%s: accepted though it is sealed", c);
	if (!put(TARGET "retval", "0"))
		won("another value though it is sealed");
}

static void try_to_switch_off(void)
{
	size_t n = below(sizeof(switches) / sizeof(switches[0]));

	put(switches[n].file, switches[n].text);
	usleep(below(50000));
	if (switches[n].back)
		put(switches[n].file, switches[n].back);
}

static void try_to_unload(void)
{
	if (!syscall(SYS_delete_module, "killswitch", O_NONBLOCK | (below(2) ? O_TRUNC : 0)))
		won("killswitch is unloaded though it is sealed");
	usleep(20 * USEC_PER_MSEC);
}

static void call_it(void)
{
	int err = put(KS_FIRE, "1");

	/* the module may be on its way */
	if (err != EPERM && err != ENOENT && err != ENODEV && err != ENXIO)
		won("a call of what is sealed: %s", err ? errname(err) : "success");
	usleep(USEC_PER_MSEC);
}

static void unseal(void)
{
	/*
	 * To trace all functions would keep the machine busy with nothing else. 7.3 does
	 * so with function_graph if a filter and set_ftrace_notrace leave nothing over.
	 */
	if (put(TRACING "set_ftrace_filter", "kernel_halt") ||
	    put(TRACING "set_ftrace_filter", "ks_test_vuln"))
		note("all functions are traced, not two");
	start_workers(1, try_to_undo);
	start_workers(1, try_to_switch_off);
	start_workers(1, try_to_unload);
	start_workers(1, call_it);
	sleep(2);
}

/* The last one is made once more when it is locked, too. */
const struct attack sealed_attacks[] = {
	{ "sealed-fuse", hold_by_fuse, 0 },
	{ "sealed-fuse-tree", hold_tree, COMMANDS_WAIT },
	{ "sealed-stop", stop_and_trace, 0 },
	{ "unseal", unseal, 0 },
};

const size_t sealed_attack_count = sizeof(sealed_attacks) / sizeof(sealed_attacks[0]);
