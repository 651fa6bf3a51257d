/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two modules with a function of one name: reading
 * /sys/module/<module>/parameters/call calls the module's own.
 */
#include <linux/module.h>
#include <linux/moduleparam.h>

int ks_twin(int x);

noinline int ks_twin(int x)
{
	OPTIMIZER_HIDE_VAR(x);
	return x;
}

static int call_get(char *buf, const struct kernel_param *kp)
{
	return sprintf(buf, "%d\n", ks_twin(TWIN));
}

static const struct kernel_param_ops call_ops = { .get = call_get };
module_param_cb(call, &call_ops, NULL, 0400);
MODULE_DESCRIPTION("One of two modules with a function of the same name");
MODULE_LICENSE("GPL");
