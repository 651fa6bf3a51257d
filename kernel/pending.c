// SPDX-License-Identifier: GPL-2.0
/*
 * Pending engagements: those whose module is not there. They are armed before
 * the module's own code runs, and pending again when it goes.
 *
 * A module's functions can be hooked between its COMING and its GOING notice.
 * The kernel shows its symbols for a moment longer on both sides: before
 * COMING ftrace has not enabled the module's call sites yet, and would never
 * learn of a hook that is there already. So whoever wants to engage a function
 * then has to wait for the notice. A module that was on its way when
 * killswitch was loaded is caught at its LIVE notice.
 *
 * Notices come without any lock of the module loader held.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/ftrace.h>
#include <linux/string.h>

#include "compat.h"
#include "life.h"
#include "noipa.h"
#include "report.h"

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

int ks_pending_init(void)
{
	return ftrace_set_filter_ip(&ks_pending_ops, (unsigned long)ks_pending_site, 0, 0);
}

void ks_pending_exit(void)
{
	ks_ftrace_free_filter(&ks_pending_ops);
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
	list_for_each_entry(e, &ks_engagements, node) {
		if (!e->armed)
			return;
	}
	if (ks_pending_held)
		ks_pending_held = unregister_ftrace_function(&ks_pending_ops);
}

/*
 * An engagement that names no module may turn out to be for any, until it has
 * been armed for the first time.
 */
struct ks_engagement *ks_pending_find(const struct ks_name *n, const char *module,
				      unsigned int *count)
{
	struct ks_engagement *e, *found = NULL;

	lockdep_assert_held(&ks_lock);
	*count = 0;
	list_for_each_entry(e, &ks_engagements, node) {
		if (e->armed || strcmp(e->name.symbol, n->symbol))
			continue;
		if (*e->module && *module && strcmp(e->module, module))
			continue;
		found = e;
		(*count)++;
	}
	return found;
}

int ks_pending_refuse(const struct ks_engagement *e, const char *module)
{
	struct ks_engagement *other;
	unsigned int count;

	other = ks_pending_find(&e->name, module, &count);
	if (!other)
		return 0;
	ks_refuse("%s: pending already as %s", e->name.name, other->name.name);
	return -EBUSY;
}

int ks_pending_begin(struct ks_engagement *e, const struct ks_symbol *s)
{
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
	err = ks_pending_refuse(e, e->module);
	return err ?: ks_pending_hold();
}

void ks_pending_list(struct seq_file *m)
{
	struct ks_engagement *e;

	mutex_lock(&ks_lock);
	list_for_each_entry(e, &ks_engagements, node) {
		if (!e->armed)
			seq_printf(m, "%s retval=%ld module=%s\n", e->name.name, e->retval,
				   *e->module ? e->module : "?");
	}
	mutex_unlock(&ks_lock);
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

static int ks_resolve_in(const struct module *mod, const struct ks_engagement *e,
			 struct ks_symbol *s)
{
	struct ks_name n = e->name;
	int err;

	strscpy(n.module, mod->name, sizeof(n.module));
	err = ks_symbol_resolve(&n, s);
	if (err == -EADDRNOTAVAIL)
		ks_refuse("%s: module %s has %u functions of this name", n.name, mod->name,
			  s->count);
	return err;
}

static void ks_arm_in(struct module *mod, struct ks_engagement *e)
{
	struct ks_symbol s;
	int err;

	err = ks_resolve_in(mod, e, &s);
	/* a variable of that name is not what was waited for */
	if (!*e->module && !s.count)
		return;
	if (!err)
		err = ks_arm(e, &s);
	if (err) {
		e->tried = mod;
		ks_report_event("%s could NOT be armed: module %s loading: %pe; it stays pending",
				e->name.name, mod->name, ERR_PTR(err));
		return;
	}
	ks_report_event("%s armed: module %s loading", e->name.name, mod->name);
}

/* A name alone was meant for one function; tell of another that has it. */
static void ks_tell_of_twin(struct module *mod, struct ks_engagement *e)
{
	struct ks_symbol s;

	if (!ks_resolve_in(mod, e, &s) && s.count && !s.init)
		ks_refuse("%s: module %s has a function of this name, too, and it is not engaged: that is %s:%s",
			  e->name.name, mod->name, mod->name, e->name.symbol);
}

void ks_module_coming(struct module *mod)
{
	struct ks_engagement *e;

	mutex_lock(&ks_lock);
	if (ks_mark_all_offered(mod))
		ks_refuse("module %s loading: its functions cannot be looked up", mod->name);
	list_for_each_entry(e, &ks_engagements, node) {
		bool is_it = !strcmp(e->module, mod->name);

		if (e->tried == mod)
			continue;
		if (!e->armed && (is_it || (!*e->module && e->offered)))
			ks_arm_in(mod, e);
		else if (e->offered && !is_it && mod->state == MODULE_STATE_COMING)
			ks_tell_of_twin(mod, e);
	}
	ks_pending_release();
	mutex_unlock(&ks_lock);
}

static void ks_report_lost(struct ks_engagement *e, const struct module *mod)
{
	const char *name = e->name.name;

	list_del_init(&e->leaving);
	if (e->phase == KS_PROBING) {
		list_del(&e->node);
		ks_report_event("tryengage %s aborted: module %s unloading", name, mod->name);
		ks_free(e);
		return;
	}
	ks_report_event("%s mitigation lost: module %s unloading; it re-arms when the module loads again",
			name, mod->name);
	if (e->stuck)
		list_del(&e->node);
}

void ks_module_going(struct module *mod)
{
	struct ks_engagement *e, *next;
	LIST_HEAD(lost);

	mutex_lock(&ks_lock);
	list_for_each_entry(e, &ks_engagements, node) {
		if (e->tried == mod)
			e->tried = NULL;
		if (e->armed && within_module(e->override.addr, mod))
			list_add_tail(&e->leaving, &lost);
	}
	if (!list_empty(&lost) && ks_pending_hold())
		ks_refuse("module %s unloading: what is engaged in it cannot be armed again should kernel.ftrace_enabled become 0",
			  mod->name);
	ks_disarm(&lost);
	list_for_each_entry_safe(e, next, &lost, leaving)
		ks_report_lost(e, mod);
	ks_pending_release();
	mutex_unlock(&ks_lock);
}
