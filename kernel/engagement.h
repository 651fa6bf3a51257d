/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KS_ENGAGEMENT_H
#define KS_ENGAGEMENT_H

#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/types.h>

/* Bytes that the longest "module:symbol" takes, the final NUL included. */
#define KS_NAME_MAX (MODULE_NAME_LEN + KSYM_NAME_LEN)

#define KS_PROBE_SECONDS_MAX 86400

enum ks_source {
	KS_SOURCE_CONTROL,	/* a task wrote to the control file */
	KS_SOURCE_MODPARAM,	/* the module parameter at load */
};

/* What the files of fn/<symbol>/ show; the values are those of one moment. */
struct ks_snapshot {
	long retval;
	u64 hits;
	const char *state;
	unsigned int timeout_left;	/* seconds */
	const char *backend;
};

int ks_engagement_init(void);
void ks_engagement_exit(void);

/**
 * ks_engage() - make a function return a value
 * @name: "symbol" or "module:symbol", shorter than KS_NAME_MAX
 * @retval: the value
 * @probe_seconds: 0 to override now; else how long to only count calls, at
 *	most KS_PROBE_SECONDS_MAX, before the override takes effect (no calls)
 *	or the engagement goes away (some)
 * @source: who asked, for the log
 *
 * Return: 0; -EBUSY if the function is engaged or its entry is owned by
 * something else; -ENOENT and -EADDRNOTAVAIL as ks_symbol_resolve();
 * -ENOMEM; or the error of register_kprobe(). On error nothing has changed.
 */
int ks_engage(const char *name, long retval, unsigned int probe_seconds, enum ks_source source);

/**
 * ks_disengage() - end the engagement of a function, whatever its state
 * @name: the name it was engaged by, or another name of the same function
 *
 * When it returns 0 no CPU runs the hook any more.
 * Return: 0, -ENOENT if there is none, -EADDRNOTAVAIL if the name is ambiguous.
 */
int ks_disengage(const char *name);
void ks_disengage_all(void);

/* By number, as the files know it: -EIDRM once the engagement has ended. */
int ks_engagement_snapshot(u64 id, struct ks_snapshot *snapshot);
int ks_engagement_set_retval(u64 id, long retval);

/* Write a line per engagement, oldest first. */
void ks_engagement_list(struct seq_file *m);

/* A module is about to go away: so are the engagements of its functions. */
void ks_engagement_module_going(struct module *mod);

#endif
