/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KS_ENGAGEMENT_H
#define KS_ENGAGEMENT_H

#include <linux/types.h>

#include "report.h"

#define KS_SECONDS_MAX 86400

enum ks_phase {
	KS_ENGAGED,	/* overrides until disengaged */
	KS_PROBING,	/* counts until its time is over; then engaged, or gone */
	KS_EXPIRING,	/* overrides until its time is over; then gone */
	KS_OBSERVING,	/* counts until enforced or disengaged */
};

enum ks_source {
	KS_SOURCE_CONTROL,	/* a task wrote to the control file */
	KS_SOURCE_MODPARAM,	/* the module parameter at load */
};

/* What is asked for. */
struct ks_request {
	const char *name;	/* "symbol" or "module:symbol", as ks_parse_name() accepts it */
	long retval;		/* 0 if it is to be observed */
	enum ks_phase phase;	/* what it is at first */
	unsigned int seconds;	/* how long, if @phase ends by itself; at most KS_SECONDS_MAX */
	const char *guard;	/* path of a pinned BPF program; NULL: every call */
	const char *reason;	/* at most KS_REASON_MAX characters, or NULL */
	enum ks_source source;
};

/* What the files of fn/<symbol>/ show. */
struct ks_snapshot {
	long retval;
	u64 hits;
	u64 passed;			/* let through by the guard */
	u64 unread;			/* of which the guard could not read something */
	const char *state;
	unsigned int timeout_left;	/* seconds */
	const char *backend;
	char reason[KS_REASON_MAX + 1];
};

int ks_engagement_init(void);
void ks_engagement_exit(void);

/*
 * @changed is called, with ks_lock held, whenever the set of armed engagements
 * has changed. It must not sleep.
 */
void ks_engagement_notify(void (*changed)(void));

/* End everything, sealed or not: the module is being unloaded. Waits for a grace period. */
void ks_engagement_shutdown(void);

/**
 * ks_engage() - make a function return a value, or observe it
 * @request: which one, and how
 * @id: set to its number, or to 0 while it is pending
 *
 * If the function is in a module that is not loaded, the engagement is pending
 * until it is. At run time that takes a qualified name, which is less likely
 * to be a slip; and a probe is refused, for it would commit without having
 * seen anything. By the parameter, a name without a module is for each module
 * that has it, unless the kernel itself does.
 *
 * Return: 0; -EBUSY if the function is engaged, or pending, or its entry is
 * owned by something else; -EINVAL for init code and for what killswitch itself
 * needs; -EPERM if sealed, locked, denied, or if the value would say yes where
 * the function decides about a permission; -ENOENT and -EADDRNOTAVAIL as
 * ks_symbol_resolve(); -ENOMEM; the error of register_kprobe(), or of
 * ks_guard_get(). On error nothing has changed.
 */
int ks_engage(const struct ks_request *request, u64 *id);

/* Take an engagement back, by number, since it cannot be completed. */
void ks_engage_undo(u64 id);

/**
 * ks_keep() - make an expiring engagement one for good
 *
 * Return: 0, -EINVAL if it is not expiring, or as ks_disengage().
 */
int ks_keep(const char *name, const char *reason);

/**
 * ks_enforce() - have what is observed overridden from now on
 *
 * Return: 0, -EINVAL if it is not observed, -EPERM as ks_engage(), or as
 * ks_disengage().
 */
int ks_enforce(const char *name, long retval, const char *reason);

/**
 * ks_disengage() - end the engagement of a function, whatever its state
 * @name: the name it was engaged by, or another name of the same function
 *
 * A name without a module that is pending goes with all that was armed for it.
 * When it returns 0 no CPU runs the hook any more. That is waited for; calls
 * run again before.
 * Return: 0, -ENOENT if there is none, -EADDRNOTAVAIL if the name is
 * ambiguous, -EPERM if sealed.
 */
int ks_disengage(const char *name, const char *reason);
int ks_disengage_all(void);

/*
 * The functions below are for readers: none of them waits for a change that is
 * under way.
 */

/* By number, as the files know it: -EIDRM once the engagement has ended or is pending. */
int ks_engagement_snapshot(u64 id, struct ks_snapshot *snapshot);

/* Is there an armed engagement of this number? */
bool ks_engagement_armed(u64 id);

/* What the directory of an armed engagement is made of. */
struct ks_listing {
	char *name;		/* of KS_NAME_MAX bytes */
	bool guarded;
};

/* Go on to the armed engagement with the next higher number: false if there is none. */
bool ks_engagement_next(u64 *id, struct ks_listing *l);

/* Not for readers: change the value. -EIDRM as above, -EPERM if sealed or as ks_engage(). */
int ks_engagement_set_retval(u64 id, long retval);

/*
 * Write a line per armed engagement, or per pending one, oldest first, as far as
 * they fit.
 * Return: the bytes that all lines take.
 */
size_t ks_engagement_list(char *buffer, size_t size);
size_t ks_pending_list(char *buffer, size_t size);

#endif
