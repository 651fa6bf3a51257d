/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KS_GATE_H
#define KS_GATE_H

/**
 * ks_engagebpf() - have a BPF program that overrides a function loaded
 * @name: the function, as ks_parse_name() accepts it
 * @path: the compiled object, a full path
 *
 * Runs /usr/sbin/ks-bpf-load, and waits for it. Meanwhile, and for that process
 * alone, the kernel believes that the function is one whose result may be
 * changed. The program that it leaves attached is none of the engagements.
 *
 * Return: 0; -EIO if it failed, which the log explains; -EBUSY if the function
 * is engaged, or another load is on its way, or something else has hold of what
 * the kernel asks; -EADDRNOTAVAIL if the name is ambiguous; -ENOMEM. On error
 * nothing is attached.
 */
int ks_engagebpf(const char *name, const char *path, const char *reason);

#endif
