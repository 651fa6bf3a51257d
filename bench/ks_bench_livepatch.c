// SPDX-License-Identifier: GPL-2.0-only
/* A livepatch that makes ks_bench_0000() return a constant. */
#include <linux/errno.h>
#include <linux/livepatch.h>
#include <linux/module.h>

static int patched_bench(long magic)
{
	return -EACCES;
}

static struct klp_func funcs[] = {
	{ .old_name = "ks_bench_0000", .new_func = patched_bench },
	{ }
};

static struct klp_object objects[] = {
	{ .name = "ks_bench", .funcs = funcs },
	{ }
};

static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objects };

static int __init ks_bench_livepatch_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit ks_bench_livepatch_exit(void)
{
}

module_init(ks_bench_livepatch_init);
module_exit(ks_bench_livepatch_exit);
MODULE_DESCRIPTION("A livepatch of ks_bench_0000()");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
