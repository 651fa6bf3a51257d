/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KS_ENGAGEMENT_H
#define KS_ENGAGEMENT_H

#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/types.h>

#define KS_SECONDS_MAX 86400

enum ks_phase {
	KS_ENGAGED,	/* overrides until disengaged */
	KS_PROBING,	/* counts until its time is over; then engaged, or gone */
	KS_EXPIRING,	/* overrides until its time is over; then gone */
};

enum ks_source {
	KS_SOURCE_CONTROL,	/* a task wrote to the control file */
	KS_SOURCE_MODPARAM,	/* the module parameter at load */
};

/* What somebody asks for. */
struct ks_request {
	const char *name;	/* "symbol" or "module:symbol", as ks_parse_name() accepts it */
	long retval;
	enum ks_phase phase;	/* what it is at first */
	unsigned int seconds;	/* how long, unless @phase is KS_ENGAGED; at most KS_SECONDS_MAX */
	const char *guard;	/* path of a pinned BPF program; NULL: every call is overridden */
	enum ks_source source;
};

/* What the files of fn/<symbol>/ show; the values are those of one moment. */
struct ks_snapshot {
	long retval;
	u64 hits;
	u64 passed;			/* let through by the guard */
	const char *state;
	unsigned int timeout_left;	/* seconds */
	const char *backend;
};

int ks_engagement_init(void);
void ks_engagement_exit(void);

/* End everything, sealed or not: the module is being unloaded. */
void ks_engagement_shutdown(void);

/**
 * ks_engage() - make a function return a value
 * @request: which one, and how
 *
 * If the function is in a module that is not loaded, the engagement is pending
 * until it is. At run time that takes a qualified name, which is less likely
 * to be a slip; and a probe is refused, for it would commit without having
 * seen anything.
 *
 * Return: 0; -EBUSY if the function is engaged, or pending, or its entry is
 * owned by something else; -EINVAL for init code; -EPERM if sealed and the
 * phase is KS_EXPIRING; -ENOENT and -EADDRNOTAVAIL as ks_symbol_resolve();
 * -ENOMEM; the error of register_kprobe(), or of ks_guard_get(). On error
 * nothing has changed.
 */
int ks_engage(const struct ks_request *request);

/**
 * ks_keep() - make an expiring engagement one for good
 *
 * Return: 0, -EINVAL if it is not expiring, or as ks_disengage().
 */
int ks_keep(const char *name);

/**
 * ks_disengage() - end the engagement of a function, whatever its state
 * @name: the name it was engaged by, or another name of the same function
 *
 * When it returns 0 no CPU runs the hook any more.
 * Return: 0, -ENOENT if there is none, -EADDRNOTAVAIL if the name is
 * ambiguous, -EPERM if sealed.
 */
int ks_disengage(const char *name);
int ks_disengage_all(void);

/* By number, as the files know it: -EIDRM once the engagement has ended or is pending. */
int ks_engagement_snapshot(u64 id, struct ks_snapshot *snapshot);

/* Likewise, and -EPERM if sealed. */
int ks_engagement_set_retval(u64 id, long retval);

/* Write a line per armed engagement, oldest first. */
void ks_engagement_list(struct seq_file *m);

int ks_pending_init(void);
void ks_pending_exit(void);

/* Write a line per pending engagement, oldest first. */
void ks_pending_list(struct seq_file *m);

/* A module's own code is about to run, or, called a second time, has run. */
void ks_module_coming(struct module *mod);

/* A module is about to go away. */
void ks_module_going(struct module *mod);

#endif
