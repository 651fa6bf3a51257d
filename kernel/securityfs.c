// SPDX-License-Identifier: GPL-2.0
/*
 * The tree in /sys/kernel/security/killswitch.
 *
 * A file of fn/<symbol>/ carries the number of its engagement, not a pointer:
 * a descriptor that outlives the engagement finds nothing, whatever has been
 * engaged or freed since.
 *
 * An open file keeps the module from being unloaded. Its own functions see to
 * that: if the module were the owner of the file operations, the kernel would
 * warn of everybody who opens a file while the module is going. Nobody can tell
 * who is on the way to open() in that case, and it may be a long one. So the
 * operations are not part of the module, and are emptied when it goes.
 */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/kmemleak.h>
#include <linux/module.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "control.h"
#include "engagement.h"
#include "override.h"
#include "report.h"
#include "seal.h"
#include "securityfs.h"

static struct dentry *ks_root;
static struct dentry *ks_fn;
static struct dentry *ks_root_files[5];

enum ks_file_type {
	KS_FILE_CONTROL,
	KS_FILE_LIST,
	KS_FILE_FN,
	KS_FILE_TYPES,
};

static const struct file_operations *ks_fops;	/* by type */

/* Somebody had a file that was removed, and may be about to open it. */
static bool ks_fops_in_use;

/* Loading is over, and cannot fail any more. */
static bool ks_open_to_all;

static int ks_open(struct inode *inode, struct file *file)
{
	return READ_ONCE(ks_open_to_all) && try_module_get(THIS_MODULE) ? 0 : -ENODEV;
}

/* After module_put() the module may go; that waits for who is still in here. */
static int ks_release(struct inode *inode, struct file *file)
{
	module_put(THIS_MODULE);
	return 0;
}

/* Copy in what one write(2) brings, which has to be text of at most @max bytes. */
static char *ks_copy_text(const char __user *buf, size_t count, size_t max)
{
	char *text;

	if (!count || count > max) {
		ks_refuse("a write of %zu bytes refused: 1 to %zu are accepted", count, max);
		return ERR_PTR(-EINVAL);
	}
	text = memdup_user_nul(buf, count);
	if (!IS_ERR(text) && strlen(text) != count) {
		kfree(text);
		ks_refuse("a write with a NUL byte refused");
		return ERR_PTR(-EINVAL);
	}
	return text;
}

static ssize_t ks_control_write(struct file *file, const char __user *buf, size_t count,
				loff_t *pos)
{
	char *command;
	int err;

	if (!ks_may_change(file))
		return -EPERM;
	command = ks_copy_text(buf, count, KS_COMMAND_MAX);
	if (IS_ERR(command))
		return PTR_ERR(command);
	err = ks_control(command);
	kfree(command);
	return err ?: count;
}

static int ks_control_open(struct inode *inode, struct file *file)
{
	return ks_open(inode, file) ?: nonseekable_open(inode, file);
}

static int ks_engaged_show(struct seq_file *m, void *unused)
{
	ks_engagement_list(m);
	return 0;
}

static int ks_pending_show(struct seq_file *m, void *unused)
{
	ks_pending_list(m);
	return 0;
}

static int ks_sealed_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "%d\n", ks_sealed());
	return 0;
}

static int ks_taint_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "%d\n", test_taint(TAINT_OOT_MODULE));
	return 0;
}

/* The inode carries the function that shows the list. */
static int ks_list_open(struct inode *inode, struct file *file)
{
	int err = ks_open(inode, file);

	if (err)
		return err;
	err = single_open(file, inode->i_private, NULL);
	if (err)
		module_put(THIS_MODULE);
	return err;
}

static int ks_list_release(struct inode *inode, struct file *file)
{
	single_release(inode, file);
	return ks_release(inode, file);
}

static const struct {
	const char *name;
	umode_t mode;
	enum ks_file_type type;
	int (*show)(struct seq_file *m, void *unused);	/* of a list */
} ks_root_table[] = {
	{ "control", 0200, KS_FILE_CONTROL, NULL },
	{ "engaged", 0444, KS_FILE_LIST, ks_engaged_show },
	{ "pending", 0444, KS_FILE_LIST, ks_pending_show },
	{ "sealed", 0444, KS_FILE_LIST, ks_sealed_show },
	{ "taint", 0444, KS_FILE_LIST, ks_taint_show },
};

enum ks_fn_file {
	KS_FN_RETVAL,
	KS_FN_HITS,
	KS_FN_STATE,
	KS_FN_TIMEOUT_LEFT,
	KS_FN_BACKEND,
	KS_FN_PASSED,	/* the last: only what has a guard has it */
};

static const struct {
	const char *name;
	umode_t mode;
} ks_fn_table[KS_FN_FILES] = {
	[KS_FN_RETVAL] = { "retval", 0600 },
	[KS_FN_HITS] = { "hits", 0400 },
	[KS_FN_STATE] = { "state", 0400 },
	[KS_FN_TIMEOUT_LEFT] = { "timeout_left", 0400 },
	[KS_FN_BACKEND] = { "backend", 0400 },
	[KS_FN_PASSED] = { "passed", 0400 },
};

/* What an inode of fn/<symbol>/ carries in place of a pointer: both numbers. */
#define KS_FN_KEY(id, file) ((void *)(unsigned long)((id) * KS_FN_FILES + (file)))
#define KS_FN_ID(file) ((unsigned long)file_inode(file)->i_private / KS_FN_FILES)
#define KS_FN_FILE(file) ((unsigned long)file_inode(file)->i_private % KS_FN_FILES)

static ssize_t ks_fn_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct ks_snapshot s;
	char text[32];
	int err, len = 0;

	err = ks_engagement_snapshot(KS_FN_ID(file), &s);
	if (err)
		return err;
	switch (KS_FN_FILE(file)) {
	case KS_FN_RETVAL:
		len = scnprintf(text, sizeof(text), "%ld\n", s.retval);
		break;
	case KS_FN_HITS:
		len = scnprintf(text, sizeof(text), "%llu\n", s.hits);
		break;
	case KS_FN_STATE:
		len = scnprintf(text, sizeof(text), "%s\n", s.state);
		break;
	case KS_FN_TIMEOUT_LEFT:
		len = scnprintf(text, sizeof(text), "%u\n", s.timeout_left);
		break;
	case KS_FN_BACKEND:
		len = scnprintf(text, sizeof(text), "%s\n", s.backend);
		break;
	case KS_FN_PASSED:
		len = scnprintf(text, sizeof(text), "%llu\n", s.passed);
		break;
	}
	return simple_read_from_buffer(buf, count, pos, text, len);
}

static ssize_t ks_fn_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	char *text;
	long retval;
	int err;

	if (KS_FN_FILE(file) != KS_FN_RETVAL)
		return -EINVAL;
	if (!ks_may_change(file))
		return -EPERM;
	text = ks_copy_text(buf, count, KS_NUMBER_MAX);
	if (IS_ERR(text))
		return PTR_ERR(text);
	err = ks_parse_retval(strim(text), &retval);
	kfree(text);
	if (err)
		return err;
	if (ks_locked_down("retval"))
		return -EPERM;
	err = ks_engagement_set_retval(KS_FN_ID(file), retval);
	return err ?: count;
}

/* What the files can do, to be copied: see above. */
static const struct file_operations ks_fops_table[KS_FILE_TYPES] = {
	[KS_FILE_CONTROL] = {
		.open = ks_control_open,
		.write = ks_control_write,
		.release = ks_release,
	},
	[KS_FILE_LIST] = {
		.open = ks_list_open,
		.read = seq_read,
		.llseek = seq_lseek,
		.release = ks_list_release,
	},
	[KS_FILE_FN] = {
		.open = ks_open,
		.read = ks_fn_read,
		.write = ks_fn_write,
		.llseek = default_llseek,
		.release = ks_release,
	},
};

static void ks_fops_clear(const void *op)
{
	WRITE_ONCE(*(void **)op, NULL);
}

/* All files are gone, and none is open. */
static void ks_fops_remove(void)
{
	const struct file_operations *fops;

	for (fops = ks_fops; fops < ks_fops + KS_FILE_TYPES; fops++) {
		ks_fops_clear(&fops->read);
		ks_fops_clear(&fops->write);
		ks_fops_clear(&fops->llseek);
		ks_fops_clear(&fops->release);
		/* Who finds no open() has a file open then, and must not find anything else. */
		smp_wmb();
		ks_fops_clear(&fops->open);
	}
	/* Who has begun to call ks_open() is refused by it, and does not sleep before. */
	ks_override_wait();
	if (ks_fops_in_use)
		kmemleak_ignore(ks_fops);
	else
		kfree(ks_fops);
}

/*
 * Whoever has a file open or works in a directory keeps it findable after
 * securityfs_remove(), and so keeps its name from being used again, and the
 * directory it is in from being removed. Take the name away, too.
 */
static void ks_remove(struct dentry *dentry)
{
	if (IS_ERR_OR_NULL(dentry))
		return;
	dget(dentry);
	securityfs_remove(dentry);
	d_drop(dentry);
	/* nobody can find it now who has not found it already */
	if (d_is_reg(dentry) && d_count(dentry) > 1)
		ks_fops_in_use = true;
	dput(dentry);
}

void ks_fn_dir_remove(struct ks_fn_dir *d)
{
	int i = KS_FN_FILES;

	/* securityfs takes a directory away only when it is empty */
	while (i--)
		ks_remove(d->files[i]);
	ks_remove(d->dir);
	/* it is made again when a module comes back, and may then be left half made */
	*d = (struct ks_fn_dir) { 0 };
}

int ks_fn_dir_create(struct ks_fn_dir *d, const char *name, u64 id, bool guarded)
{
	int i, files = guarded ? KS_FN_FILES : KS_FN_PASSED;
	struct dentry *dentry;

	dentry = securityfs_create_dir(name, ks_fn);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	d->dir = dentry;
	for (i = 0; i < files; i++) {
		dentry = securityfs_create_file(ks_fn_table[i].name, ks_fn_table[i].mode, d->dir,
						KS_FN_KEY(id, i), &ks_fops[KS_FILE_FN]);
		if (IS_ERR(dentry)) {
			ks_fn_dir_remove(d);
			return PTR_ERR(dentry);
		}
		d->files[i] = dentry;
	}
	return 0;
}

void ks_securityfs_exit(void)
{
	int i = ARRAY_SIZE(ks_root_table);

	while (i--)
		ks_remove(ks_root_files[i]);
	ks_remove(ks_fn);
	ks_remove(ks_root);
	ks_fops_remove();
}

static int ks_root_create(void)
{
	struct dentry *dentry;
	int i;

	dentry = securityfs_create_dir("killswitch", NULL);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	ks_root = dentry;
	dentry = securityfs_create_dir("fn", ks_root);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	ks_fn = dentry;
	for (i = 0; i < ARRAY_SIZE(ks_root_table); i++) {
		dentry = securityfs_create_file(ks_root_table[i].name, ks_root_table[i].mode,
						ks_root, ks_root_table[i].show,
						&ks_fops[ks_root_table[i].type]);
		if (IS_ERR(dentry))
			return PTR_ERR(dentry);
		ks_root_files[i] = dentry;
	}
	return 0;
}

int ks_securityfs_init(void)
{
	int err;

	BUILD_BUG_ON(ARRAY_SIZE(ks_root_files) != ARRAY_SIZE(ks_root_table));
	ks_fops = kmemdup(ks_fops_table, sizeof(ks_fops_table), GFP_KERNEL);
	if (!ks_fops)
		return -ENOMEM;
	err = ks_root_create();
	if (err)
		ks_securityfs_exit();
	return err;
}

void ks_securityfs_open(void)
{
	WRITE_ONCE(ks_open_to_all, true);
}
