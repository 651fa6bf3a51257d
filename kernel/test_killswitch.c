// SPDX-License-Identifier: GPL-2.0-only
/*
 * A function to engage in tests. Write a number to
 * /sys/kernel/debug/test_killswitch/fire to call it; where the call fails, so
 * does the write, with the call's errno.
 */
#include <linux/compiler.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include "noipa.h"
#include "test_killswitch.h"

#define KS_TEST_MAGIC 0xC0FFEE

noinline __ks_noipa int ks_test_vuln(long magic)
{
	int ret = magic == KS_TEST_MAGIC ? -EBADMSG : 0;

	/* clang has no noipa: the caller must be ready for any value */
	OPTIMIZER_HIDE_VAR(ret);
	return ret;
}
EXPORT_SYMBOL_GPL(ks_test_vuln);

static ssize_t ks_test_fire(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	long magic;
	int ret;

	ret = kstrtol_from_user(buf, count, 0, &magic);
	if (ret)
		return ret;
	ret = ks_test_vuln(magic);
	if (ret >= 0)
		return count;
	return ret >= -MAX_ERRNO ? ret : -EIO;
}

static const struct file_operations ks_test_fire_fops = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.write = ks_test_fire,
};

static struct dentry *ks_test_dir;

static int __init ks_test_init(void)
{
	struct dentry *fire;

	ks_test_dir = debugfs_create_dir("test_killswitch", NULL);
	if (IS_ERR(ks_test_dir))
		return PTR_ERR(ks_test_dir);
	/* without the file the module would be of no use */
	fire = debugfs_create_file("fire", 0200, ks_test_dir, NULL, &ks_test_fire_fops);
	if (IS_ERR(fire))
		debugfs_remove(ks_test_dir);
	return PTR_ERR_OR_ZERO(fire);
}

static void __exit ks_test_exit(void)
{
	debugfs_remove(ks_test_dir);
}

module_init(ks_test_init);
module_exit(ks_test_exit);

MODULE_DESCRIPTION("Target functions for killswitch tests");
MODULE_AUTHOR("The killswitch authors");
MODULE_LICENSE("GPL");
