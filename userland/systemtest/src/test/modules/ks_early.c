// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls a function of its own as early as a module can, while its parameters
 * are set, and from its init; what came back is in
 * /sys/module/ks_early/parameters/seen, as "<at the parameters> <at init>".
 * With fail=1 its init fails with -ENODEV, after the calls. With wait=1 its init
 * waits until the parameter go is set, before its call.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

int ks_early_vuln(int x);
int ks_early_init_code(int x);

noinline int ks_early_vuln(int x)
{
	OPTIMIZER_HIDE_VAR(x);
	return x;
}

noinline int __init ks_early_init_code(int x)
{
	OPTIMIZER_HIDE_VAR(x);
	return x;
}

static int at_parameters, at_init;

static int poke_set(const char *val, const struct kernel_param *kp)
{
	at_parameters = ks_early_vuln(1);
	return 0;
}

static const struct kernel_param_ops poke_ops = { .set = poke_set };
module_param_cb(poke, &poke_ops, NULL, 0);

static int seen_get(char *buf, const struct kernel_param *kp)
{
	return sprintf(buf, "%d %d\n", at_parameters, at_init);
}

static const struct kernel_param_ops seen_ops = { .get = seen_get };
module_param_cb(seen, &seen_ops, NULL, 0400);

static bool fail;
module_param(fail, bool, 0);

static bool wait;
module_param(wait, bool, 0);

static bool go;
module_param(go, bool, 0600);

static int __init ks_early_init(void)
{
	int tenths = 600;

	while (wait && !READ_ONCE(go) && tenths--)
		msleep(100);
	at_init = ks_early_vuln(ks_early_init_code(2));
	pr_info("ks_early: %d %d\n", at_parameters, at_init);
	return fail ? -ENODEV : 0;
}

static void __exit ks_early_exit(void)
{
}

module_init(ks_early_init);
module_exit(ks_early_exit);
MODULE_DESCRIPTION("Calls a function of its own before and in its init");
MODULE_LICENSE("GPL");
