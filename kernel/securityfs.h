/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KS_SECURITYFS_H
#define KS_SECURITYFS_H

#include <linux/dcache.h>
#include <linux/types.h>

#define KS_FN_FILES 6

/* The directory fn/<symbol> and its files. */
struct ks_fn_dir {
	struct dentry *dir;
	struct dentry *files[KS_FN_FILES];
};

int ks_securityfs_init(void);
void ks_securityfs_exit(void);

/* From now on the files can be opened: loading has succeeded, and open files keep the module. */
void ks_securityfs_open(void);

/**
 * ks_fn_dir_create() - make fn/<name> and its files
 * @d: where to keep them, zeroed
 * @name: the engagement's name
 * @id: the engagement's number, by which the files find it
 * @guarded: whether there is a file for the calls that a guard lets through
 *
 * Return: 0, -ENOMEM, or the error of securityfs. On error nothing is left.
 */
int ks_fn_dir_create(struct ks_fn_dir *d, const char *name, u64 id, bool guarded);
void ks_fn_dir_remove(struct ks_fn_dir *d);

#endif
