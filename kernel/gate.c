// SPDX-License-Identifier: GPL-2.0-only
/*
 * engagebpf: BPF programs that call bpf_override_return(), for functions that
 * the kernel does not allow them for. What the kernel asks then is overridden
 * for as long as one process loads one program for one function.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kprobes.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/umh.h>
#include <linux/workqueue.h>

#include "gate.h"
#include "grace.h"
#include "life.h"
#include "report.h"
#include "rules.h"
#include "seal.h"

#define KS_GATE_FUNCTION "within_error_injection_list"
#define KS_GATE_HELPER "/usr/sbin/ks-bpf-load"

/* A load takes less than a second. The writer of the command cannot be killed meanwhile. */
#define KS_GATE_SECONDS 60

struct ks_gate {
	struct ks_guard guard;
	unsigned long addr;		/* the one function that it is open for */
	struct pid *helper;		/* and the one process; NULL until there is one */
	struct delayed_work timeout;
	struct ks_override *override;
};

static DEFINE_MUTEX(ks_gate_lock);	/* one at a time */

static bool notrace ks_gate_matches(struct ks_guard *guard, struct pt_regs *regs)
{
	struct ks_gate *gate = container_of(guard, struct ks_gate, guard);
	struct pid *helper = READ_ONCE(gate->helper);

	/* The kernel asks in process context only; in_task() would say no inside of a kprobe. */
	return helper && task_tgid(current) == helper &&
	       regs_get_kernel_argument(regs, 0) == READ_ONCE(gate->addr);
}

NOKPROBE_SYMBOL(ks_gate_matches);

static void ks_gate_release(struct ks_guard *guard)
{
	struct ks_gate *gate = container_of(guard, struct ks_gate, guard);

	put_pid(gate->helper);
	kfree(gate);
}

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
	struct ks_hook hook = {
		.name = KS_GATE_FUNCTION,
		.retval = true,
		.internal = true,
		.guard = &gate->guard,
	};
	struct ks_symbol function, asked;
	struct ks_name n;
	int err;

	lockdep_assert_held(&ks_lock);
	err = ks_refuse_locked("engagebpf");
	if (err)
		return err;
	err = ks_gate_resolve(name, &function);
	if (err)
		return err;
	ks_name_split(name, &n);
	err = ks_permit_any_value(&n, function.addr);
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
	hook.addr = asked.addr;
	gate->override = ks_override_install(&hook);
	return PTR_ERR_OR_ZERO(gate->override);
}

/* The hook may stay if ftrace has shut down; it asks a gate that is open for nothing then. */
static void ks_gate_close(struct ks_gate *gate)
{
	LIST_HEAD(unhooked);

	WRITE_ONCE(gate->addr, 0);
	mutex_lock(&ks_lock);
	ks_override_unhook(gate->override, false, &unhooked);
	mutex_unlock(&ks_lock);
	ks_override_bury(&unhooked);
}

/* What the caller is told of a helper that was run. */
static int ks_gate_conclude(const char *name, const char *path, const char *reason, int rc)
{
	if (rc < 0)
		ks_refuse("%s: " KS_GATE_HELPER " cannot be run: %pe; it comes with the killswitch command",
			  name, ERR_PTR(rc));
	ks_report(reason, "engagebpf %s bpf=%s rc=%d", name, path, rc);
	if (!rc)
		return 0;
	return rc == -ENOMEM ? -ENOMEM : -EIO;
}

static int ks_gate_load(const char *name, const char *path, const char *reason)
{
	struct ks_gate *gate;
	int err, rc;

	gate = kzalloc(sizeof(*gate), GFP_KERNEL);
	if (!gate)
		return -ENOMEM;
	gate->guard.matches = ks_gate_matches;
	gate->guard.release = ks_gate_release;
	refcount_set(&gate->guard.users, 1);
	INIT_DELAYED_WORK(&gate->timeout, ks_gate_timeout);
	mutex_lock(&ks_lock);
	err = ks_gate_open(gate, name);
	mutex_unlock(&ks_lock);
	if (!err) {
		rc = ks_gate_run(gate, name, path);
		ks_gate_close(gate);
		err = ks_gate_conclude(name, path, reason, rc);
	} else {
		/* there is one place for a gate, and who tries again is to find it free */
		ks_grace_wait();
	}
	ks_guard_put(&gate->guard);
	return err;
}

int ks_engagebpf(const char *name, const char *path, const char *reason)
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
	err = ks_gate_load(name, path, reason);
	mutex_unlock(&ks_gate_lock);
	return err;
}
