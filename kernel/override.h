/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KS_OVERRIDE_H
#define KS_OVERRIDE_H

#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/types.h>

enum ks_backend {
	KS_BACKEND_DIRECT,	/* the function's ftrace site calls a stub of ours */
	KS_BACKEND_FTRACE,	/* our own ftrace_ops at the function's entry */
	KS_BACKEND_KPROBE,	/* an armed kprobe: the function has no ftrace site */
};

/* What an operator knows them by. */
extern const char * const ks_backend_names[];

/* The hook on one function. All fields are fixed while installed. */
struct ks_override {
	unsigned long addr;		/* the function's, as the symbol table has it */
	bool internal;			/* no engagement, and takes no place of theirs; the caller sets it */
	bool probed;			/* by a kprobe, not by ftrace */
	bool direct;			/* the ops has a stub of ours, which is called as long as it is alone */
	struct ks_slot *slot;		/* what the hook goes by, and the stubs */
	struct ks_guard *guard;		/* whose calls alone count and are overridden, or NULL */
	struct ftrace_ops ops;
	struct kprobe kp;
};

/**
 * ks_override_install() - hook a function
 * @o: a zeroed override, but for @internal
 * @name: for the log and the trace event; the caller keeps it until the
 *	override is removed
 * @addr: the function's address
 * @retval: what it shall return
 * @enforce: whether to override from the start or only to count calls
 * @guard: what tells which calls to count and to override, or NULL for all; the
 *	caller keeps it until the override is removed
 *
 * When it returns 0, every call that starts afterwards, on any CPU and in any
 * context, is counted, and overridden if @enforce is set.
 *
 * Context: process context, may sleep. The caller serialises install and remove.
 * Return: 0; -EBUSY if something else owns the function's entry; -ENOMEM; or
 * what register_kprobe() said about the function. On error nothing is left.
 */
int ks_override_install(struct ks_override *o, const char *name, unsigned long addr,
			long retval, bool enforce, struct ks_guard *guard);

/**
 * ks_override_unhook() - take the hook off
 * @o: an installed override
 * @covered: whether ks_cover() was told of it
 *
 * Calls run again when it returns, but for those that have entered the hook
 * before: ks_override_wait() is to follow, once for any number of overrides,
 * before anything that the hook uses is given back.
 *
 * Return: 0, or an error if ftrace has shut itself down after an error of its
 * own: then the hook is still in place, though it lets calls run, and @o and
 * the module must stay for good.
 */
int ks_override_unhook(struct ks_override *o, bool covered);

/*
 * Wait until no CPU runs a hook that has been taken off, and no task is on its
 * way through one.
 */
void ks_override_wait(void);

/* Give back what an override holds that was taken off, after the wait. */
void ks_override_release(struct ks_override *o);

/* Go from counting to overriding. */
void ks_override_enforce(struct ks_override *o);

void ks_override_set_retval(struct ks_override *o, long retval);

/* Calls caught so far, over all CPUs. */
u64 ks_override_hits(const struct ks_override *o);

/*
 * How calls are overridden at this moment. What could be direct is not while the
 * function has another tracer: then ftrace calls all of them, ours among them.
 */
enum ks_backend ks_override_backend(const struct ks_override *o);

#endif
