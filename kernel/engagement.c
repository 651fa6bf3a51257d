// SPDX-License-Identifier: GPL-2.0
/*
 * An engagement and its life:
 *
 *   ks_engage(T > 0) --> probing --(T seconds, no call)--> engaged
 *                           |                                |
 *                           +--(T seconds, calls)--+         |
 *                           +--ks_disengage()------+---------+--> gone
 *                           +--its module goes-----+
 *
 *   ks_engage(T = 0) -----------------------------------> engaged
 *
 * Nothing outside this file holds a pointer to one. Files know it by a number
 * that is never used again, and one work item looks after all probes.
 */
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "engagement.h"
#include "override.h"
#include "report.h"
#include "securityfs.h"
#include "symbol.h"

struct ks_engagement {
	struct list_head node;		/* in ks_engagements */
	u64 id;
	char *name;			/* as it was engaged */
	bool probing;
	bool stuck;			/* ended, but ftrace still calls the hook */
	unsigned int probe_seconds;
	u64 deadline;			/* of the probe, in jiffies */
	struct ks_override override;
	struct ks_fn_dir dir;
};

/* Protects everything below and in every engagement, and serialises all changes. */
static DEFINE_MUTEX(ks_lock);
static LIST_HEAD(ks_engagements);	/* oldest first */
static u64 ks_last_id;

static void ks_probes_tick(struct work_struct *work);
static DECLARE_DELAYED_WORK(ks_probes_work, ks_probes_tick);
/* A queue of our own has a thread to fall back on when memory is short. */
static struct workqueue_struct *ks_workqueue;

static const char * const ks_backend_names[] = {
	[KS_BACKEND_FTRACE] = "ftrace",
	[KS_BACKEND_KPROBE] = "kprobe",
};

static struct ks_engagement *ks_find_id(u64 id)
{
	struct ks_engagement *e;

	lockdep_assert_held(&ks_lock);
	list_for_each_entry(e, &ks_engagements, node) {
		if (e->id == id)
			return e;
	}
	return NULL;
}

static struct ks_engagement *ks_find_name(const char *name)
{
	struct ks_engagement *e;

	lockdep_assert_held(&ks_lock);
	list_for_each_entry(e, &ks_engagements, node) {
		if (!strcmp(e->name, name))
			return e;
	}
	return NULL;
}

static struct ks_engagement *ks_find_addr(unsigned long addr)
{
	struct ks_engagement *e;

	lockdep_assert_held(&ks_lock);
	list_for_each_entry(e, &ks_engagements, node) {
		if (e->override.addr == addr)
			return e;
	}
	return NULL;
}

/* Wake up at the end of the probe that ends first. */
static void ks_probes_schedule(void)
{
	struct ks_engagement *e;
	u64 now = get_jiffies_64(), first = U64_MAX;

	lockdep_assert_held(&ks_lock);
	list_for_each_entry(e, &ks_engagements, node) {
		if (e->probing)
			first = min(first, e->deadline);
	}
	if (first != U64_MAX)
		mod_delayed_work(ks_workqueue, &ks_probes_work, first > now ? first - now : 0);
}

/* The engagement's way out, whatever leads to it; ks_free() is to follow. */
static void ks_end(struct ks_engagement *e)
{
	lockdep_assert_held(&ks_lock);
	list_del(&e->node);
	ks_fn_dir_remove(&e->dir);
	e->stuck = ks_override_remove(&e->override);
	if (e->stuck) {
		ks_refuse("%s: ftrace has shut down and keeps the override in place until reboot",
			  e->name);
		__module_get(THIS_MODULE);
	}
}

static void ks_free(struct ks_engagement *e)
{
	if (e->stuck)
		return;
	ks_override_release(&e->override);
	kfree(e->name);
	kfree(e);
}

static void ks_disengage_one(struct ks_engagement *e)
{
	ks_end(e);
	ks_report("disengage %s hits=%llu", e->name, ks_override_hits(&e->override));
	ks_free(e);
}

static void ks_probe_conclude(struct ks_engagement *e)
{
	lockdep_assert_held(&ks_lock);
	if (ks_override_hits(&e->override)) {
		ks_end(e);
		ks_report_event("tryengage %s aborted: hits=%llu during %us probe",
				e->name, ks_override_hits(&e->override), e->probe_seconds);
		ks_free(e);
		return;
	}
	ks_override_enforce(&e->override);
	e->probing = false;
	ks_report_event("tryengage %s committed: 0 hits in %us", e->name, e->probe_seconds);
}

static void ks_probes_tick(struct work_struct *work)
{
	struct ks_engagement *e, *next;

	mutex_lock(&ks_lock);
	list_for_each_entry_safe(e, next, &ks_engagements, node) {
		if (e->probing && time_after_eq64(get_jiffies_64(), e->deadline))
			ks_probe_conclude(e);
	}
	ks_probes_schedule();
	mutex_unlock(&ks_lock);
}

static int ks_resolve(const char *name, unsigned long *addr)
{
	unsigned int count;
	int err;

	err = ks_symbol_resolve(name, addr, &count);
	if (err == -EADDRNOTAVAIL)
		ks_refuse("%s: %u functions have this name; qualify it as <module>:<symbol>",
			  name, count);
	return err;
}

static struct ks_engagement *ks_alloc(const char *name, unsigned int probe_seconds)
{
	struct ks_engagement *e;

	e = kzalloc(sizeof(*e), GFP_KERNEL);
	if (!e)
		return NULL;
	e->name = kstrdup(name, GFP_KERNEL);
	if (!e->name) {
		kfree(e);
		return NULL;
	}
	e->id = ++ks_last_id;
	e->probing = probe_seconds > 0;
	e->probe_seconds = probe_seconds;
	return e;
}

static int ks_begin(const char *name, unsigned long addr, long retval,
		    unsigned int probe_seconds)
{
	struct ks_engagement *e;
	int err;

	lockdep_assert_held(&ks_lock);
	e = ks_alloc(name, probe_seconds);
	if (!e)
		return -ENOMEM;

	/* The files come first: what can still fail then is undone unseen by callers. */
	err = ks_fn_dir_create(&e->dir, name, e->id);
	if (err)
		goto err_free;
	err = ks_override_install(&e->override, name, addr, retval, !e->probing);
	if (err)
		goto err_dir;

	e->deadline = get_jiffies_64() + (u64)probe_seconds * HZ;
	list_add_tail(&e->node, &ks_engagements);
	ks_probes_schedule();
	return 0;

err_dir:
	ks_fn_dir_remove(&e->dir);
err_free:
	kfree(e->name);
	kfree(e);
	return err;
}

int ks_engage(const char *name, long retval, unsigned int probe_seconds, enum ks_source source)
{
	struct ks_engagement *other;
	unsigned long addr;
	int err;

	/*
	 * A module whose function is resolved and vetted below cannot get past
	 * our notifier, so not out of memory, before the lock is released.
	 */
	mutex_lock(&ks_lock);
	err = ks_resolve(name, &addr);
	if (err)
		goto out;
	other = ks_find_addr(addr);
	if (other) {
		ks_refuse("%s: already engaged as %s", name, other->name);
		err = -EBUSY;
		goto out;
	}
	err = ks_begin(name, addr, retval, probe_seconds);
	if (err)
		goto out;

	if (source == KS_SOURCE_MODPARAM)
		ks_report_event("engage %s=%ld source=modparam", name, retval);
	else if (probe_seconds)
		ks_report("tryengage %s=%ld timeout=%us", name, retval, probe_seconds);
	else
		ks_report("engage %s=%ld", name, retval);
out:
	mutex_unlock(&ks_lock);
	return err;
}

int ks_disengage(const char *name)
{
	struct ks_engagement *e;
	unsigned long addr;
	int err = 0;

	mutex_lock(&ks_lock);
	e = ks_find_name(name);
	if (!e && !list_empty(&ks_engagements)) {
		err = ks_resolve(name, &addr);
		if (!err)
			e = ks_find_addr(addr);
	}
	if (e)
		ks_disengage_one(e);
	else if (!err)
		err = -ENOENT;
	mutex_unlock(&ks_lock);
	return err;
}

void ks_disengage_all(void)
{
	struct ks_engagement *e, *next;

	mutex_lock(&ks_lock);
	list_for_each_entry_safe(e, next, &ks_engagements, node)
		ks_disengage_one(e);
	mutex_unlock(&ks_lock);
}

static unsigned int ks_probe_seconds_left(const struct ks_engagement *e)
{
	u64 now = get_jiffies_64();

	if (!e->probing)
		return 0;
	/* Until the probe has ended there is a last second left. */
	return e->deadline > now ? DIV_ROUND_UP_ULL(e->deadline - now, HZ) : 1;
}

int ks_engagement_snapshot(u64 id, struct ks_snapshot *snapshot)
{
	struct ks_engagement *e;

	mutex_lock(&ks_lock);
	e = ks_find_id(id);
	if (e)
		*snapshot = (struct ks_snapshot) {
			.retval = ks_override_retval(&e->override),
			.hits = ks_override_hits(&e->override),
			.state = e->probing ? "probing" : "engaged",
			.timeout_left = ks_probe_seconds_left(e),
			.backend = ks_backend_names[e->override.backend],
		};
	mutex_unlock(&ks_lock);
	return e ? 0 : -EIDRM;
}

int ks_engagement_set_retval(u64 id, long retval)
{
	struct ks_engagement *e;
	long old;

	mutex_lock(&ks_lock);
	e = ks_find_id(id);
	if (e) {
		old = ks_override_retval(&e->override);
		ks_override_set_retval(&e->override, retval);
		ks_report("retval %s=%ld was=%ld", e->name, retval, old);
	}
	mutex_unlock(&ks_lock);
	return e ? 0 : -EIDRM;
}

void ks_engagement_list(struct seq_file *m)
{
	struct ks_engagement *e;

	mutex_lock(&ks_lock);
	list_for_each_entry(e, &ks_engagements, node)
		seq_printf(m, "%s retval=%ld hits=%llu\n", e->name,
			   ks_override_retval(&e->override), ks_override_hits(&e->override));
	mutex_unlock(&ks_lock);
}

void ks_engagement_module_going(struct module *mod)
{
	struct ks_engagement *e, *next;

	mutex_lock(&ks_lock);
	list_for_each_entry_safe(e, next, &ks_engagements, node) {
		if (!within_module(e->override.addr, mod))
			continue;
		ks_end(e);
		ks_report_event("%s mitigation lost: module %s unloading", e->name, mod->name);
		ks_free(e);
	}
	mutex_unlock(&ks_lock);
}

int ks_engagement_init(void)
{
	ks_workqueue = alloc_workqueue("killswitch", WQ_MEM_RECLAIM | WQ_UNBOUND, 0);
	return ks_workqueue ? 0 : -ENOMEM;
}

/* The caller has seen to it that nothing is engaged and nothing will be. */
void ks_engagement_exit(void)
{
	cancel_delayed_work_sync(&ks_probes_work);
	destroy_workqueue(ks_workqueue);
}
