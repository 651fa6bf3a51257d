/* SPDX-License-Identifier: GPL-2.0-only */
/* Which functions may be engaged on this host, and with which values. */
#ifndef KS_RULES_H
#define KS_RULES_H

#include <linux/types.h>

struct ks_name;

/**
 * ks_permit() - may this function return this value?
 * @name: the function's name
 * @addr: its address, so that it is known by its other names, too; 0: not known yet
 * @retval: the value; NULL: its calls are only counted
 *
 * Return: 0, -EINVAL for what killswitch itself needs, -EPERM for what is denied
 * on this host or would make a permission check say yes; the log says why.
 */
int ks_permit(const struct ks_name *name, unsigned long addr, const long *retval);

/*
 * The same for a function whose value is up to a BPF program: what decides about
 * a permission is refused.
 */
int ks_permit_any_value(const struct ks_name *name, unsigned long addr);

/*
 * The kernel is locked down for integrity, and functions are to be engaged all
 * the same, by the module parameter: from now on, with errnos only, and none
 * that decide about a permission or verify something.
 */
void ks_rules_tighten(void);

/* Is the kernel locked down, for integrity at least? */
bool ks_is_locked_down(void);

void ks_rules_exit(void);

#endif
