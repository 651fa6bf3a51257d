// SPDX-License-Identifier: GPL-2.0-only
/* Grace periods: see grace.h. */
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "grace.h"
#include "lock.h"

static LLIST_HEAD(ks_graces);

/*
 * Each caller waits for itself: the kernel serves all that wait at a time with
 * one grace period. What another caller has taken off the list is covered by
 * the wait here, too, and given back by that other one.
 */
void ks_grace_wait(void)
{
	struct llist_node *taken = llist_del_all(&ks_graces);
	struct ks_grace *g, *next;

	ks_assert_may_wait();
	llist_for_each_entry(g, taken, node) {
		if (g->leave)
			g->leave(g);
	}
	/* Where RCU does not watch a CPU, only a task that runs on it tells. */
	synchronize_rcu_tasks_rude();
	/* A task that was preempted in a hook or a stub is on no CPU. */
	synchronize_rcu_tasks();
	/* The readers of the files. */
	synchronize_rcu();
	llist_for_each_entry_safe(g, next, taken, node)
		g->free(g);
}

static void ks_grace_run(struct work_struct *work)
{
	ks_grace_wait();
}

static DECLARE_WORK(ks_grace_work, ks_grace_run);

void ks_grace_add(struct ks_grace *g)
{
	llist_add(&g->node, &ks_graces);
}

void ks_grace_later(void)
{
	queue_work(ks_unbound_wq, &ks_grace_work);
}

void ks_grace_exit(void)
{
	flush_work(&ks_grace_work);
	/* to leave one thing may have added another */
	while (!llist_empty(&ks_graces))
		ks_grace_wait();
}
