/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a CPU may still run or look at: it is given back after a grace period.
 *
 * A user can stretch a grace period to minutes: a task of low priority that is
 * preempted in the kernel holds it up. So nothing waits for one with a lock
 * held, and only the caller that has promised to wait does so at all.
 */
#ifndef KS_GRACE_H
#define KS_GRACE_H

#include <linux/llist.h>

/* Embed it in what is given back later. */
struct ks_grace {
	struct llist_node node;
	/* What has to be done before the wait, or NULL; it may sleep, also for a grace period. */
	void (*leave)(struct ks_grace *g);
	/* Give it back. */
	void (*free)(struct ks_grace *g);
};

/**
 * ks_grace_add() - give something back after a grace period
 *
 * New calls no longer reach it. Nothing waits: ks_grace_wait() or
 * ks_grace_later() is to follow, once for any number of them.
 *
 * Context: any.
 */
void ks_grace_add(struct ks_grace *g);

/*
 * Wait until no CPU runs or looks at what was added before, and no task is on
 * its way through it. Context: process context, without a lock of ours.
 */
void ks_grace_wait(void);

/* Have that done some time later. Context: any. */
void ks_grace_later(void);

/* Nothing will be added any more: give back all there is. */
void ks_grace_exit(void);

#endif
