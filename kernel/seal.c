// SPDX-License-Identifier: GPL-2.0-only
/*
 * The seal and the lock, each for good until reboot. Sealed: nothing is
 * disengaged any more. Locked: nothing more is engaged. Killswitch stays with
 * either.
 */
#include <linux/errno.h>
#include <linux/rculist.h>

#include "life.h"
#include "report.h"
#include "seal.h"

/* Each is set once, with ks_lock held. */
static bool ks_is_sealed;
static bool ks_is_locked;
static bool ks_is_pinned;

int ks_refuse_sealed(const char *what)
{
	lockdep_assert_held(&ks_lock);
	if (!ks_is_sealed)
		return 0;
	ks_refuse("%s refused: sealed until reboot", what);
	return -EPERM;
}

int ks_refuse_locked(const char *what)
{
	lockdep_assert_held(&ks_lock);
	if (!ks_is_locked)
		return 0;
	ks_refuse("%s refused: locked until reboot", what);
	return -EPERM;
}

int ks_refuse_changeable(const struct ks_guard *guard, const char *name)
{
	const char *by = ks_guard_changeable(guard);

	if (!by)
		return 0;
	ks_refuse("%s refused: sealed, and its guard could be changed from outside (it has %s)",
		  name, by);
	return -EPERM;
}

#ifdef CONFIG_MODULE_UNLOAD
/* The kernel's struct module_use, which newer ones declare in no header. */
struct ks_module_use {
	struct list_head source_list;
	struct list_head target_list;
	struct module *source;
	struct module *target;
};
#endif

/*
 * Not even rmmod --force, which kernels may be built to allow, unloads a module
 * that another one depends on. This one depends on itself from now on.
 */
static void ks_pin_module(void)
{
#ifdef CONFIG_MODULE_UNLOAD
	static struct ks_module_use use = { .source = THIS_MODULE, .target = THIS_MODULE };

	list_add_rcu(&use.source_list, &THIS_MODULE->source_list);
#endif
	__module_get(THIS_MODULE);
}

static void ks_pin_locked(void)
{
	lockdep_assert_held(&ks_lock);
	if (!ks_is_pinned)
		ks_pin_module();
	ks_is_pinned = true;
}

void ks_pin(void)
{
	mutex_lock(&ks_lock);
	ks_pin_locked();
	mutex_unlock(&ks_lock);
}

static int ks_refuse_to_seal(void)
{
	struct ks_engagement *e;

	list_for_each_entry(e, &ks_engagements, node) {
		if (e->phase == KS_EXPIRING) {
			ks_refuse("seal refused: %s is expiring; keep it or disengage it first",
				  e->name.name);
			return -EBUSY;
		}
		if (e->guard && ks_guard_changeable(e->guard)) {
			ks_refuse("seal refused: the guard of %s could be changed from outside (it has %s); disengage it first",
				  e->name.name, ks_guard_changeable(e->guard));
			return -EBUSY;
		}
	}
	return 0;
}

static void ks_report_one_way(const char *what, enum ks_source source)
{
	if (source == KS_SOURCE_MODPARAM)
		ks_report_event(NULL, "%s source=modparam", what);
	else
		ks_report(NULL, "%s", what);
}

int ks_seal(enum ks_source source)
{
	int err = 0;

	mutex_lock(&ks_lock);
	if (!ks_is_sealed)
		err = ks_refuse_to_seal();
	if (!ks_is_sealed && !err) {
		ks_pin_locked();
		WRITE_ONCE(ks_is_sealed, true);
		ks_report_one_way("seal", source);
	}
	mutex_unlock(&ks_lock);
	return err;
}

bool ks_sealed(void)
{
	return READ_ONCE(ks_is_sealed);
}

void ks_lock_down(enum ks_source source)
{
	mutex_lock(&ks_lock);
	if (!ks_is_locked) {
		ks_pin_locked();
		WRITE_ONCE(ks_is_locked, true);
		ks_report_one_way("lock", source);
	}
	mutex_unlock(&ks_lock);
}

bool ks_locked(void)
{
	return READ_ONCE(ks_is_locked);
}
