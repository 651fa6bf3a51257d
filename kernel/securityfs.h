/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KS_SECURITYFS_H
#define KS_SECURITYFS_H

/**
 * ks_securityfs_init() - make the tree, and keep it up to date from now on
 *
 * A user can keep /sys/kernel/security busy for as long as he likes. If that is
 * so, this does not wait: the tree is made when that ends.
 *
 * Return: 0 or the error of securityfs. On error nothing is left.
 */
int ks_securityfs_init(void);

/* From now on the files can be opened: loading has succeeded. */
void ks_securityfs_open(void);

/*
 * The reverse: wait for what is under way in one of the files, and let nothing
 * more begin. A file that is open does not keep it waiting.
 */
void ks_securityfs_close(void);

/* Nothing is engaged any more: take the tree away. */
void ks_securityfs_exit(void);

#endif
