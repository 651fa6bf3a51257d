/* SPDX-License-Identifier: GPL-2.0-only */
/* What must not be made to say yes: permission checks, lockdown, verification. */
#ifndef KS_PERMISSION_H
#define KS_PERMISSION_H

#include <linux/types.h>

/**
 * ks_permission_refuses() - would this value make a permission check say yes?
 * @symbol: the function's name, with or without compiler suffixes
 * @retval: the value that it would return
 *
 * Return: NULL, or why the value is refused, for the log.
 */
const char *ks_permission_refuses(const char *symbol, long retval);

/* Does the function decide about permission, lockdown or verification at all? */
bool ks_permission_decides(const char *symbol);

#endif
