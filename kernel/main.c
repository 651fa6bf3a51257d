// SPDX-License-Identifier: GPL-2.0
/*
 * killswitch: make a chosen kernel function return a chosen value without
 * running its body. Load, unload, module parameter, module notifier.
 */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "control.h"
#include "engagement.h"
#include "seal.h"
#include "securityfs.h"
#include "symbol.h"

static char *engage;
module_param(engage, charp, 0400);
MODULE_PARM_DESC(engage, "functions to engage at load: <symbol>=<value>,<module>:<symbol>=<value>,...");

static bool seal;
module_param(seal, bool, 0400);
MODULE_PARM_DESC(seal, "1: until reboot, nothing can be disengaged and killswitch not be unloaded");

static int ks_module_in(struct notifier_block *nb, unsigned long event, void *data)
{
	if (event == MODULE_STATE_COMING || event == MODULE_STATE_LIVE)
		ks_module_coming(data);
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

/* The parameter itself stays readable as it was given. */
static int __init ks_engage_modparam(void)
{
	char *list;

	if (!engage)
		return 0;
	list = kstrdup(engage, GFP_KERNEL);
	if (!list)
		return -ENOMEM;
	ks_control_modparam(list);
	kfree(list);
	return 0;
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
	err = ks_securityfs_init();
	if (err)
		goto err_in;
	err = ks_engage_modparam();
	if (err)
		goto err_securityfs;
	/* last, for there is no way back */
	if (seal)
		ks_seal(KS_SOURCE_MODPARAM);
	ks_securityfs_open();
	return 0;

err_securityfs:
	ks_securityfs_exit();
err_in:
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

static void __exit ks_exit(void)
{
	ks_engagement_shutdown();
	ks_securityfs_exit();
	unregister_module_notifier(&ks_notifier_in);
	unregister_module_notifier(&ks_notifier_out);
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
