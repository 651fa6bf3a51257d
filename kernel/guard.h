/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KS_GUARD_H
#define KS_GUARD_H

#include <linux/ptrace.h>
#include <linux/types.h>

/* What tells which calls of a function to override. */
struct ks_guard {
	/* Is this call one? In any context; @regs has the arguments where PT_REGS_PARM1() looks. */
	bool (*matches)(struct ks_guard *g, struct pt_regs *regs);
};

/**
 * ks_guard_get() - take a BPF program into service as a guard
 * @path: where it is pinned
 *
 * What it cannot be asked about counts as matching: calls from an NMI, where
 * RCU is not watching, and those that its own helpers make.
 *
 * Any ordinary program of type kprobe will do: one that may sleep, that sets a
 * return value itself or writes to its context, or that was loaded to be
 * attached in some particular way is none.
 *
 * Context: process context, may sleep.
 * Return: the guard, or an ERR_PTR: -ENOMEM, or -EINVAL if there is no such
 * program; the log says what is wrong with it.
 */
struct ks_guard *ks_guard_get(const char *path);

/* Nothing runs it any more; @g came from ks_guard_get() or is NULL. */
void ks_guard_put(struct ks_guard *g);

/* How many calls it let through; @g came from ks_guard_get(). */
u64 ks_guard_passed(const struct ks_guard *g);

#endif
