// SPDX-License-Identifier: GPL-2.0
/* The seal: nothing is disengaged any more, and killswitch stays, until reboot. */
#include <linux/errno.h>
#include <linux/rculist.h>

#include "life.h"
#include "report.h"
#include "seal.h"

static bool ks_is_sealed;	/* set once, with ks_lock held */

int ks_refuse_sealed(const char *what)
{
	lockdep_assert_held(&ks_lock);
	if (!ks_is_sealed)
		return 0;
	ks_refuse("%s refused: sealed until reboot", what);
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

static int ks_refuse_to_seal(void)
{
	struct ks_engagement *e;

	list_for_each_entry(e, &ks_engagements, node) {
		if (e->phase == KS_EXPIRING) {
			ks_refuse("seal refused: %s is expiring; keep it or disengage it first",
				  e->name.name);
			return -EBUSY;
		}
	}
	return 0;
}

int ks_seal(enum ks_source source)
{
	int err = 0;

	mutex_lock(&ks_lock);
	if (ks_is_sealed)
		goto out;
	err = ks_refuse_to_seal();
	if (err)
		goto out;
	ks_pin_module();
	WRITE_ONCE(ks_is_sealed, true);
	if (source == KS_SOURCE_MODPARAM)
		ks_report_event("seal source=modparam");
	else
		ks_report("seal");
out:
	mutex_unlock(&ks_lock);
	return err;
}

bool ks_sealed(void)
{
	return READ_ONCE(ks_is_sealed);
}
