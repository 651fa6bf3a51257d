/* SPDX-License-Identifier: GPL-2.0-only */
/* What killswitch itself stands on. */
#ifndef KS_FOUNDATION_H
#define KS_FOUNDATION_H

#include <linux/types.h>

/**
 * ks_foundation() - is this function one that killswitch itself needs?
 * @symbol: the function's name, with or without compiler suffixes
 * @module: whose it is; NULL, "" or "vmlinux" for the kernel image
 *
 * A function of a module is not: killswitch calls none, and a module may have
 * functions of its own by any name.
 */
bool ks_foundation(const char *symbol, const char *module);

#endif
