/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KS_GUARD_H
#define KS_GUARD_H

#include <linux/ptrace.h>
#include <linux/refcount.h>
#include <linux/types.h>

/* Decides which calls of a function are overridden. */
struct ks_guard {
	/* For ks_guard_matches(), unless it is a BPF program. */
	bool (*matches)(struct ks_guard *g, struct pt_regs *regs);
	/* The last user is gone, and so is everything that ran it. Context: any. */
	void (*release)(struct ks_guard *g);
	refcount_t users;
};

/**
 * ks_guard_get() - take a BPF program into service as a guard
 * @path: where it is pinned
 *
 * A call that it cannot be asked about matches: one from an NMI or where RCU is
 * not watching, and one that its own helpers make. A program that calls none and
 * has no map can be asked about every call.
 *
 * The program returns 0 to let a call run. If it could not read something that
 * it asks about, it may return KS_GUARD_UNREAD to let the call run, or
 * KS_GUARD_UNREAD + 1 to have it overridden; both are counted.
 *
 * Any ordinary program of type kprobe will do, except one that may sleep, that
 * sets a return value itself or writes to its context, or that was loaded to be
 * attached in some particular way.
 *
 * Context: process context, may sleep.
 * Return: the guard with one user, or an ERR_PTR: -ENOMEM, or -EINVAL if there
 * is no such program; the log says what is wrong with it.
 */
struct ks_guard *ks_guard_get(const char *path);

#define KS_GUARD_UNREAD 0x4b530000

/* Is a call one to override? In any context; @regs has the arguments where PT_REGS_PARM1() looks. */
bool ks_guard_matches(struct ks_guard *g, struct pt_regs *regs);

/* One user more, or less; @g may be NULL. */
struct ks_guard *ks_guard_hold(struct ks_guard *g);
void ks_guard_put(struct ks_guard *g);

/* How many calls it let through, and of how many it could not read something; from ks_guard_get(). */
u64 ks_guard_passed(const struct ks_guard *g);
u64 ks_guard_unread(const struct ks_guard *g);

/*
 * What could change its answers from outside, or NULL: maps can be written to,
 * and a function with type information can be replaced. From ks_guard_get().
 */
const char *ks_guard_changeable(const struct ks_guard *g);

#endif
