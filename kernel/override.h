/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KS_OVERRIDE_H
#define KS_OVERRIDE_H

#include <linux/list.h>
#include <linux/types.h>

struct ks_guard;
struct ks_override;

enum ks_backend {
	KS_BACKEND_DIRECT,	/* the function's ftrace site calls a stub of ours */
	KS_BACKEND_FTRACE,	/* our own ftrace_ops at the function's entry */
	KS_BACKEND_KPROBE,	/* an armed kprobe: the function has no ftrace site */
};

/* What an operator knows them by. */
extern const char * const ks_backend_names[];

/* What is to be hooked, and how. */
struct ks_hook {
	const char *name;	/* for the log and the trace event */
	unsigned long addr;	/* the function's, as the symbol table has it */
	long retval;		/* what it returns instead of running */
	bool count;		/* calls run, and are only counted */
	bool internal;		/* no engagement: it takes none of their places */
	bool no_kprobe;		/* what only a kprobe can reach is refused */
	struct ks_guard *guard;	/* whose calls alone count and are overridden; NULL: all calls */
};

/**
 * ks_override_install() - hook a function
 *
 * When it returns one, every call that starts afterwards, on any CPU and in any
 * context, is counted, and overridden unless @count is set.
 *
 * Context: process context, may sleep, but waits for no grace period.
 * Return: the override, or an ERR_PTR: -EBUSY if something else owns the
 * function's entry; -ENOMEM; -EPERM if @no_kprobe forbids it; or what
 * register_kprobe() said about the function. On error the function is as it was.
 */
struct ks_override *ks_override_install(const struct ks_hook *hook);

/**
 * ks_override_unhook() - take the hook off
 * @o: an installed override
 * @covered: whether ks_cover() was told of it
 * @unhooked: where it is added
 *
 * New calls run the function when it returns. What is in @unhooked can still be
 * read; ks_override_bury() or ks_override_bury_later() is to follow.
 *
 * If ftrace has shut itself down after an error of its own, the hook stays,
 * though it lets calls run; then nothing is added, and ks_override_stuck() is
 * true for ever.
 *
 * Context: process context, may sleep, but waits for no grace period.
 */
void ks_override_unhook(struct ks_override *o, bool covered, struct list_head *unhooked);

/*
 * Take the kprobes among what was unhooked out of the kernel's text. To bury
 * includes it, sooner or later. Waits for a grace period if there are any.
 */
void ks_override_leave(struct list_head *unhooked);

/*
 * Give back what was unhooked, after a grace period. The first waits until no
 * CPU runs any of it, in process context without a lock of ours; the other one
 * leaves that to be done later.
 */
void ks_override_bury(struct list_head *unhooked);
void ks_override_bury_later(struct list_head *unhooked);

/* Has a hook stayed that nothing can take off? */
bool ks_override_stuck(void);

unsigned long ks_override_addr(const struct ks_override *o);
bool ks_override_probed(const struct ks_override *o);

/* Go from counting to overriding. */
void ks_override_enforce(struct ks_override *o, long retval);

void ks_override_set_retval(struct ks_override *o, long retval);

/* Calls caught so far, over all CPUs. */
u64 ks_override_hits(const struct ks_override *o);

/*
 * How calls are overridden at this moment. What could be direct is not while the
 * function has another tracer: then ftrace calls all of them, ours among them.
 */
enum ks_backend ks_override_backend(const struct ks_override *o);

#endif
