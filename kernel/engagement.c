// SPDX-License-Identifier: GPL-2.0
/*
 * An engagement and its life, in phases:
 *
 *   ks_engage(KS_PROBING) ---> probing --(time over, no call)--> engaged
 *                                 +--(time over, calls)--> gone
 *                                 +--(its module goes)---> gone
 *
 *   ks_engage(KS_EXPIRING) --> expiring --ks_keep()--> engaged
 *                                 +--(time over)--> gone
 *
 *   ks_engage(KS_ENGAGED) ---> engaged
 *
 *   and from each of them --ks_disengage()--> gone, unless sealed
 *
 * Besides, an engagement in a module is armed, or pending while the module is
 * not there, in which time passes as usual:
 *
 *   ks_engage(), module loaded ------> armed --(its module goes)--> pending
 *   ks_engage(), module not loaded --> pending --(its module comes)--> armed
 *
 * Nothing outside this file and pending.c holds a pointer to one. Files know it
 * by a number that is never used again, one for each time that it is armed; its
 * hits are those of all times. One work item looks after all that is timed.
 */
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "cover.h"
#include "life.h"
#include "report.h"
#include "seal.h"
#include "vet.h"

/* What they protect and hold: see life.h. */
DEFINE_MUTEX(ks_lock);
LIST_HEAD(ks_engagements);

static u64 ks_last_id;		/* protected by ks_lock */

static void ks_tick(struct work_struct *work);
static DECLARE_DELAYED_WORK(ks_tick_work, ks_tick);
/* A queue of our own has a thread to fall back on when no thread can be made. */
static struct workqueue_struct *ks_workqueue;

static const char * const ks_phase_names[] = {
	[KS_ENGAGED] = "engaged",
	[KS_PROBING] = "probing",
	[KS_EXPIRING] = "expiring",
};

static struct ks_engagement *ks_find_id(u64 id)
{
	struct ks_engagement *e;

	lockdep_assert_held(&ks_lock);
	list_for_each_entry(e, &ks_engagements, node) {
		if (e->armed && e->id == id)
			return e;
	}
	return NULL;
}

static struct ks_engagement *ks_find_name(const char *name)
{
	struct ks_engagement *e;

	lockdep_assert_held(&ks_lock);
	list_for_each_entry(e, &ks_engagements, node) {
		if (!strcmp(e->name.name, name))
			return e;
	}
	return NULL;
}

struct ks_engagement *ks_find_addr(unsigned long addr)
{
	struct ks_engagement *e;

	lockdep_assert_held(&ks_lock);
	list_for_each_entry(e, &ks_engagements, node) {
		if (e->armed && e->override.addr == addr)
			return e;
	}
	return NULL;
}

int ks_resolve(const struct ks_name *n, struct ks_symbol *s)
{
	int err = ks_symbol_resolve(n, s);

	if (err == -EADDRNOTAVAIL)
		ks_refuse("%s: %u functions have this name; qualify it as <module>:<symbol>",
			  n->name, s->count);
	return err;
}

int ks_refuse_engaged(const char *name, unsigned long addr)
{
	struct ks_engagement *other = ks_find_addr(addr);

	if (!other)
		return 0;
	ks_refuse("%s: already engaged as %s", name, other->name.name);
	return -EBUSY;
}

/* By the name it was engaged by, or another one of the same function. */
static struct ks_engagement *ks_find(const char *name)
{
	struct ks_engagement *e = ks_find_name(name);
	struct ks_symbol s;
	struct ks_name n;
	unsigned int count;
	int err;

	if (e || list_empty(&ks_engagements))
		return e ?: ERR_PTR(-ENOENT);
	ks_name_split(name, &n);
	err = ks_resolve(&n, &s);
	if (!err)
		e = ks_find_addr(s.addr);
	if (e)
		return e;
	if (err && err != -ENOENT && err != -ESRCH)
		return ERR_PTR(err);
	if (!err)
		strscpy(n.module, *s.module ? s.module : "vmlinux", sizeof(n.module));
	e = ks_pending_find(&n, n.module, &count);
	if (count <= 1)
		return e ?: ERR_PTR(-ENOENT);
	ks_refuse("%s: %u pending engagements have this name; qualify it as <module>:<symbol>",
		  name, count);
	return ERR_PTR(-EADDRNOTAVAIL);
}

static u64 ks_hits(const struct ks_engagement *e)
{
	return e->hits + (e->armed ? ks_override_hits(&e->override) : 0);
}

/* Wake up at the end of the phase that ends first. */
static void ks_tick_schedule(void)
{
	struct ks_engagement *e;
	u64 now = get_jiffies_64(), first = U64_MAX;

	lockdep_assert_held(&ks_lock);
	list_for_each_entry(e, &ks_engagements, node) {
		if (e->phase != KS_ENGAGED)
			first = min(first, e->deadline);
	}
	if (first != U64_MAX)
		mod_delayed_work(ks_workqueue, &ks_tick_work, first > now ? first - now : 0);
}

int ks_arm(struct ks_engagement *e, const struct ks_symbol *s)
{
	const char *name = e->name.name;
	int err;

	err = ks_refuse_engaged(name, s->addr);
	if (err)
		return err;
	if (s->init) {
		/* the kprobe layer would take it, as long as the module is coming */
		ks_refuse("%s: it is init code of module %s", name, s->module);
		return -EINVAL;
	}
	/* The files come first: what can still fail then is undone unseen by callers. */
	e->id = ++ks_last_id;
	err = ks_fn_dir_create(&e->dir, name, e->id, e->guard);
	if (err)
		return err;
	err = ks_override_install(&e->override, name, s->addr, e->retval,
				  e->phase != KS_PROBING, e->guard);
	if (err) {
		ks_fn_dir_remove(&e->dir);
		memset(&e->override, 0, sizeof(e->override));
		return err;
	}
	strscpy(e->module, s->module, sizeof(e->module));
	e->armed = true;
	return 0;
}

static void ks_unhook(struct ks_engagement *e, bool covered)
{
	ks_fn_dir_remove(&e->dir);
	e->stuck = ks_override_unhook(&e->override, covered);
	if (!e->stuck)
		return;
	ks_refuse("%s: ftrace has shut down and keeps the hook until reboot; it lets calls pass",
		  e->name.name);
	__module_get(THIS_MODULE);
}

/* Nothing is in the hook any more, or it is stuck. */
static void ks_settle(struct ks_engagement *e)
{
	e->hits = ks_hits(e);
	e->armed = false;
	if (e->stuck)
		return;
	ks_override_release(&e->override);
	memset(&e->override, 0, sizeof(e->override));
}

/* If there is no memory for it, it only takes longer. */
static bool ks_cover_all(struct list_head *which, unsigned int armed)
{
	struct ks_engagement *e;
	unsigned long *addrs;
	unsigned int n = 0;
	bool covered;

	addrs = kvmalloc_array(armed, sizeof(*addrs), GFP_KERNEL);
	if (!addrs)
		return false;
	list_for_each_entry(e, which, leaving) {
		if (e->armed && !e->override.probed)
			addrs[n++] = e->override.addr;
	}
	covered = ks_cover(addrs, n);
	kvfree(addrs);
	return covered;
}

void ks_disarm(struct list_head *which)
{
	struct ks_engagement *e;
	unsigned int armed = 0;
	bool covered;

	lockdep_assert_held(&ks_lock);
	list_for_each_entry(e, which, leaving)
		armed += e->armed;
	if (!armed)
		return;
	covered = ks_cover_all(which, armed);
	list_for_each_entry(e, which, leaving) {
		if (e->armed)
			ks_unhook(e, covered);
	}
	if (covered)
		ks_uncover();
	else
		ks_override_wait();
	list_for_each_entry(e, which, leaving) {
		if (e->armed)
			ks_settle(e);
	}
}

void ks_end(struct list_head *which)
{
	struct ks_engagement *e;

	lockdep_assert_held(&ks_lock);
	list_for_each_entry(e, which, leaving)
		list_del(&e->node);
	ks_disarm(which);
	ks_pending_release();
}

void ks_free(struct ks_engagement *e)
{
	if (e->stuck)
		return;
	ks_guard_put(e->guard);
	kfree(e->name.name);
	kfree(e);
}

static void ks_probe_commit(struct ks_engagement *e)
{
	ks_override_enforce(&e->override);
	e->phase = KS_ENGAGED;
	ks_report_event("tryengage %s committed: 0 hits in %us", e->name.name, e->seconds);
}

static void ks_report_end_of_time(const struct ks_engagement *e)
{
	if (e->phase == KS_PROBING)
		ks_report_event("tryengage %s aborted: hits=%llu during %us probe", e->name.name,
				e->hits, e->seconds);
	else
		ks_report_event("engagefor %s expired hits=%llu after %us", e->name.name, e->hits,
				e->seconds);
}

static void ks_tick(struct work_struct *work)
{
	struct ks_engagement *e, *next;
	LIST_HEAD(over);

	mutex_lock(&ks_lock);
	list_for_each_entry(e, &ks_engagements, node) {
		if (e->phase == KS_ENGAGED || time_before64(get_jiffies_64(), e->deadline))
			continue;
		if (e->phase == KS_PROBING && !ks_hits(e))
			ks_probe_commit(e);
		else
			list_add_tail(&e->leaving, &over);
	}
	ks_end(&over);
	list_for_each_entry_safe(e, next, &over, leaving) {
		ks_report_end_of_time(e);
		ks_free(e);
	}
	ks_tick_schedule();
	mutex_unlock(&ks_lock);
}

static struct ks_engagement *ks_alloc(const struct ks_request *r)
{
	struct ks_engagement *e;
	struct ks_guard *guard;
	const char *name;
	int err = -ENOMEM;

	e = kzalloc(sizeof(*e), GFP_KERNEL);
	if (!e)
		return ERR_PTR(-ENOMEM);
	name = kstrdup(r->name, GFP_KERNEL);
	if (!name)
		goto err_free;
	INIT_LIST_HEAD(&e->leaving);
	ks_name_split(name, &e->name);
	e->retval = r->retval;
	e->phase = r->phase;
	e->seconds = r->seconds;
	if (r->guard) {
		guard = ks_guard_get(r->guard);
		err = PTR_ERR_OR_ZERO(guard);
		if (err)
			goto err_free;
		e->guard = guard;
	}
	return e;

err_free:
	ks_free(e);
	return ERR_PTR(err);
}

static int ks_begin_armed(struct ks_engagement *e, const struct ks_symbol *s)
{
	/* What could not be armed is pending although its module is there. */
	int err = *s->module ? ks_pending_refuse(e, s->module) : 0;

	return err ?: ks_arm(e, s);
}

static int ks_begin(struct ks_engagement *e, enum ks_source source)
{
	struct ks_symbol s;
	int err;

	lockdep_assert_held(&ks_lock);
	if (e->phase == KS_EXPIRING) {
		err = ks_refuse_sealed("engagefor");
		if (err)
			return err;
	}
	err = ks_resolve(&e->name, &s);
	if (err == -ESRCH && (*e->name.module || source == KS_SOURCE_MODPARAM))
		return ks_pending_begin(e, &s);
	if (err)
		return err == -ESRCH ? -ENOENT : err;
	return s.ready || s.init ? ks_begin_armed(e, &s) : ks_pending_begin(e, &s);
}

static void ks_report_begin(const struct ks_engagement *e, const struct ks_request *r)
{
	const char *name = e->name.name;
	const char *guard = r->guard ?: "";
	const char *with = r->guard ? " guard=" : "";

	if (r->source == KS_SOURCE_MODPARAM)
		ks_report_event("engage %s=%ld source=modparam", name, e->retval);
	else if (e->phase == KS_PROBING)
		ks_report("tryengage %s=%ld timeout=%us%s%s", name, e->retval, e->seconds, with,
			  guard);
	else if (e->phase == KS_EXPIRING)
		ks_report("engagefor %s=%ld timeout=%us%s%s", name, e->retval, e->seconds, with,
			  guard);
	else
		ks_report("%s %s=%ld%s%s", r->guard ? "engageif" : "engage", name, e->retval,
			  with, guard);
	if (!e->armed)
		ks_report_event("%s pending: it arms when %s%s loads", name,
				*e->module ? "module " : "a module that has it", e->module);
}

int ks_engage(const struct ks_request *request)
{
	struct ks_engagement *e;
	int err;

	e = ks_alloc(request);
	if (IS_ERR(e))
		return PTR_ERR(e);

	/*
	 * A module whose function is resolved and vetted below cannot get past
	 * our notifier, so not out of memory, before the lock is released.
	 */
	mutex_lock(&ks_lock);
	err = ks_begin(e, request->source);
	if (!err) {
		e->deadline = get_jiffies_64() + (u64)e->seconds * HZ;
		list_add_tail(&e->node, &ks_engagements);
		ks_tick_schedule();
		ks_report_begin(e, request);
	}
	mutex_unlock(&ks_lock);
	if (err)
		ks_free(e);
	return err;
}

int ks_keep(const char *name)
{
	struct ks_engagement *e;
	int err;

	mutex_lock(&ks_lock);
	e = ks_find(name);
	err = PTR_ERR_OR_ZERO(e);
	if (!err && e->phase != KS_EXPIRING) {
		ks_refuse("%s: it is %s, and there is no countdown to stop", name,
			  ks_phase_names[e->phase]);
		err = -EINVAL;
	}
	if (!err) {
		e->phase = KS_ENGAGED;
		ks_report("keep %s", e->name.name);
	}
	mutex_unlock(&ks_lock);
	return err;
}

/* Somebody who waits for a function to be disengaged. */
struct ks_leaver {
	struct list_head node;
	const char *name;
	struct ks_actor actor;
	struct ks_engagement *e;
	int err;
	bool done;
};

static LIST_HEAD(ks_leavers);
static DEFINE_SPINLOCK(ks_leavers_lock);

static int ks_leave(struct ks_leaver *l)
{
	int err;

	err = ks_refuse_sealed("disengage");
	if (err)
		return err;
	l->e = ks_find(l->name);
	err = PTR_ERR_OR_ZERO(l->e);
	if (err)
		return err;
	/* or somebody else was first */
	return list_empty(&l->e->leaving) ? 0 : -ENOENT;
}

static void ks_disengaged(struct ks_engagement *e, const struct ks_actor *actor)
{
	ks_report_as(actor, "disengage %s hits=%llu", e->name.name, e->hits);
	ks_free(e);
}

/*
 * Each of those who wait when one of them gets hold of ks_lock is served by it,
 * for it takes as long to disengage one function as many. It reports for them,
 * too: the function may be engaged again, and that be logged, before they wake.
 */
static void ks_disengage_leavers(void)
{
	struct ks_leaver *l;
	LIST_HEAD(leavers);
	LIST_HEAD(which);

	lockdep_assert_held(&ks_lock);
	spin_lock(&ks_leavers_lock);
	list_splice_init(&ks_leavers, &leavers);
	spin_unlock(&ks_leavers_lock);

	list_for_each_entry(l, &leavers, node) {
		l->err = ks_leave(l);
		if (!l->err)
			list_add_tail(&l->e->leaving, &which);
	}
	ks_end(&which);
	list_for_each_entry(l, &leavers, node) {
		if (!l->err)
			ks_disengaged(l->e, &l->actor);
		l->done = true;
	}
}

int ks_disengage(const char *name)
{
	struct ks_leaver me = { .name = name };

	ks_actor_current(&me.actor);
	spin_lock(&ks_leavers_lock);
	list_add_tail(&me.node, &ks_leavers);
	spin_unlock(&ks_leavers_lock);

	mutex_lock(&ks_lock);
	if (!me.done)
		ks_disengage_leavers();
	mutex_unlock(&ks_lock);
	return me.err;
}

static void ks_disengage_each(void)
{
	struct ks_engagement *e, *next;
	struct ks_actor actor;
	LIST_HEAD(all);

	ks_actor_current(&actor);
	list_for_each_entry(e, &ks_engagements, node)
		list_add_tail(&e->leaving, &all);
	ks_end(&all);
	list_for_each_entry_safe(e, next, &all, leaving)
		ks_disengaged(e, &actor);
}

int ks_disengage_all(void)
{
	int err;

	mutex_lock(&ks_lock);
	err = ks_refuse_sealed("disengage_all");
	if (!err)
		ks_disengage_each();
	mutex_unlock(&ks_lock);
	return err;
}

static unsigned int ks_seconds_left(const struct ks_engagement *e)
{
	u64 now = get_jiffies_64();

	if (e->phase == KS_ENGAGED)
		return 0;
	/* Until the phase has ended there is a last second left. */
	return e->deadline > now ? DIV_ROUND_UP_ULL(e->deadline - now, HZ) : 1;
}

int ks_engagement_snapshot(u64 id, struct ks_snapshot *snapshot)
{
	struct ks_engagement *e;

	mutex_lock(&ks_lock);
	e = ks_find_id(id);
	if (e)
		*snapshot = (struct ks_snapshot) {
			.retval = e->retval,
			.hits = ks_hits(e),
			.passed = e->guard ? ks_guard_passed(e->guard) : 0,
			.state = ks_phase_names[e->phase],
			.timeout_left = ks_seconds_left(e),
			.backend = ks_backend_names[ks_override_backend(&e->override)],
		};
	mutex_unlock(&ks_lock);
	return e ? 0 : -EIDRM;
}

int ks_engagement_set_retval(u64 id, long retval)
{
	struct ks_engagement *e;
	long old;
	int err;

	mutex_lock(&ks_lock);
	e = ks_find_id(id);
	err = e ? ks_refuse_sealed("retval") : -EIDRM;
	if (!err) {
		old = e->retval;
		e->retval = retval;
		ks_override_set_retval(&e->override, retval);
		ks_report("retval %s=%ld was=%ld", e->name.name, retval, old);
	}
	mutex_unlock(&ks_lock);
	return err;
}

void ks_engagement_list(struct seq_file *m)
{
	struct ks_engagement *e;

	mutex_lock(&ks_lock);
	list_for_each_entry(e, &ks_engagements, node) {
		if (e->armed)
			seq_printf(m, "%s retval=%ld hits=%llu\n", e->name.name, e->retval,
				   ks_hits(e));
	}
	mutex_unlock(&ks_lock);
}

int ks_engagement_init(void)
{
	ks_workqueue = alloc_workqueue("killswitch", WQ_MEM_RECLAIM | WQ_UNBOUND, 0);
	return ks_workqueue ? 0 : -ENOMEM;
}

void ks_engagement_shutdown(void)
{
	mutex_lock(&ks_lock);
	ks_disengage_each();
	mutex_unlock(&ks_lock);
}

/* The caller has seen to it that nothing is engaged and nothing will be. */
void ks_engagement_exit(void)
{
	cancel_delayed_work_sync(&ks_tick_work);
	ks_vet_exit();
	destroy_workqueue(ks_workqueue);
}
