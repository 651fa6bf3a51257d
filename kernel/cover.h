/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KS_COVER_H
#define KS_COVER_H

#include <linux/types.h>

/**
 * ks_cover() - make it quick to unhook many functions at a time
 * @addrs: the functions' addresses; all are hooked by ftrace
 * @count: how many; with a few it is not worth it
 *
 * Until ks_uncover() the overrides of these functions, and no others, are to be
 * unhooked as covered ones.
 *
 * Return: whether it is so; if not, unhook them as usual.
 */
bool ks_cover(unsigned long *addrs, unsigned int count);

/* The end of that; waits as ks_override_wait() does. */
void ks_uncover(void);

#endif
