/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What engagement.c, which is about one engagement's life, shares with
 * pending.c, which is about modules that come and go, and with seal.c and gate.c.
 */
#ifndef KS_LIFE_H
#define KS_LIFE_H

#include <linux/list.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "engagement.h"
#include "guard.h"
#include "lock.h"
#include "override.h"
#include "symbol.h"

/* Fields without a comment of their own are fixed once it is in ks_engagements. */
struct ks_engagement {
	struct list_head node;		/* in ks_engagements; readers go along it by RCU */
	struct ks_name name;		/* as it was engaged */
	unsigned int seconds;		/* how long the phase was to last */
	struct ks_guard *guard;		/* decides which calls are meant; NULL: all */
	bool everywhere;		/* no function, but a name: for each module that brings it */
	const struct ks_engagement *parent;	/* the one of that kind that it was made for, or NULL */

	/* Changed with ks_lock held, read by readers as they are. */
	char module[MODULE_NAME_LEN];	/* whose function; empty: the kernel's, or @everywhere */
	enum ks_phase phase;
	u64 deadline;			/* its end in jiffies, if the phase ends by itself */
	long retval;
	u64 hits;			/* of the times that it was armed before */
	u64 id;				/* of this time */
	struct ks_override __rcu *override;	/* NULL: pending */
	struct ks_reason __rcu *reason;

	/* Used with ks_lock held only. */
	struct list_head leaving;	/* in what is disarmed or ended at a time */
	bool offered;			/* the coming module has what is named without a module */

	struct rcu_head rcu;
};

extern struct list_head ks_engagements;	/* oldest first */

struct ks_override *ks_override_of(const struct ks_engagement *e);

struct ks_engagement *ks_find_addr(unsigned long addr);

/* As ks_symbol_resolve(), and says so if the name is ambiguous. */
int ks_resolve(const struct ks_name *n, struct ks_symbol *s);

/* If the function at @addr is engaged, say under which name and return -EBUSY. */
int ks_refuse_engaged(const char *name, unsigned long addr);

/**
 * ks_arm() - put the hook on the function of a pending engagement
 *
 * Return: 0, -EBUSY if the function is engaged under another name, or the
 * error of ks_permit() or ks_override_install(). On error it is pending as
 * before.
 */
int ks_arm(struct ks_engagement *e, const struct ks_symbol *s);

/* The same for a name that is for all modules: arm it in this one. */
int ks_arm_child(struct ks_engagement *parent, const char *module, const struct ks_symbol *s);

/**
 * ks_disarm() - the reverse, for any number of engagements
 * @which: armed or pending ones, linked by @leaving
 * @unhooked: to be given to ks_override_bury() or ks_override_bury_later()
 *
 * Calls run again, and the engagements are pending.
 */
void ks_disarm(struct list_head *which, struct list_head *unhooked);

/* Their way out, from wherever they are: disarm them, and take them off the list. */
void ks_end(struct list_head *which, struct list_head *unhooked);

/* To follow for each, before or after ks_lock is released. */
void ks_free(struct ks_engagement *e);

#endif
