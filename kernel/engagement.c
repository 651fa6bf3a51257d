// SPDX-License-Identifier: GPL-2.0-only
/*
 * An engagement and its life, in phases:
 *
 *   ks_engage(KS_PROBING) ----> probing --(time over, no call)--> engaged
 *                                  +--(time over, calls)--> gone
 *                                  +--(its module goes)---> gone
 *
 *   ks_engage(KS_EXPIRING) ---> expiring --ks_keep()--> engaged
 *                                  +--(time over)--> gone
 *
 *   ks_engage(KS_OBSERVING) --> observing --ks_enforce()--> engaged
 *
 *   ks_engage(KS_ENGAGED) ----> engaged
 *
 *   and from each of them --ks_disengage()--> gone, unless sealed
 *
 * Besides, an engagement in a module is armed, or pending while the module is
 * not there, in which time passes as usual:
 *
 *   ks_engage(), module loaded ------> armed --(its module goes)--> pending
 *   ks_engage(), module not loaded --> pending --(its module comes)--> armed
 *
 * One that is for each module that has a function of its name is always
 * pending. For each such module there is another one, its child, which has the
 * module's name in its own and is an engagement like any other.
 *
 * Nothing outside this file and pending.c holds a pointer to one. Files know it
 * by a number that is never used again, one for each time that it is armed; its
 * hits are those of all times. One work item looks after all that is timed.
 */
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "cover.h"
#include "grace.h"
#include "life.h"
#include "pending.h"
#include "report.h"
#include "rules.h"
#include "seal.h"
#include "text.h"
#include "vet.h"

DEFINE_MUTEX(ks_lock);
LIST_HEAD(ks_engagements);

struct ks_reason {
	struct rcu_head rcu;
	char text[];
};

static u64 ks_last_id;		/* protected by ks_lock */

/* The armed ones by their number; changed with ks_lock held. */
static DEFINE_XARRAY(ks_armed);

/* Protected by ks_lock. */
static void (*ks_changed)(void);

static void ks_tick(struct work_struct *work);
static DECLARE_DELAYED_WORK(ks_tick_work, ks_tick);
/* A queue of our own has a thread to fall back on when no thread can be made. */
static struct workqueue_struct *ks_workqueue;

static const char * const ks_phase_names[] = {
	[KS_ENGAGED] = "engaged",
	[KS_PROBING] = "probing",
	[KS_EXPIRING] = "expiring",
	[KS_OBSERVING] = "observing",
};

struct ks_override *ks_override_of(const struct ks_engagement *e)
{
	return rcu_dereference_protected(e->override, lockdep_is_held(&ks_lock));
}

static bool ks_phase_ends(enum ks_phase phase)
{
	return phase == KS_PROBING || phase == KS_EXPIRING;
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
		if (ks_override_of(e) && ks_override_addr(ks_override_of(e)) == addr)
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

/* For readers, too, inside rcu_read_lock(). */
static u64 ks_hits(const struct ks_engagement *e)
{
	const struct ks_override *o;

	o = rcu_dereference_check(e->override, lockdep_is_held(&ks_lock));
	return READ_ONCE(e->hits) + (o ? ks_override_hits(o) : 0);
}

/* Wake up at the end of the phase that ends first. */
static void ks_tick_schedule(void)
{
	struct ks_engagement *e;
	u64 now = get_jiffies_64(), first = U64_MAX;

	lockdep_assert_held(&ks_lock);
	list_for_each_entry(e, &ks_engagements, node) {
		if (ks_phase_ends(e->phase))
			first = min(first, e->deadline);
	}
	if (first != U64_MAX)
		mod_delayed_work(ks_workqueue, &ks_tick_work, first > now ? first - now : 0);
}

void ks_engagement_notify(void (*changed)(void))
{
	mutex_lock(&ks_lock);
	ks_changed = changed;
	mutex_unlock(&ks_lock);
}

static void ks_tell_changed(void)
{
	if (ks_changed)
		ks_changed();
}

int ks_arm(struct ks_engagement *e, const struct ks_symbol *s)
{
	struct ks_hook hook = {
		.name = e->name.name,
		.addr = s->addr,
		.retval = e->retval,
		.count = e->phase == KS_PROBING || e->phase == KS_OBSERVING,
		.no_kprobe = ks_sealed(),
		.guard = e->guard,
	};
	struct ks_override *o;
	int err;

	err = ks_refuse_engaged(e->name.name, s->addr);
	if (err)
		return err;
	if (s->init) {
		/* the kprobe layer would take it, as long as the module is coming */
		ks_refuse("%s: it is init code of module %s", e->name.name, s->module);
		return -EINVAL;
	}
	err = ks_permit(&e->name, s->addr, e->phase == KS_OBSERVING ? NULL : &e->retval);
	if (err)
		return err;
	err = xa_err(xa_store(&ks_armed, ks_last_id + 1, e, GFP_KERNEL));
	if (err)
		return err;
	o = ks_override_install(&hook);
	if (IS_ERR(o)) {
		xa_erase(&ks_armed, ks_last_id + 1);
		return PTR_ERR(o);
	}
	WRITE_ONCE(e->id, ++ks_last_id);
	strscpy(e->module, s->module, sizeof(e->module));
	rcu_assign_pointer(e->override, o);
	ks_tell_changed();
	return 0;
}

/* If there is no memory for it, it only takes longer. */
static struct ks_cover *ks_cover_all(struct list_head *which, unsigned int armed)
{
	struct ks_engagement *e;
	struct ks_cover *cover;
	unsigned long *addrs;
	unsigned int n = 0;

	addrs = kvmalloc_array(armed, sizeof(*addrs), GFP_KERNEL);
	if (!addrs)
		return NULL;
	list_for_each_entry(e, which, leaving) {
		struct ks_override *o = ks_override_of(e);

		if (o && !ks_override_probed(o))
			addrs[n++] = ks_override_addr(o);
	}
	cover = ks_cover(addrs, n);
	kvfree(addrs);
	return cover;
}

static void ks_unhook(struct ks_engagement *e, bool covered, struct list_head *unhooked)
{
	struct ks_override *o = ks_override_of(e);

	ks_override_unhook(o, covered, unhooked);
	/* a reader may miss the hits for a moment, and sees none twice */
	rcu_assign_pointer(e->override, NULL);
	WRITE_ONCE(e->hits, e->hits + ks_override_hits(o));
	xa_erase(&ks_armed, e->id);
}

void ks_disarm(struct list_head *which, struct list_head *unhooked)
{
	struct ks_engagement *e;
	struct ks_cover *cover;
	unsigned int armed = 0;

	lockdep_assert_held(&ks_lock);
	list_for_each_entry(e, which, leaving)
		armed += ks_override_of(e) != NULL;
	if (!armed)
		return;
	cover = ks_cover_all(which, armed);
	list_for_each_entry(e, which, leaving) {
		if (ks_override_of(e))
			ks_unhook(e, cover, unhooked);
	}
	ks_uncover(cover);
	ks_tell_changed();
}

void ks_end(struct list_head *which, struct list_head *unhooked)
{
	struct ks_engagement *e;

	lockdep_assert_held(&ks_lock);
	list_for_each_entry(e, which, leaving)
		list_del_rcu(&e->node);
	ks_disarm(which, unhooked);
	ks_pending_release();
}

static void ks_free_rcu(struct rcu_head *rcu)
{
	struct ks_engagement *e = container_of(rcu, struct ks_engagement, rcu);

	ks_guard_put(e->guard);
	kfree(rcu_access_pointer(e->reason));
	kfree(e->name.name);
	kfree(e);
}

void ks_free(struct ks_engagement *e)
{
	call_rcu(&e->rcu, ks_free_rcu);
}

static const char *ks_reason(const struct ks_engagement *e)
{
	const struct ks_reason *reason = rcu_dereference_protected(e->reason, true);

	return reason ? reason->text : NULL;
}

static struct ks_reason *ks_reason_alloc(const char *text)
{
	size_t size = strlen(text) + 1;
	struct ks_reason *reason;

	reason = kmalloc(struct_size(reason, text, size), GFP_KERNEL);
	if (reason)
		memcpy(reason->text, text, size);
	return reason;
}

/* @reason may be NULL: then the one that was given before stays. */
static void ks_reason_replace(struct ks_engagement *e, struct ks_reason *reason)
{
	if (!reason)
		return;
	reason = rcu_replace_pointer(e->reason, reason, lockdep_is_held(&ks_lock));
	if (reason)
		kfree_rcu(reason, rcu);
}

static void ks_probe_commit(struct ks_engagement *e)
{
	ks_override_enforce(ks_override_of(e), e->retval);
	WRITE_ONCE(e->phase, KS_ENGAGED);
	ks_report_event(ks_reason(e), "tryengage %s committed: 0 hits in %us", e->name.name,
			e->seconds);
}

static void ks_report_end_of_time(const struct ks_engagement *e)
{
	if (e->phase == KS_PROBING)
		ks_report_event(ks_reason(e), "tryengage %s aborted: hits=%llu during %us probe",
				e->name.name, e->hits, e->seconds);
	else
		ks_report_event(ks_reason(e), "engagefor %s expired hits=%llu after %us",
				e->name.name, e->hits, e->seconds);
}

static void ks_tick(struct work_struct *work)
{
	struct ks_engagement *e, *next;
	LIST_HEAD(over);
	LIST_HEAD(unhooked);

	mutex_lock(&ks_lock);
	list_for_each_entry(e, &ks_engagements, node) {
		if (!ks_phase_ends(e->phase) || time_before64(get_jiffies_64(), e->deadline))
			continue;
		if (e->phase == KS_PROBING && !ks_hits(e))
			ks_probe_commit(e);
		else
			list_add_tail(&e->leaving, &over);
	}
	ks_end(&over, &unhooked);
	list_for_each_entry_safe(e, next, &over, leaving) {
		ks_report_end_of_time(e);
		ks_free(e);
	}
	ks_tick_schedule();
	mutex_unlock(&ks_lock);
	/* the next countdown does not wait for it */
	ks_override_bury_later(&unhooked);
}

/* @guard: one user of it becomes the engagement's, also on error */
static struct ks_engagement *ks_alloc(char *name, const char *reason, struct ks_guard *guard)
{
	struct ks_engagement *e;
	struct ks_reason *because = NULL;

	e = kzalloc(sizeof(*e), GFP_KERNEL);
	if (reason)
		because = ks_reason_alloc(reason);
	if (!e || !name || (reason && !because)) {
		kfree(e);
		kfree(name);
		kfree(because);
		ks_guard_put(guard);
		return ERR_PTR(-ENOMEM);
	}
	INIT_LIST_HEAD(&e->leaving);
	ks_name_split(name, &e->name);
	RCU_INIT_POINTER(e->reason, because);
	e->guard = guard;
	return e;
}

static struct ks_engagement *ks_alloc_requested(const struct ks_request *r)
{
	struct ks_guard *guard = NULL;
	struct ks_engagement *e;

	if (r->guard) {
		guard = ks_guard_get(r->guard);
		if (IS_ERR(guard))
			return ERR_CAST(guard);
	}
	e = ks_alloc(kstrdup(r->name, GFP_KERNEL), r->reason, guard);
	if (IS_ERR(e))
		return e;
	e->retval = r->retval;
	e->phase = r->phase;
	e->seconds = r->seconds;
	return e;
}

int ks_arm_child(struct ks_engagement *parent, const char *module, const struct ks_symbol *s)
{
	struct ks_engagement *e;
	int err;

	lockdep_assert_held(&ks_lock);
	e = ks_alloc(kasprintf(GFP_KERNEL, "%s:%s", module, parent->name.symbol),
		     ks_reason(parent), ks_guard_hold(parent->guard));
	if (IS_ERR(e))
		return PTR_ERR(e);
	e->parent = parent;
	e->retval = parent->retval;
	e->phase = parent->phase;
	err = ks_arm(e, s);
	if (err) {
		ks_free(e);
		return err;
	}
	list_add_tail_rcu(&e->node, &ks_engagements);
	return 0;
}

/*
 * The function is there, and something for it is pending all the same: it could
 * not be armed when its module came, or that was before killswitch did. The new
 * engagement takes its place, if it can.
 */
static int ks_begin_instead(struct ks_engagement *e, struct ks_engagement *old,
			    const struct ks_symbol *s)
{
	LIST_HEAD(ended);
	LIST_HEAD(unhooked);
	int err;

	if (old->retval != e->retval || old->guard || e->guard) {
		err = ks_refuse_sealed("another value for what is pending");
		if (err)
			return err;
	}
	err = ks_arm(e, s);
	if (err)
		return err;
	ks_report_event(NULL, "%s takes the place of %s, which was pending", e->name.name,
			old->name.name);
	list_add_tail(&old->leaving, &ended);
	ks_end(&ended, &unhooked);	/* there is nothing to unhook */
	ks_free(old);
	return 0;
}

static int ks_begin_armed(struct ks_engagement *e, const struct ks_symbol *s)
{
	struct ks_engagement *old = NULL;
	unsigned int count;

	if (*s->module)
		old = ks_pending_find(&e->name, s->module, &count);
	return old ? ks_begin_instead(e, old, s) : ks_arm(e, s);
}

static bool ks_kernel_has(const struct ks_engagement *e)
{
	struct ks_name n = e->name;
	struct ks_symbol s;

	strscpy(n.module, "vmlinux", sizeof(n.module));
	ks_symbol_resolve(&n, &s);
	return s.count;
}

/* By the parameter, a name alone is for all modules, unless the kernel itself has it. */
static bool ks_is_for_all(const struct ks_engagement *e, enum ks_source source, int err,
			  const struct ks_symbol *s)
{
	if (source != KS_SOURCE_MODPARAM || *e->name.module)
		return false;
	if (err == -EADDRNOTAVAIL)
		return !ks_kernel_has(e);
	return err == -ESRCH || (!err && *s->module);
}

static int ks_begin(struct ks_engagement *e, enum ks_source source)
{
	struct ks_symbol s;
	int err;

	lockdep_assert_held(&ks_lock);
	err = ks_refuse_locked(e->phase == KS_OBSERVING ? "observe" : "engage");
	if (!err && e->phase == KS_EXPIRING)
		err = ks_refuse_sealed("engagefor");
	if (!err && e->guard && ks_sealed())
		err = ks_refuse_changeable(e->guard, e->name.name);
	if (!err)
		err = ks_permit(&e->name, 0, e->phase == KS_OBSERVING ? NULL : &e->retval);
	if (err)
		return err;
	err = ks_symbol_resolve(&e->name, &s);
	if (ks_is_for_all(e, source, err, &s))
		return ks_pending_begin_everywhere(e);
	if (err == -EADDRNOTAVAIL)
		err = ks_resolve(&e->name, &s);
	if (err == -ESRCH && *e->name.module)
		return ks_pending_begin(e, &s);
	if (err)
		return err == -ESRCH ? -ENOENT : err;
	if (!s.init && *s.module && !s.ready)
		s.ready = ks_module_ready(s.module);
	return s.ready || s.init ? ks_begin_armed(e, &s) : ks_pending_begin(e, &s);
}

static void ks_report_begin(const struct ks_engagement *e, const struct ks_request *r)
{
	const char *name = e->name.name;
	const char *guard = r->guard ?: "";
	const char *with = r->guard ? " guard=" : "";

	if (r->source == KS_SOURCE_MODPARAM)
		ks_report_event(r->reason, "engage %s=%ld source=modparam", name, e->retval);
	else if (e->phase == KS_PROBING)
		ks_report(r->reason, "tryengage %s=%ld timeout=%us%s%s", name, e->retval,
			  e->seconds, with, guard);
	else if (e->phase == KS_EXPIRING)
		ks_report(r->reason, "engagefor %s=%ld timeout=%us%s%s", name, e->retval,
			  e->seconds, with, guard);
	else if (e->phase == KS_OBSERVING)
		ks_report(r->reason, "observe %s%s%s", name, with, guard);
	else
		ks_report(r->reason, "%s %s=%ld%s%s", r->guard ? "engageif" : "engage", name,
			  e->retval, with, guard);
	if (!ks_override_of(e))
		ks_report_event(NULL, "%s pending: it arms when %s%s loads", name,
				*e->module ? "module " : "a module that has it", e->module);
}

int ks_engage(const struct ks_request *request, u64 *id)
{
	struct ks_engagement *e;
	int err;

	e = ks_alloc_requested(request);
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
		list_add_tail_rcu(&e->node, &ks_engagements);
		ks_tick_schedule();
		ks_report_begin(e, request);
		if (e->everywhere)
			ks_pending_arm_everywhere(e);
		*id = e->id;
	}
	mutex_unlock(&ks_lock);
	if (err)
		ks_free(e);
	return err;
}

int ks_keep(const char *name, const char *reason)
{
	struct ks_engagement *e;
	struct ks_reason *because = NULL;
	int err;

	if (reason) {
		because = ks_reason_alloc(reason);
		if (!because)
			return -ENOMEM;
	}
	mutex_lock(&ks_lock);
	e = ks_find(name);
	err = PTR_ERR_OR_ZERO(e);
	if (!err && e->phase != KS_EXPIRING) {
		ks_refuse("%s: it is %s, and there is no countdown to stop", name,
			  ks_phase_names[e->phase]);
		err = -EINVAL;
	}
	if (!err) {
		WRITE_ONCE(e->phase, KS_ENGAGED);
		ks_reason_replace(e, because);
		ks_report(reason, "keep %s", e->name.name);
	}
	mutex_unlock(&ks_lock);
	if (err)
		kfree(because);
	return err;
}

static int ks_refuse_to_enforce(const struct ks_engagement *e, long retval)
{
	const struct ks_override *o = ks_override_of(e);
	int err;

	err = ks_refuse_locked("enforce");
	if (err)
		return err;
	if (e->phase != KS_OBSERVING) {
		ks_refuse("%s: it is %s, not observed", e->name.name, ks_phase_names[e->phase]);
		return -EINVAL;
	}
	if (ks_sealed() && o && ks_override_probed(o)) {
		ks_refuse("%s refused: sealed, and only a kprobe reaches it", e->name.name);
		return -EPERM;
	}
	return ks_permit(&e->name, o ? ks_override_addr(o) : 0, &retval);
}

int ks_enforce(const char *name, long retval, const char *reason)
{
	struct ks_engagement *e;
	struct ks_reason *because = NULL;
	int err;

	if (reason) {
		because = ks_reason_alloc(reason);
		if (!because)
			return -ENOMEM;
	}
	mutex_lock(&ks_lock);
	e = ks_find(name);
	err = PTR_ERR_OR_ZERO(e) ?: ks_refuse_to_enforce(e, retval);
	if (!err) {
		WRITE_ONCE(e->retval, retval);
		if (ks_override_of(e))
			ks_override_enforce(ks_override_of(e), retval);
		WRITE_ONCE(e->phase, KS_ENGAGED);
		ks_reason_replace(e, because);
		ks_report(reason, "enforce %s=%ld hits=%llu", e->name.name, retval, ks_hits(e));
	}
	mutex_unlock(&ks_lock);
	if (err)
		kfree(because);
	return err;
}

/* With a name that is for all modules goes what was armed for it. */
static void ks_gather(struct ks_engagement *e, struct list_head *which)
{
	struct ks_engagement *child;

	list_add_tail(&e->leaving, which);
	list_for_each_entry(child, &ks_engagements, node) {
		if (child->parent == e)
			list_add_tail(&child->leaving, which);
	}
}

static void ks_disengage_these(struct list_head *which, const char *reason,
			       struct list_head *unhooked)
{
	struct ks_engagement *e, *next;

	ks_end(which, unhooked);
	/* The hits are final, but for calls that are on their way through the hook right now. */
	list_for_each_entry_safe(e, next, which, leaving) {
		ks_report(reason, "disengage %s hits=%llu", e->name.name, e->hits);
		ks_free(e);
	}
}

int ks_disengage(const char *name, const char *reason)
{
	struct ks_engagement *e;
	LIST_HEAD(which);
	LIST_HEAD(unhooked);
	int err;

	mutex_lock(&ks_lock);
	err = ks_refuse_sealed("disengage");
	if (!err) {
		e = ks_find(name);
		err = PTR_ERR_OR_ZERO(e);
	}
	if (!err) {
		ks_gather(e, &which);
		ks_disengage_these(&which, reason, &unhooked);
	}
	mutex_unlock(&ks_lock);
	if (!list_empty(&unhooked))
		ks_override_bury(&unhooked);
	return err;
}

static void ks_disengage_each(struct list_head *unhooked)
{
	struct ks_engagement *e;
	LIST_HEAD(all);

	list_for_each_entry(e, &ks_engagements, node)
		list_add_tail(&e->leaving, &all);
	ks_disengage_these(&all, NULL, unhooked);
}

int ks_disengage_all(void)
{
	LIST_HEAD(unhooked);
	int err;

	mutex_lock(&ks_lock);
	err = ks_refuse_sealed("disengage_all");
	if (!err)
		ks_disengage_each(&unhooked);
	mutex_unlock(&ks_lock);
	if (!list_empty(&unhooked))
		ks_override_bury(&unhooked);
	return err;
}

void ks_engage_undo(u64 id)
{
	struct ks_engagement *e;
	LIST_HEAD(which);
	LIST_HEAD(unhooked);

	mutex_lock(&ks_lock);
	e = xa_load(&ks_armed, id);
	if (e && !ks_sealed()) {
		list_add_tail(&e->leaving, &which);
		ks_disengage_these(&which, NULL, &unhooked);
	}
	mutex_unlock(&ks_lock);
	ks_override_bury(&unhooked);
}

static unsigned int ks_seconds_left(const struct ks_engagement *e)
{
	u64 now = get_jiffies_64();

	if (!ks_phase_ends(READ_ONCE(e->phase)))
		return 0;
	/* Until the phase has ended there is a last second left. */
	return e->deadline > now ? DIV_ROUND_UP_ULL(e->deadline - now, HZ) : 1;
}

int ks_engagement_snapshot(u64 id, struct ks_snapshot *snapshot)
{
	const struct ks_reason *reason;
	const struct ks_override *o = NULL;
	struct ks_engagement *e;

	rcu_read_lock();
	e = xa_load(&ks_armed, id);
	if (e)
		o = rcu_dereference(e->override);
	if (o && READ_ONCE(e->id) == id) {
		*snapshot = (struct ks_snapshot) {
			.retval = READ_ONCE(e->retval),
			.hits = ks_hits(e),
			.passed = e->guard ? ks_guard_passed(e->guard) : 0,
			.unread = e->guard ? ks_guard_unread(e->guard) : 0,
			.state = ks_phase_names[READ_ONCE(e->phase)],
			.timeout_left = ks_seconds_left(e),
			.backend = ks_backend_names[ks_override_backend(o)],
		};
		reason = rcu_dereference(e->reason);
		if (reason)
			strscpy(snapshot->reason, reason->text, sizeof(snapshot->reason));
	}
	rcu_read_unlock();
	return o ? 0 : -EIDRM;
}

bool ks_engagement_armed(u64 id)
{
	return xa_load(&ks_armed, id);
}

bool ks_engagement_next(u64 *id, struct ks_listing *l)
{
	struct ks_engagement *e;
	unsigned long index = *id;

	rcu_read_lock();
	e = xa_find_after(&ks_armed, &index, ULONG_MAX, XA_PRESENT);
	if (e) {
		*id = index;
		strscpy(l->name, e->name.name, KS_NAME_MAX);
		l->guarded = e->guard;
	}
	rcu_read_unlock();
	return e;
}

int ks_engagement_set_retval(u64 id, long retval)
{
	struct ks_engagement *e;
	long old;
	int err;

	mutex_lock(&ks_lock);
	e = xa_load(&ks_armed, id);
	err = e ? ks_refuse_sealed("retval") : -EIDRM;
	if (!err && e->phase == KS_OBSERVING) {
		ks_refuse("%s: it is only observed; enforce gives it a value", e->name.name);
		err = -EINVAL;
	}
	if (!err)
		err = ks_permit(&e->name, ks_override_addr(ks_override_of(e)), &retval);
	if (!err) {
		old = e->retval;
		WRITE_ONCE(e->retval, retval);
		ks_override_set_retval(ks_override_of(e), retval);
		ks_report(NULL, "retval %s=%ld was=%ld", e->name.name, retval, old);
	}
	mutex_unlock(&ks_lock);
	return err;
}

size_t ks_engagement_list(char *buffer, size_t size)
{
	struct ks_text text = { .buffer = buffer, .size = size };
	struct ks_engagement *e;

	rcu_read_lock();
	list_for_each_entry_rcu(e, &ks_engagements, node) {
		if (rcu_access_pointer(e->override) && READ_ONCE(e->phase) != KS_OBSERVING)
			ks_text_add(&text, "%s retval=%ld hits=%llu\n", e->name.name,
				    READ_ONCE(e->retval), ks_hits(e));
	}
	rcu_read_unlock();
	return text.length;
}

int ks_engagement_init(void)
{
	ks_workqueue = alloc_workqueue("killswitch", WQ_MEM_RECLAIM | WQ_UNBOUND, 0);
	return ks_workqueue ? 0 : -ENOMEM;
}

void ks_engagement_shutdown(void)
{
	LIST_HEAD(unhooked);

	mutex_lock(&ks_lock);
	ks_disengage_each(&unhooked);
	mutex_unlock(&ks_lock);
	ks_override_bury(&unhooked);
}

/* The caller has seen to it that nothing is engaged and nothing will be. */
void ks_engagement_exit(void)
{
	cancel_delayed_work_sync(&ks_tick_work);
	ks_grace_exit();
	ks_vet_exit();
	destroy_workqueue(ks_workqueue);
	rcu_barrier();
}
