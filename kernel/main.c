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
#include "securityfs.h"
#include "symbol.h"

static char *engage;
module_param(engage, charp, 0400);
MODULE_PARM_DESC(engage, "functions to engage at load: <symbol>=<value>,<module>:<symbol>=<value>,...");

static int ks_module_event(struct notifier_block *nb, unsigned long event, void *data)
{
	if (event == MODULE_STATE_GOING)
		ks_engagement_module_going(data);
	return NOTIFY_OK;
}

static struct notifier_block ks_module_notifier = {
	.notifier_call = ks_module_event,
	.priority = 1,	/* before the kprobe layer forgets the module's probes */
};

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
	err = register_module_notifier(&ks_module_notifier);
	if (err)
		goto err_engagement;
	err = ks_securityfs_init();
	if (err)
		goto err_notifier;
	err = ks_engage_modparam();
	if (err)
		goto err_securityfs;
	return 0;

err_securityfs:
	ks_securityfs_exit();
err_notifier:
	unregister_module_notifier(&ks_module_notifier);
err_engagement:
	ks_engagement_exit();
err_symbol:
	ks_symbol_exit();
	return err;
}

static void __exit ks_exit(void)
{
	ks_disengage_all();
	ks_securityfs_exit();
	unregister_module_notifier(&ks_module_notifier);
	ks_engagement_exit();
	ks_symbol_exit();
}

module_init(ks_init);
module_exit(ks_exit);

MODULE_DESCRIPTION("Make a chosen kernel function return a chosen value");
MODULE_AUTHOR("The killswitch authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
