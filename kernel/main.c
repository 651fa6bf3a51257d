// SPDX-License-Identifier: GPL-2.0-only
/*
 * killswitch: make a chosen kernel function return a chosen value without
 * running its body. Load, unload, module parameters, module notifier.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/sched.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "control.h"
#include "engagement.h"
#include "grace.h"
#include "override.h"
#include "pending.h"
#include "report.h"
#include "rules.h"
#include "seal.h"
#include "securityfs.h"
#include "symbol.h"
#include "words.h"

static struct ks_words engage = KS_WORDS_INIT(engage);
module_param_cb(engage, &ks_words_ops, &engage, 0400);
MODULE_PARM_DESC(engage, "functions to engage at load: [<module>:]<symbol>=<value>[ # <reason>],...; can be given more than once");

static bool skip;
module_param(skip, bool, 0400);
MODULE_PARM_DESC(skip, "1: leave out engage, seal and lock: the way out if one of them keeps the machine from booting");

static bool seal;
module_param(seal, bool, 0400);
MODULE_PARM_DESC(seal, "1: until reboot, nothing can be disengaged and killswitch not be unloaded");

static bool lock;
module_param(lock, bool, 0400);
MODULE_PARM_DESC(lock, "1: until reboot, nothing more can be engaged and killswitch not be unloaded");

static int ks_module_in(struct notifier_block *nb, unsigned long event, void *data)
{
	if (event == MODULE_STATE_COMING)
		return notifier_from_errno(ks_module_coming(data));
	if (event == MODULE_STATE_LIVE)
		ks_module_live(data);
	return NOTIFY_OK;
}

static int ks_module_out(struct notifier_block *nb, unsigned long event, void *data)
{
	if (event == MODULE_STATE_GOING)
		ks_module_going(data);
	return NOTIFY_OK;
}

/* The kprobe layer knows the module between these two: which of its functions cannot be probed. */
static struct notifier_block ks_notifier_in = { .notifier_call = ks_module_in, .priority = -1 };
static struct notifier_block ks_notifier_out = { .notifier_call = ks_module_out, .priority = 1 };

/*
 * The parameters are part of how the machine boots, so that they are accepted
 * where a command is not: only confidentiality forbids them. Under integrity
 * they must not become a way around it, neither now nor by loading killswitch
 * once more.
 */
static bool __init ks_modparam_allowed(void)
{
	if (security_locked_down(LOCKDOWN_KPROBES)) {
		ks_refuse("parameter engage refused: the kernel is locked down (confidentiality)");
		return false;
	}
	if (ks_is_locked_down()) {
		ks_rules_tighten();
		ks_pin();
	}
	return true;
}

/* What is wrong with one entry is no reason to leave out the others, or not to load. */
static void __init ks_modparam_entry(const char *text, unsigned int number)
{
	char *entry = kstrdup(text, GFP_KERNEL);
	int err = entry ? ks_control_entry(entry) : -ENOMEM;

	if (err)
		ks_refuse("parameter engage: entry %u (%*pE) skipped: %pe%s", number,
			  (int)strlen(text), text, ERR_PTR(err), err != -EINVAL ? "" :
			  "; entries are [<module>:]<symbol>=<value>[ # <reason>]");
	kfree(entry);
}

static void __init ks_modparam_engage(void)
{
	const struct ks_word *w;
	unsigned int n = 0;

	if (skip && (!list_empty(&engage.list) || seal || lock))
		ks_refuse("parameter skip: engage, seal and lock are left out");
	if (skip || list_empty(&engage.list) || !ks_modparam_allowed())
		return;
	list_for_each_entry(w, &engage.list, node)
		ks_modparam_entry(w->text, ++n);
}

/* Each is for good, so they come when loading cannot fail any more. */
static void __init ks_modparam_close(void)
{
	if (seal && !skip)
		ks_seal(KS_SOURCE_MODPARAM);
	if (lock && !skip)
		ks_lock_down(KS_SOURCE_MODPARAM);
}

static int __init ks_init(void)
{
	int err;

	err = ks_symbol_init();
	if (err)
		return err;
	err = ks_engagement_init();
	if (err)
		goto err_symbol;
	err = ks_pending_init();
	if (err)
		goto err_engagement;
	err = register_module_notifier(&ks_notifier_out);
	if (err)
		goto err_pending;
	err = register_module_notifier(&ks_notifier_in);
	if (err)
		goto err_out;
	/* before the files: a user may keep those from being made */
	ks_modparam_engage();
	err = ks_securityfs_init();
	if (err)
		goto err_shutdown;
	ks_modparam_close();
	ks_securityfs_open();
	return 0;

err_shutdown:
	ks_engagement_shutdown();
	unregister_module_notifier(&ks_notifier_in);
err_out:
	unregister_module_notifier(&ks_notifier_out);
err_pending:
	ks_pending_exit();
err_engagement:
	ks_engagement_exit();
err_symbol:
	ks_symbol_exit();
	return err;
}

/*
 * ftrace has shut down and still calls our code, so that must stay. There is no
 * way to refuse to go, from here: so do not go.
 */
static void ks_stay_if_stuck(void)
{
	if (!ks_override_stuck())
		return;
	ks_refuse("ftrace has shut down and keeps a hook of killswitch until reboot: unloading never ends");
	while (1)
		schedule_timeout_idle(MAX_SCHEDULE_TIMEOUT);
}

static void __exit ks_exit(void)
{
	ks_securityfs_close();
	ks_engagement_shutdown();
	unregister_module_notifier(&ks_notifier_in);
	unregister_module_notifier(&ks_notifier_out);
	ks_stay_if_stuck();
	ks_securityfs_exit();
	ks_pending_exit();
	ks_engagement_exit();
	ks_symbol_exit();
}

module_init(ks_init);
module_exit(ks_exit);

MODULE_DESCRIPTION("Make a chosen kernel function return a chosen value");
MODULE_AUTHOR("The killswitch authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
