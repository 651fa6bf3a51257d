// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tree in /sys/kernel/security/killswitch. It follows the engagements: an
 * override never waits for its files, and does not need them.
 *
 * A file of fn/<symbol>/ carries the number of its engagement, not a pointer:
 * a descriptor that outlives the engagement finds nothing, whatever has been
 * engaged or freed since.
 *
 * Users must not be able to hold anything up:
 *  - To list a directory into memory that a file system of one's own backs is to
 *    keep the directory locked for as long as one likes. Only root can list the
 *    two directories here; what is in the upper one has names that all know.
 *  - What users can read is put together when the file is opened; from then on
 *    only code of the kernel's own runs when it is read and released. So neither
 *    an open file nor a read that never ends keeps the module from going.
 *
 * The file operations are not part of the module, since the kernel would warn of
 * everybody who opens a file while the module is going. They are emptied then.
 */
#include <linux/capability.h>
#include <linux/completion.h>
#include <linux/dcache.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/kmemleak.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "compat.h"
#include "control.h"
#include "engagement.h"
#include "grace.h"
#include "lock.h"
#include "report.h"
#include "seal.h"
#include "securityfs.h"
#include "symbol.h"
#include "text.h"

enum ks_file_type {
	KS_FILE_CONTROL,
	KS_FILE_LIST,
	KS_FILE_FN,
	KS_FILE_TYPES,
};

static const struct file_operations *ks_fops;	/* by type */

/* A file was in use when it was removed, and its operations may be looked at for ever. */
static bool ks_fops_in_use;

/* Calls of our own functions by way of the files. */
static bool ks_files_open;
static atomic_t ks_files_busy = ATOMIC_INIT(0);

static void ks_files_leave(void)
{
	atomic_dec(&ks_files_busy);
}

static bool ks_files_enter(void)
{
	atomic_inc(&ks_files_busy);
	/* pairs with the one in ks_securityfs_close() */
	smp_mb__after_atomic();
	if (READ_ONCE(ks_files_open))
		return true;
	ks_files_leave();
	return false;
}

/*
 * May the writer of @file make changes at all? Both the task that opened the
 * file and the one that writes need CAP_SYS_ADMIN in the initial user namespace.
 */
static bool ks_may_change(const struct file *file)
{
	if (file_ns_capable(file, &init_user_ns, CAP_SYS_ADMIN) && capable(CAP_SYS_ADMIN))
		return true;
	pr_warn_ratelimited(KS_LOG "a write refused: opener and writer need CAP_SYS_ADMIN in the initial user namespace\n");
	return false;
}

/* Copy in what one write(2) brings, which has to be text of at most @max bytes. */
static char *ks_copy_text(const char __user *buf, size_t count, size_t max)
{
	char *text;

	ks_assert_may_wait();
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

static int ks_tree_follow(void);
static bool ks_tree_has(u64 id);

static int ks_control_text(char *command)
{
	u64 id;
	int err, failed;

	err = ks_control(command, &id);
	failed = ks_tree_follow();
	/* what failed may be another one's */
	if (err || !failed || !id || ks_tree_has(id))
		return err;
	ks_refuse("its files cannot be made: %pe", ERR_PTR(failed));
	ks_engage_undo(id);
	ks_tree_follow();
	return failed;
}

static ssize_t ks_control_write(struct file *file, const char __user *buf, size_t count,
				loff_t *pos)
{
	char *command;
	int err = -EPERM;

	if (!ks_files_enter())
		return -ENODEV;
	if (ks_may_change(file)) {
		command = ks_copy_text(buf, count, KS_COMMAND_MAX);
		err = PTR_ERR_OR_ZERO(command);
		if (!err) {
			err = ks_control_text(command);
			kfree(command);
		}
	}
	ks_files_leave();
	return err ?: count;
}

static int ks_control_open(struct inode *inode, struct file *file)
{
	int err;

	if (!ks_files_enter())
		return -ENODEV;
	err = nonseekable_open(inode, file);
	ks_files_leave();
	return err;
}

static size_t ks_sealed_list(char *buffer, size_t size)
{
	return snprintf(buffer, size, "%d\n", ks_sealed());
}

static size_t ks_locked_list(char *buffer, size_t size)
{
	return snprintf(buffer, size, "%d\n", ks_locked());
}

static size_t ks_taint_list(char *buffer, size_t size)
{
	return snprintf(buffer, size, "%d\n", !!test_taint(TAINT_OOT_MODULE));
}

static const struct ks_root_file {
	const char *name;
	umode_t mode;
	enum ks_file_type type;
	size_t (*list)(char *buffer, size_t size);	/* returns the bytes that it takes */
} ks_root_table[] = {
	{ "control", 0200, KS_FILE_CONTROL, NULL },
	{ "engaged", 0444, KS_FILE_LIST, ks_engagement_list },
	{ "pending", 0444, KS_FILE_LIST, ks_pending_list },
	{ "sealed", 0444, KS_FILE_LIST, ks_sealed_list },
	{ "locked", 0444, KS_FILE_LIST, ks_locked_list },
	{ "taint", 0444, KS_FILE_LIST, ks_taint_list },
};

/*
 * An open list outlives the module, and is the kernel's own to read and to give
 * back then: it is what simple_transaction_read() reads, a size and text, and
 * from kmalloc(), for simple_attr_release(). What simple_transaction_release()
 * takes is a page up to some kernel, and from kmalloc() since.
 * It may grow while it is written: then once more, with more room.
 */
static int ks_list_fill(const struct ks_root_file *f, struct file *file)
{
	struct simple_transaction_argresp *t;
	size_t size = PAGE_SIZE, room, length;

	do {
		t = kmalloc(size, GFP_KERNEL_ACCOUNT);
		if (!t)
			return -ENOMEM;
		room = size - sizeof(*t);
		length = f->list(t->data, room);
		if (length < room) {
			t->size = length;
			file->private_data = t;
			return 0;
		}
		kfree(t);
		size = PAGE_ALIGN(sizeof(*t) + length + PAGE_SIZE);
	} while (1);
}

static int ks_list_open(struct inode *inode, struct file *file)
{
	int err;

	if (!ks_files_enter())
		return -ENODEV;
	err = ks_list_fill(inode->i_private, file);
	if (!err)
		err = nonseekable_open(inode, file);
	ks_files_leave();
	return err;
}

static int ks_list_release(struct inode *inode, struct file *file)
{
	atomic_inc(&ks_files_busy);
	kfree(file->private_data);
	ks_files_leave();
	return 0;
}

enum ks_fn_file {
	KS_FN_RETVAL,
	KS_FN_HITS,
	KS_FN_STATE,
	KS_FN_REASON,
	KS_FN_TIMEOUT_LEFT,
	KS_FN_BACKEND,
	KS_FN_PASSED,	/* from here on: only what has a guard has it */
	KS_FN_UNREAD,
	KS_FN_FILES,
};

static const struct {
	const char *name;
	umode_t mode;
} ks_fn_table[KS_FN_FILES] = {
	[KS_FN_RETVAL] = { "retval", 0600 },
	[KS_FN_HITS] = { "hits", 0400 },
	[KS_FN_STATE] = { "state", 0400 },
	[KS_FN_REASON] = { "reason", 0400 },
	[KS_FN_TIMEOUT_LEFT] = { "timeout_left", 0400 },
	[KS_FN_BACKEND] = { "backend", 0400 },
	[KS_FN_PASSED] = { "passed", 0400 },
	[KS_FN_UNREAD] = { "unread", 0400 },
};

/* What an inode of fn/<symbol>/ carries in place of a pointer: both numbers. */
#define KS_FN_KEY(id, file) ((void *)(unsigned long)((id) * KS_FN_FILES + (file)))
#define KS_FN_ID(file) ((unsigned long)file_inode(file)->i_private / KS_FN_FILES)
#define KS_FN_FILE(file) ((unsigned long)file_inode(file)->i_private % KS_FN_FILES)

static int ks_fn_text(enum ks_fn_file file, const struct ks_snapshot *s, char *text, size_t size)
{
	switch (file) {
	case KS_FN_RETVAL:
		return scnprintf(text, size, "%ld\n", s->retval);
	case KS_FN_HITS:
		return scnprintf(text, size, "%llu\n", s->hits);
	case KS_FN_STATE:
		return scnprintf(text, size, "%s\n", s->state);
	case KS_FN_REASON:
		return scnprintf(text, size, "%s\n", s->reason);
	case KS_FN_TIMEOUT_LEFT:
		return scnprintf(text, size, "%u\n", s->timeout_left);
	case KS_FN_BACKEND:
		return scnprintf(text, size, "%s\n", s->backend);
	case KS_FN_PASSED:
		return scnprintf(text, size, "%llu\n", s->passed);
	case KS_FN_UNREAD:
		return scnprintf(text, size, "%llu\n", s->unread);
	case KS_FN_FILES:
		break;
	}
	return 0;
}

static ssize_t ks_fn_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	char text[KS_REASON_MAX + 2];
	struct ks_snapshot s;
	ssize_t done;
	int length;

	if (!ks_files_enter())
		return -ENODEV;
	done = ks_engagement_snapshot(KS_FN_ID(file), &s);
	if (!done) {
		length = ks_fn_text(KS_FN_FILE(file), &s, text, sizeof(text));
		done = simple_read_from_buffer(buf, count, pos, text, length);
	}
	ks_files_leave();
	return done;
}

static ssize_t ks_fn_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	char *text;
	int err;

	if (KS_FN_FILE(file) != KS_FN_RETVAL)
		return -EINVAL;
	if (!ks_files_enter())
		return -ENODEV;
	err = -EPERM;
	if (ks_may_change(file)) {
		text = ks_copy_text(buf, count, KS_NUMBER_MAX);
		err = PTR_ERR_OR_ZERO(text);
		if (!err) {
			err = ks_control_retval(KS_FN_ID(file), text);
			kfree(text);
		}
	}
	ks_files_leave();
	return err ?: count;
}

static int ks_fn_open(struct inode *inode, struct file *file)
{
	if (!ks_files_enter())
		return -ENODEV;
	ks_files_leave();
	return 0;
}

/* What the files can do, to be copied: see above. */
static const struct file_operations ks_fops_table[KS_FILE_TYPES] = {
	[KS_FILE_CONTROL] = {
		.open = ks_control_open,
		.write = ks_control_write,
	},
	[KS_FILE_LIST] = {
		.open = ks_list_open,
		.read = simple_transaction_read,
		.release = ks_list_release,
	},
	[KS_FILE_FN] = {
		.open = ks_fn_open,
		.read = ks_fn_read,
		.write = ks_fn_write,
		.llseek = default_llseek,
	},
};

static void ks_fops_set(const void *op, void *function)
{
	WRITE_ONCE(*(void **)op, function);
}

/* No function of ours is reached from a file any more, whether that is open or not. */
static void ks_fops_clear(void)
{
	const struct file_operations *fops;

	for (fops = ks_fops; fops < ks_fops + KS_FILE_TYPES; fops++) {
		if (fops->read != simple_transaction_read)
			ks_fops_set(&fops->read, NULL);
		ks_fops_set(&fops->write, NULL);
		if (fops->release)
			ks_fops_set(&fops->release, simple_attr_release);
		/* Where there is no open() to be found any more, nothing else is of ours. */
		smp_wmb();
		ks_fops_set(&fops->open, NULL);
	}
}

static struct dentry *ks_root;
static struct dentry *ks_fn;
static struct dentry *ks_root_files[ARRAY_SIZE(ks_root_table)];

/* The directory fn/<symbol> and its files. */
struct ks_fn_dir {
	struct dentry *dir;
	struct dentry *files[KS_FN_FILES];
};

/*
 * Serialises what is done to the tree, which may take long; ks_lock is not held
 * by those who wait for it.
 */
static DEFINE_MUTEX(ks_tree_lock);
static DEFINE_XARRAY(ks_fn_dirs);	/* by the number of the engagement */
static bool ks_tree_made;

/*
 * A file that is open, or a directory that somebody works in, remains findable
 * after securityfs_remove(), and so keeps its name from being used again, and
 * the directory it is in from being removed. Take the name away, too.
 */
static void ks_remove(struct dentry *dentry)
{
	if (IS_ERR_OR_NULL(dentry))
		return;
	dget(dentry);
	securityfs_remove(dentry);
	d_drop(dentry);
	/* what has not found it already will not find it now */
	if (d_is_reg(dentry) && d_count(dentry) > 1)
		ks_fops_in_use = true;
	dput(dentry);
}

/* With its mode from the beginning: it must not be open to all for a moment. */
static struct dentry *ks_dir_create(const char *name, umode_t mode, struct dentry *parent)
{
	return securityfs_create_file(name, S_IFDIR | mode, parent, NULL, NULL);
}

static void ks_fn_dir_remove(struct ks_fn_dir *d)
{
	int i = KS_FN_FILES;

	/* securityfs takes a directory away only when it is empty */
	while (i--)
		ks_remove(d->files[i]);
	ks_remove(d->dir);
	kfree(d);
}

static int ks_fn_dir_fill(struct ks_fn_dir *d, u64 id, const struct ks_listing *l)
{
	int i, files = l->guarded ? KS_FN_FILES : KS_FN_PASSED;

	d->dir = ks_dir_create(l->name, 0700, ks_fn);
	if (IS_ERR(d->dir))
		return PTR_ERR(d->dir);
	for (i = 0; i < files; i++) {
		d->files[i] = securityfs_create_file(ks_fn_table[i].name, ks_fn_table[i].mode,
						     d->dir, KS_FN_KEY(id, i),
						     &ks_fops[KS_FILE_FN]);
		if (IS_ERR(d->files[i]))
			return PTR_ERR(d->files[i]);
	}
	return 0;
}

static int ks_fn_dir_create(u64 id, const struct ks_listing *l)
{
	struct ks_fn_dir *d;
	int err;

	d = kzalloc(sizeof(*d), GFP_KERNEL);
	if (!d)
		return -ENOMEM;
	err = ks_fn_dir_fill(d, id, l);
	if (!err)
		err = xa_err(xa_store(&ks_fn_dirs, id, d, GFP_KERNEL));
	if (err)
		ks_fn_dir_remove(d);
	return err;
}

static void ks_fn_dirs_remove_old(void)
{
	struct ks_fn_dir *d;
	unsigned long id;

	xa_for_each(&ks_fn_dirs, id, d) {
		if (!ks_engagement_armed(id)) {
			xa_erase(&ks_fn_dirs, id);
			ks_fn_dir_remove(d);
		}
	}
}

static int ks_fn_dirs_make_new(void)
{
	static char name[KS_NAME_MAX];	/* used with ks_tree_lock held */
	struct ks_listing l = { .name = name };
	int err = 0, failed;
	u64 id = 0;

	while (ks_engagement_next(&id, &l)) {
		if (xa_load(&ks_fn_dirs, id))
			continue;
		failed = ks_fn_dir_create(id, &l);
		if (failed == -EEXIST) {
			/* one that has ended meanwhile has left its name to this one */
			ks_fn_dirs_remove_old();
			failed = ks_fn_dir_create(id, &l);
		}
		if (failed && ks_engagement_armed(id))
			err = failed;
	}
	return err;
}

static int ks_root_create(void)
{
	struct dentry *dentry;
	int i;

	/* 0711: all may open the files in it, of which they know the names, and none may list it */
	dentry = ks_dir_create("killswitch", 0711, NULL);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	ks_root = dentry;
	dentry = ks_dir_create("fn", 0700, ks_root);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	ks_fn = dentry;
	for (i = 0; i < ARRAY_SIZE(ks_root_table); i++) {
		dentry = securityfs_create_file(ks_root_table[i].name, ks_root_table[i].mode,
						ks_root, (void *)&ks_root_table[i],
						&ks_fops[ks_root_table[i].type]);
		if (IS_ERR(dentry))
			return PTR_ERR(dentry);
		ks_root_files[i] = dentry;
	}
	return 0;
}

static void ks_root_remove(void)
{
	int i = ARRAY_SIZE(ks_root_table);

	while (i--)
		ks_remove(ks_root_files[i]);
	ks_remove(ks_fn);
	ks_remove(ks_root);
}

/* Bring the tree up to date with the engagements. */
static int ks_tree_follow(void)
{
	int err = 0;

	ks_assert_may_wait();
	mutex_lock(&ks_tree_lock);
	if (ks_tree_made) {
		ks_fn_dirs_remove_old();
		err = ks_fn_dirs_make_new();
	}
	mutex_unlock(&ks_tree_lock);
	return err;
}

static bool ks_tree_has(u64 id)
{
	return xa_load(&ks_fn_dirs, id);
}

#define KS_TREE_RETRY (5 * HZ)

static void ks_tree_work_run(struct work_struct *work);
static DECLARE_DELAYED_WORK(ks_tree_work, ks_tree_work_run);

static void ks_tree_work_run(struct work_struct *work)
{
	if (ks_tree_follow())
		queue_delayed_work(ks_unbound_wq, &ks_tree_work, KS_TREE_RETRY);
}

static void ks_tree_changed(void)
{
	mod_delayed_work(ks_unbound_wq, &ks_tree_work, 0);
}

static void ks_tree_make(struct work_struct *work);
static DECLARE_WORK(ks_tree_make_work, ks_tree_make);
static DECLARE_COMPLETION(ks_tree_done);
static int ks_tree_error;

static void ks_tree_make(struct work_struct *work)
{
	int err;

	mutex_lock(&ks_tree_lock);
	err = ks_root_create();
	if (err)
		ks_root_remove();
	ks_tree_made = !err;
	mutex_unlock(&ks_tree_lock);
	ks_tree_error = err ?: ks_tree_follow();
	if (ks_tree_error)
		ks_refuse("the files cannot be made: %pe", ERR_PTR(ks_tree_error));
	complete_all(&ks_tree_done);
}

/* The longest that loading is kept waiting for the tree. */
#define KS_TREE_PATIENCE (2 * HZ)

int ks_securityfs_init(void)
{
	ks_fops = kmemdup(ks_fops_table, sizeof(ks_fops_table), GFP_KERNEL);
	if (!ks_fops)
		return -ENOMEM;
	ks_engagement_notify(ks_tree_changed);
	queue_work(ks_unbound_wq, &ks_tree_make_work);
	if (!wait_for_completion_timeout(&ks_tree_done, KS_TREE_PATIENCE)) {
		ks_refuse("a task keeps /sys/kernel/security busy: the files are made when that ends; what is engaged by the parameter is engaged");
		return 0;
	}
	if (!ks_tree_error)
		return 0;
	ks_securityfs_exit();
	return ks_tree_error;
}

void ks_securityfs_open(void)
{
	WRITE_ONCE(ks_files_open, true);
}

void ks_securityfs_close(void)
{
	WRITE_ONCE(ks_files_open, false);
	/* pairs with the one in ks_files_enter() */
	smp_mb();
	while (atomic_read(&ks_files_busy))
		msleep(20);
}

void ks_securityfs_exit(void)
{
	ks_engagement_notify(NULL);
	if (!completion_done(&ks_tree_done))
		ks_refuse("unloading waits until no task keeps /sys/kernel/security busy");
	flush_work(&ks_tree_make_work);
	cancel_delayed_work_sync(&ks_tree_work);
	ks_fops_clear();
	ks_tree_follow();
	ks_root_remove();
	/*
	 * A call of open() or release() that has begun before is counted when this
	 * is over, and has returned when the same is over once more.
	 */
	ks_grace_wait();
	ks_securityfs_close();
	ks_grace_wait();
	if (ks_fops_in_use)
		kmemleak_ignore(ks_fops);
	else
		kfree(ks_fops);
}
