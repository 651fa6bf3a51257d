// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holds up the loading of killswitch, after the kernel has accepted the module
 * and before its init runs, until the lockdown level is the one in the
 * parameter "level". An unsigned module cannot be loaded once a kernel is
 * locked down, so this is how the init of one is seen to run under lockdown.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/security.h>
#include <linux/string.h>

static char *level = "integrity";
module_param(level, charp, 0);
MODULE_PARM_DESC(level, "integrity or confidentiality");

static bool reached(void)
{
	return security_locked_down(strcmp(level, "integrity") ? LOCKDOWN_KCORE : LOCKDOWN_DEV_MEM);
}

static int on_module(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct module *mod = data;
	int tenths = 300;

	if (event != MODULE_STATE_COMING || strcmp(mod->name, "killswitch"))
		return NOTIFY_OK;
	pr_info("ks_await_lockdown: waiting for %s\n", level);
	while (!reached() && tenths--)
		msleep(100);
	return NOTIFY_OK;
}

static struct notifier_block notifier = { .notifier_call = on_module };

static int __init ks_await_lockdown_init(void)
{
	return register_module_notifier(&notifier);
}

static void __exit ks_await_lockdown_exit(void)
{
	unregister_module_notifier(&notifier);
}

module_init(ks_await_lockdown_init);
module_exit(ks_await_lockdown_exit);
MODULE_DESCRIPTION("Delays the init of killswitch until the kernel is locked down");
MODULE_LICENSE("GPL");
