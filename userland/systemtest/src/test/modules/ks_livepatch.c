// SPDX-License-Identifier: GPL-2.0-only
/* A livepatch that makes ks_test_vuln() return -ENOTTY. */
#include <linux/livepatch.h>
#include <linux/module.h>

static int patched_vuln(long magic)
{
	return -ENOTTY;
}

static struct klp_func funcs[] = {
	{ .old_name = "ks_test_vuln", .new_func = patched_vuln },
	{ }
};

static struct klp_object objects[] = {
	{ .name = "test_killswitch", .funcs = funcs },
	{ }
};

static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objects };

static int __init ks_livepatch_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit ks_livepatch_exit(void)
{
}

module_init(ks_livepatch_init);
module_exit(ks_livepatch_exit);
MODULE_DESCRIPTION("A livepatch of ks_test_vuln()");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
