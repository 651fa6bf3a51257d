// SPDX-License-Identifier: GPL-2.0
/*
 * engagebpf: BPF programs that call bpf_override_return(), for functions that
 * the kernel does not allow them for. What the kernel asks then is overridden
 * for as long as one process loads one program for one function.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/umh.h>
#include <linux/workqueue.h>

#include "gate.h"
#include "life.h"
#include "report.h"

#define KS_GATE_FUNCTION "within_error_injection_list"
#define KS_GATE_HELPER "/usr/sbin/ks-bpf-load"

/* A load takes less than a second. Whoever wrote the command cannot be killed meanwhile. */
#define KS_GATE_SECONDS 60

struct ks_gate {
	struct ks_guard guard;
	unsigned long addr;		/* the one function that it is open for */
	struct pid *helper;		/* and the one process; NULL until there is one */
	struct delayed_work timeout;
	struct ks_override override;
};

static DEFINE_MUTEX(ks_gate_lock);	/* one at a time */

static bool notrace ks_gate_matches(struct ks_guard *guard, struct pt_regs *regs)
{
	struct ks_gate *gate = container_of(guard, struct ks_gate, guard);
	struct pid *helper = READ_ONCE(gate->helper);

	/* The kernel asks in process context only; in_task() would say no inside of a kprobe. */
	return helper && task_tgid(current) == helper &&
	       regs_get_kernel_argument(regs, 0) == gate->addr;
}

NOKPROBE_SYMBOL(ks_gate_matches);

static void ks_gate_timeout(struct work_struct *work)
{
	struct ks_gate *gate = container_of(work, struct ks_gate, timeout.work);

	ks_refuse(KS_GATE_HELPER " has not ended after %d s and is killed", KS_GATE_SECONDS);
	if (gate->helper)
		kill_pid(gate->helper, SIGKILL, 1);
}

/* Runs in the process that becomes the helper. */
static int ks_gate_enter(struct subprocess_info *info, struct cred *cred)
{
	struct ks_gate *gate = info->data;

	WRITE_ONCE(gate->helper, get_pid(task_tgid(current)));
	return 0;
}

/* What the helper ended with, as a shell would have it; negative if it could not be run. */
static int ks_gate_run(struct ks_gate *gate, const char *name, const char *path)
{
	char *argv[4] = { KS_GATE_HELPER, (char *)path, (char *)name, NULL };
	static char *envp[3] = { "HOME=/", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	struct subprocess_info *info;
	int status;

	info = call_usermodehelper_setup(KS_GATE_HELPER, argv, envp, GFP_KERNEL, ks_gate_enter,
					 NULL, gate);
	if (!info)
		return -ENOMEM;
	schedule_delayed_work(&gate->timeout, KS_GATE_SECONDS * HZ);
	status = call_usermodehelper_exec(info, UMH_WAIT_PROC);
	cancel_delayed_work_sync(&gate->timeout);
	if (status < 0)
		return status;
	return status & 0x7f ? 128 + (status & 0x7f) : (status >> 8) & 0xff;
}

static int ks_gate_resolve(const char *name, struct ks_symbol *s)
{
	struct ks_name n;
	int err;

	ks_name_split(name, &n);
	err = ks_resolve(&n, s);
	if (err == -ENOENT || err == -ESRCH || (!err && !s->count)) {
		ks_refuse("%s: there is no such function", name);
		err = -EIO;
	}
	return err;
}

static int ks_gate_open(struct ks_gate *gate, const char *name)
{
	struct ks_symbol function, asked;
	int err;

	lockdep_assert_held(&ks_lock);
	err = ks_gate_resolve(name, &function);
	if (err)
		return err;
	err = ks_refuse_engaged(name, function.addr);
	if (err)
		return err;
	err = ks_gate_resolve(KS_GATE_FUNCTION, &asked);
	if (err)
		return err;
	if (ks_find_addr(asked.addr)) {
		ks_refuse("%s: " KS_GATE_FUNCTION " is engaged; disengage that first", name);
		return -EBUSY;
	}
	gate->addr = function.addr;
	gate->override.internal = true;
	return ks_override_install(&gate->override, KS_GATE_FUNCTION, asked.addr, true, true,
				   &gate->guard);
}

/* The hook may stay if ftrace has shut down; it asks a gate that is of no process then. */
static bool ks_gate_close(struct ks_gate *gate)
{
	struct pid *helper = gate->helper;
	bool stuck;

	WRITE_ONCE(gate->helper, NULL);
	mutex_lock(&ks_lock);
	stuck = ks_override_unhook(&gate->override, false);
	if (stuck) {
		__module_get(THIS_MODULE);
	} else {
		ks_override_wait();
		ks_override_release(&gate->override);
	}
	mutex_unlock(&ks_lock);
	if (!stuck)
		put_pid(helper);
	return !stuck;
}

/* What the caller is told of a helper that was run. */
static int ks_gate_conclude(const char *name, const char *path, int rc)
{
	if (rc < 0)
		ks_refuse("%s: " KS_GATE_HELPER " cannot be run: %pe; it comes with the killswitch command",
			  name, ERR_PTR(rc));
	ks_report("engagebpf %s bpf=%s rc=%d", name, path, rc);
	if (!rc)
		return 0;
	return rc == -ENOMEM ? -ENOMEM : -EIO;
}

static int ks_gate_load(const char *name, const char *path)
{
	struct ks_gate *gate;
	int err, rc;

	gate = kzalloc(sizeof(*gate), GFP_KERNEL);
	if (!gate)
		return -ENOMEM;
	gate->guard.matches = ks_gate_matches;
	INIT_DELAYED_WORK(&gate->timeout, ks_gate_timeout);
	mutex_lock(&ks_lock);
	err = ks_gate_open(gate, name);
	mutex_unlock(&ks_lock);
	if (err) {
		kfree(gate);
		return err;
	}
	rc = ks_gate_run(gate, name, path);
	if (ks_gate_close(gate))
		kfree(gate);
	return ks_gate_conclude(name, path, rc);
}

int ks_engagebpf(const char *name, const char *path)
{
	int err;

	if (!IS_ENABLED(CONFIG_FUNCTION_ERROR_INJECTION) ||
	    !IS_ENABLED(CONFIG_BPF_KPROBE_OVERRIDE)) {
		ks_refuse("%s: engagebpf needs a kernel with CONFIG_FUNCTION_ERROR_INJECTION and CONFIG_BPF_KPROBE_OVERRIDE, and this one has not both; engageif does without",
			  name);
		return -EIO;
	}
	if (!mutex_trylock(&ks_gate_lock)) {
		ks_refuse("%s: another program is being loaded; try again", name);
		return -EBUSY;
	}
	err = ks_gate_load(name, path);
	mutex_unlock(&ks_gate_lock);
	return err;
}
