/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KS_OVERRIDE_H
#define KS_OVERRIDE_H

#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/types.h>

enum ks_backend {
	KS_BACKEND_FTRACE,	/* our own ftrace_ops at the function's entry */
	KS_BACKEND_KPROBE,	/* an armed kprobe: the function has no ftrace site */
};

/* What the hook does with a call. */
enum ks_mode {
	KS_MODE_OFF,		/* lets it run, not counted: the hook is on its way out */
	KS_MODE_COUNT,
	KS_MODE_ENFORCE,	/* overrides and counts it */
};

/* The hook on one function. All fields but @mode are fixed while installed. */
struct ks_override {
	const char *name;		/* for the trace event */
	unsigned long addr;		/* the function's, as the symbol table has it */
	enum ks_backend backend;
	bool internal;			/* no engagement, and takes no place of theirs; the caller sets it */
	unsigned int slot;		/* index of the value, and of the stub that loads it */
	enum ks_mode mode;		/* read by the hook without a lock */
	unsigned long __percpu *hits;
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
 * ks_override_remove() - take the hook off
 * @o: an installed override
 *
 * Calls run again at once, before the wait for what is still in the hook: that
 * may take a kernel thread, and the function one that threads are made with.
 *
 * Return: 0 when no CPU runs the hook any more; what is left of @o is its
 * count. An error if ftrace has shut itself down after an error of its own:
 * then the hook is still in place, and @o and the module must stay for good.
 */
int ks_override_remove(struct ks_override *o);

/* Give back what a removed override holds. */
void ks_override_release(struct ks_override *o);

/* Go from counting to overriding. */
void ks_override_enforce(struct ks_override *o);

long ks_override_retval(const struct ks_override *o);
void ks_override_set_retval(struct ks_override *o, long retval);

/* Calls caught so far, over all CPUs. */
u64 ks_override_hits(const struct ks_override *o);

#endif
