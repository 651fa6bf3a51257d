/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KS_GUARD_H
#define KS_GUARD_H

#include <linux/ptrace.h>
#include <linux/types.h>

struct ks_guard;

/**
 * ks_guard_get() - take a BPF program into service as a guard
 * @path: where it is pinned
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

/* Nothing runs it any more. @g may be NULL. */
void ks_guard_put(struct ks_guard *g);

/**
 * ks_guard_matches() - is this call one to override?
 * @g: the guard
 * @regs: the arguments of the call, where PT_REGS_PARM1() and so on find them
 *
 * What cannot be asked counts as matching: from an NMI, where RCU is not
 * watching, and for calls that the guard's own helpers make.
 *
 * Context: any.
 */
bool ks_guard_matches(struct ks_guard *g, struct pt_regs *regs);

/* How many calls it let through. */
u64 ks_guard_passed(const struct ks_guard *g);

#endif
