/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KS_COVER_H
#define KS_COVER_H

#include <linux/types.h>

struct ks_cover;

/**
 * ks_cover() - make it quick to unhook many functions at a time
 * @addrs: the functions' addresses; all are hooked by ftrace
 * @count: how many; with a few it is not worth it
 *
 * Until ks_uncover() the overrides of these functions, and no others, are to be
 * unhooked as covered ones.
 *
 * Return: the cover, or NULL: then unhook them as usual.
 */
struct ks_cover *ks_cover(unsigned long *addrs, unsigned int count);

/* The end of that; ks_grace_wait() or ks_grace_later() is to follow. @cover may be NULL. */
void ks_uncover(struct ks_cover *cover);

#endif
