/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KS_VET_H
#define KS_VET_H

/**
 * ks_vet() - ask the kprobe layer whether a function may be hooked
 * @addr: the function's address
 * @name: for the log
 *
 * Return: 0, -EINVAL for a function of killswitch's own, -ENOMEM, or what
 * register_kprobe() said; the log says so.
 */
int ks_vet(unsigned long addr, const char *name);

/* Give back what is left of all vetting; nobody vets any more. */
void ks_vet_exit(void);

#endif
