// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pending engagements: those whose module is not there. They are armed before
 * the module's own code runs, and pending again when it goes.
 *
 * A module's functions can be hooked between its COMING and its GOING notice.
 * The kernel shows its symbols for a moment longer on both sides: before
 * COMING ftrace has not enabled the module's call sites yet, and would never
 * learn of a hook that is there already. So an engagement that is asked for then
 * has to wait for the notice. A module that was on its way when killswitch was
 * loaded is caught at its LIVE notice.
 *
 * A module that brings what is pending and cannot be armed is not loaded: it
 * would run unprotected, and the load may be somebody's who wants just that.
 *
 * Notices come without any lock of the module loader held.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/ftrace.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <ks_arch.h>
#include "compat.h"
#include "life.h"
#include "noipa.h"
#include "pending.h"
#include "report.h"
#include "stubs.h"
#include "text.h"

/* Nothing calls it; it is there to have an ftrace site. */
static noinline __used __ks_noipa void ks_pending_site(void)
{
	barrier();
}

static void notrace ks_pending_site_hook(unsigned long ip, unsigned long parent_ip,
					 struct ftrace_ops *ops, ks_ftrace_regs *fregs)
{
}

/*
 * While something is pending ftrace has to stay on, or it could not be armed.
 * An armed override sees to that itself; this one does when there is none.
 */
static struct ftrace_ops ks_pending_ops = {
	.func = ks_pending_site_hook,
	.flags = KS_FTRACE_RECURSION | FTRACE_OPS_FL_PERMANENT,
};

static bool ks_pending_held;	/* protected by ks_lock */

/* A module between its COMING and its LIVE or GOING notice. */
struct ks_coming {
	struct list_head node;
	const struct module *mod;
};

static LIST_HEAD(ks_comings);	/* protected by ks_lock */

int ks_pending_init(void)
{
#ifdef KS_ARCH_DIRECT
	/* or ftrace would make code for it, and wait when that goes */
	ks_arch_set_direct(&ks_pending_ops, (unsigned long)ks_pass_stub);
#endif
	return ftrace_set_filter_ip(&ks_pending_ops, (unsigned long)ks_pending_site, 0, 0);
}

void ks_pending_exit(void)
{
	struct ks_coming *c, *next;

	/* ks_pending_release() has not waited */
	synchronize_rcu_tasks_rude();
	ks_ftrace_free_filter(&ks_pending_ops);
	list_for_each_entry_safe(c, next, &ks_comings, node)
		kfree(c);
}

int ks_pending_hold(void)
{
	int err;

	lockdep_assert_held(&ks_lock);
	if (ks_pending_held)
		return 0;
	err = register_ftrace_function(&ks_pending_ops);
	ks_pending_held = !err;
	return err;
}

void ks_pending_release(void)
{
	struct ks_engagement *e;

	lockdep_assert_held(&ks_lock);
	if (!ks_pending_held)
		return;
	list_for_each_entry(e, &ks_engagements, node) {
		if (!ks_override_of(e))
			return;
	}
	/* It is part of the module and never given back: ftrace need not wait. */
	ks_pending_ops.flags &= ~FTRACE_OPS_FL_DYNAMIC;
	ks_pending_held = unregister_ftrace_function(&ks_pending_ops);
}

struct ks_engagement *ks_pending_find(const struct ks_name *n, const char *module,
				      unsigned int *count)
{
	struct ks_engagement *e, *found = NULL;

	lockdep_assert_held(&ks_lock);
	*count = 0;
	list_for_each_entry(e, &ks_engagements, node) {
		if (ks_override_of(e) || e->everywhere || strcmp(e->name.symbol, n->symbol))
			continue;
		if (*module && strcmp(e->module, module))
			continue;
		found = e;
		(*count)++;
	}
	return found;
}

static int ks_refuse_pending(const struct ks_engagement *e, const struct ks_engagement *other)
{
	if (!other)
		return 0;
	ks_refuse("%s: pending already as %s", e->name.name, other->name.name);
	return -EBUSY;
}

int ks_pending_begin(struct ks_engagement *e, const struct ks_symbol *s)
{
	unsigned int count;
	int err;

	if (e->phase == KS_PROBING) {
		ks_refuse("%s: its module is not loaded, so there are no calls to count",
			  e->name.name);
		return -ENOENT;
	}
	/* The module may be about to go, and what is armed in it about to be pending. */
	err = ks_refuse_engaged(e->name.name, s->addr);
	if (err)
		return err;
	strscpy(e->module, *s->module ? s->module : e->name.module, sizeof(e->module));
	err = ks_refuse_pending(e, ks_pending_find(&e->name, e->module, &count));
	return err ?: ks_pending_hold();
}

int ks_pending_begin_everywhere(struct ks_engagement *e)
{
	struct ks_engagement *other;
	int err;

	list_for_each_entry(other, &ks_engagements, node) {
		err = strcmp(other->name.name, e->name.name) ? 0 : ks_refuse_pending(e, other);
		if (err)
			return err;
	}
	e->everywhere = true;
	return ks_pending_hold();
}

void ks_pending_arm_everywhere(struct ks_engagement *e)
{
	struct ks_symbol found[8];
	int i, n, err;

	n = ks_symbol_in_modules(e->name.symbol, found, ARRAY_SIZE(found));
	if (n < 0)
		ks_refuse("%s could NOT be armed in the modules that are loaded: %pe",
			  e->name.name, ERR_PTR(n));
	for (i = 0; i < min_t(int, n, ARRAY_SIZE(found)); i++) {
		if (ks_find_addr(found[i].addr))
			continue;
		if (!found[i].ready && !ks_module_ready(found[i].module))
			continue;
		err = ks_arm_child(e, found[i].module, &found[i]);
		if (err)
			ks_refuse("%s could NOT be armed in module %s: %pe", e->name.name,
				  found[i].module, ERR_PTR(err));
		else
			ks_report_event(NULL, "%s:%s armed", found[i].module, e->name.name);
	}
	if (n > (int)ARRAY_SIZE(found))
		ks_refuse("%s: %d modules have a function of this name, and only %zu are covered",
			  e->name.name, n, ARRAY_SIZE(found));
}

size_t ks_pending_list(char *buffer, size_t size)
{
	struct ks_text text = { .buffer = buffer, .size = size };
	struct ks_engagement *e;

	rcu_read_lock();
	list_for_each_entry_rcu(e, &ks_engagements, node) {
		if (rcu_access_pointer(e->override))
			continue;
		ks_text_add(&text, "%s ", e->name.name);
		if (READ_ONCE(e->phase) == KS_OBSERVING)
			ks_text_add(&text, "observe");
		else
			ks_text_add(&text, "retval=%ld", READ_ONCE(e->retval));
		ks_text_add(&text, " module=%s\n", *e->module ? e->module : "?");
	}
	rcu_read_unlock();
	return text.length;
}

static void ks_mark_offered(const char *symbol, void *unused)
{
	struct ks_engagement *e;

	list_for_each_entry(e, &ks_engagements, node) {
		if (!*e->name.module && !strcmp(e->name.symbol, symbol))
			e->offered = true;
	}
}

/* One look at the module's symbols, and only where a name says nothing of the module. */
static int ks_mark_all_offered(const struct module *mod)
{
	struct ks_engagement *e;
	bool look = false;

	list_for_each_entry(e, &ks_engagements, node) {
		e->offered = false;
		look |= !*e->name.module;
	}
	return look ? ks_symbol_each(mod->name, ks_mark_offered, NULL) : 0;
}

static int ks_resolve_in(const char *module, const struct ks_engagement *e, struct ks_symbol *s)
{
	struct ks_name n = e->name;
	int err;

	strscpy(n.module, module, sizeof(n.module));
	err = ks_symbol_resolve(&n, s);
	if (err == -EADDRNOTAVAIL)
		ks_refuse("%s: module %s has %u functions of this name", n.name, module, s->count);
	return err;
}

static void ks_report_arming(const struct ks_engagement *e, const char *module, int err)
{
	if (err)
		ks_report_event(NULL, "%s could NOT be armed: module %s loading: %pe",
				e->name.name, module, ERR_PTR(err));
	else if (e->everywhere)
		ks_report_event(NULL, "%s:%s armed: module %s loading", module, e->name.name,
				module);
	else
		ks_report_event(NULL, "%s armed: module %s loading", e->name.name, module);
}

/*
 * Arm in a module that has come what is for it. Without a function of that name
 * there is nothing to protect: a variable, say, is not what was waited for.
 */
static int ks_arm_in(struct module *mod, struct ks_engagement *e)
{
	struct ks_symbol s;
	int err;

	err = ks_resolve_in(mod->name, e, &s);
	if (!s.count) {
		if (!e->everywhere)
			ks_report_event(NULL, "%s stays pending: module %s has no such function",
					e->name.name, mod->name);
		return 0;
	}
	/* under its own name it was armed first */
	if (!err && e->everywhere && ks_find_addr(s.addr))
		return 0;
	if (!err)
		err = e->everywhere ? ks_arm_child(e, mod->name, &s) : ks_arm(e, &s);
	ks_report_arming(e, mod->name, err);
	/* what only counts protects nothing */
	return e->phase == KS_OBSERVING ? 0 : err;
}

/* A name alone, at run time, was meant for one function; report another that has it. */
static void ks_report_twin(struct module *mod, struct ks_engagement *e)
{
	struct ks_symbol s;

	if (!ks_resolve_in(mod->name, e, &s) && s.count && !s.init && !ks_find_addr(s.addr))
		ks_refuse("%s: module %s has a function of this name, too, and it is not engaged: that is %s:%s",
			  e->name.name, mod->name, mod->name, e->name.symbol);
}

/* What is pending for just this module. */
static int ks_arm_named_in(struct module *mod)
{
	struct ks_engagement *e;
	int err = 0, failed;

	list_for_each_entry(e, &ks_engagements, node) {
		if (ks_override_of(e) || strcmp(e->module, mod->name))
			continue;
		failed = ks_arm_in(mod, e);
		err = err ?: failed;
	}
	return err;
}

/* What a name alone is for, unless that is armed already: as a child that was there before, say. */
static int ks_arm_offered_in(struct module *mod)
{
	struct ks_engagement *e;
	int err = 0, failed = 0;

	/* a child is added behind its parent, and is not offered */
	list_for_each_entry(e, &ks_engagements, node) {
		if (!e->offered)
			continue;
		if (e->everywhere)
			failed = ks_arm_in(mod, e);
		else if (strcmp(e->module, mod->name) && mod->state == MODULE_STATE_COMING)
			ks_report_twin(mod, e);
		err = err ?: failed;
	}
	return err;
}

static int ks_arm_all_in(struct module *mod)
{
	int err, failed;

	if (ks_mark_all_offered(mod))
		ks_refuse("module %s loading: its functions cannot be looked up", mod->name);
	err = ks_arm_named_in(mod);
	failed = ks_arm_offered_in(mod);
	ks_pending_release();
	return err ?: failed;
}

static void ks_note_coming(const struct module *mod)
{
	struct ks_coming *c = kmalloc(sizeof(*c), GFP_KERNEL);

	/* without memory, what is engaged in it before its init ends is pending until then */
	if (!c)
		return;
	c->mod = mod;
	list_add(&c->node, &ks_comings);
}

static void ks_forget_coming(const struct module *mod)
{
	struct ks_coming *c, *next;

	list_for_each_entry_safe(c, next, &ks_comings, node) {
		if (c->mod == mod) {
			list_del(&c->node);
			kfree(c);
		}
	}
}

bool ks_module_ready(const char *module)
{
	struct ks_coming *c;

	lockdep_assert_held(&ks_lock);
	list_for_each_entry(c, &ks_comings, node) {
		if (!strcmp(c->mod->name, module))
			return true;
	}
	return false;
}

int ks_module_coming(struct module *mod)
{
	int err;

	mutex_lock(&ks_lock);
	err = ks_arm_all_in(mod);
	if (err)
		ks_report_event(NULL, "module %s is not loaded: what is pending for it could not be armed",
				mod->name);
	else
		ks_note_coming(mod);
	mutex_unlock(&ks_lock);
	return err;
}

void ks_module_live(struct module *mod)
{
	mutex_lock(&ks_lock);
	if (!ks_module_ready(mod->name))
		ks_arm_all_in(mod);
	ks_forget_coming(mod);
	mutex_unlock(&ks_lock);
}

static void ks_report_lost(struct ks_engagement *e, const struct module *mod)
{
	const char *name = e->name.name;

	list_del_init(&e->leaving);
	if (e->phase == KS_PROBING) {
		list_del_rcu(&e->node);
		ks_report_event(NULL, "tryengage %s aborted: module %s unloading", name, mod->name);
		ks_free(e);
		return;
	}
	ks_report_event(NULL, "%s mitigation lost: module %s unloading; it re-arms when the module loads again",
			name, mod->name);
}

void ks_module_going(struct module *mod)
{
	struct ks_engagement *e, *next;
	LIST_HEAD(lost);
	LIST_HEAD(unhooked);

	mutex_lock(&ks_lock);
	ks_forget_coming(mod);
	list_for_each_entry(e, &ks_engagements, node) {
		if (ks_override_of(e) && within_module(ks_override_addr(ks_override_of(e)), mod))
			list_add_tail(&e->leaving, &lost);
	}
	if (!list_empty(&lost) && ks_pending_hold())
		ks_refuse("module %s unloading: what is engaged in it cannot be armed again should kernel.ftrace_enabled become 0",
			  mod->name);
	ks_disarm(&lost, &unhooked);
	list_for_each_entry_safe(e, next, &lost, leaving)
		ks_report_lost(e, mod);
	ks_pending_release();
	mutex_unlock(&ks_lock);
	/*
	 * A kprobe must not stay in memory that goes. With ftrace there is nothing
	 * to wait for: a call that is still on its way through a hook has a caller
	 * that keeps the module. A user could make the wait a long one.
	 */
	ks_override_leave(&unhooked);
	ks_override_bury_later(&unhooked);
}
