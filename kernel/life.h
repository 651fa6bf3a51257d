/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What engagement.c, which is about one engagement's life, shares with
 * pending.c, which is about modules that come and go.
 */
#ifndef KS_LIFE_H
#define KS_LIFE_H

#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "engagement.h"
#include "guard.h"
#include "override.h"
#include "securityfs.h"
#include "symbol.h"

struct ks_engagement {
	struct list_head node;		/* in ks_engagements */
	struct ks_name name;		/* as it was engaged */
	char module[MODULE_NAME_LEN];	/* whose function; empty: the kernel's, or not known yet */
	enum ks_phase phase;
	unsigned int seconds;		/* how long the phase was to last */
	u64 deadline;			/* its end in jiffies, unless it is KS_ENGAGED */
	long retval;
	u64 hits;			/* of the times that it was armed before */
	struct ks_guard *guard;		/* tells which calls to override; NULL: all */

	bool armed;			/* the fields below are in use; else it is pending */
	u64 id;				/* of this time; 0 while pending */
	struct ks_override override;
	struct ks_fn_dir dir;

	struct list_head leaving;	/* in what is disarmed or ended at a time */
	bool stuck;			/* ended, but ftrace still calls the hook */
	bool offered;			/* the coming module has what is named without a module */
	const struct module *tried;	/* refused to arm in this one, which is still there */
};

/* Protects everything below and in every engagement, and serialises all changes. */
extern struct mutex ks_lock;
extern struct list_head ks_engagements;	/* oldest first */

struct ks_engagement *ks_find_addr(unsigned long addr);

/* As ks_symbol_resolve(), and says so if the name is ambiguous. */
int ks_resolve(const struct ks_name *n, struct ks_symbol *s);

/* If the function at @addr is engaged, say under which name and return -EBUSY. */
int ks_refuse_engaged(const char *name, unsigned long addr);

/**
 * ks_arm() - put the hook on the function of a pending engagement
 *
 * Return: 0, -EBUSY if the function is engaged under another name, or the
 * error of ks_override_install() or ks_fn_dir_create(). On error it is pending
 * as before.
 */
int ks_arm(struct ks_engagement *e, const struct ks_symbol *s);

/**
 * ks_disarm() - the reverse, for any number of engagements
 * @which: armed or pending ones, linked by @leaving
 *
 * They are pending afterwards, and their hits final: no CPU runs a hook of
 * theirs any more. That is waited for once. Sets @stuck where the hook cannot
 * be taken off.
 */
void ks_disarm(struct list_head *which);

/* Their way out, from wherever they are; ks_free() is to follow for each. */
void ks_end(struct list_head *which);
void ks_free(struct ks_engagement *e);

/**
 * ks_pending_find() - the one pending engagement that a name may mean
 * @n: the name
 * @module: what @n means is in this module; empty if that is not known
 * @count: set to the number of pending engagements that it may mean
 */
struct ks_engagement *ks_pending_find(const struct ks_name *n, const char *module,
				      unsigned int *count);

/* If what @e means in @module is pending already, say so and return -EBUSY. */
int ks_pending_refuse(const struct ks_engagement *e, const char *module);

/**
 * ks_pending_begin() - engage what has no function, or none that can be hooked by now
 *
 * Return: 0; -ENOENT for a probe, which has nothing to count; -EBUSY if it is
 * pending already or ftrace is off.
 */
int ks_pending_begin(struct ks_engagement *e, const struct ks_symbol *s);

/**
 * ks_pending_hold() - see to it that what becomes pending can be armed
 *
 * Return: 0, or an error if ftrace is off or could be switched off.
 */
int ks_pending_hold(void);

/* The reverse, if nothing is pending; to be called when something no longer is. */
void ks_pending_release(void);

#endif
