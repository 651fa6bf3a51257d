/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KS_PENDING_H
#define KS_PENDING_H

#include <linux/types.h>

struct ks_engagement;
struct ks_name;
struct ks_symbol;
struct module;

int ks_pending_init(void);
void ks_pending_exit(void);

/**
 * ks_module_coming() - a module's own code is about to run
 *
 * Arms what is pending for it.
 *
 * Return: 0, or the error with which the module must not be loaded, since what
 * it brings cannot be armed.
 */
int ks_module_coming(struct module *mod);

/* It has run: a module that was on its way when killswitch was loaded is caught here. */
void ks_module_live(struct module *mod);

/* A module is about to go away. Waits for a grace period if something is engaged in it. */
void ks_module_going(struct module *mod);

/*
 * The functions below are called with ks_lock held.
 */

/* Can functions of this module be hooked, though its own code may still be in its init? */
bool ks_module_ready(const char *module);

/**
 * ks_pending_find() - the one pending engagement that a name may mean
 * @n: the name
 * @module: the module that has what @n means; empty if that is not known
 * @count: set to the number of pending engagements that it may mean
 *
 * One that is for all modules is meant by its name alone.
 */
struct ks_engagement *ks_pending_find(const struct ks_name *n, const char *module,
				      unsigned int *count);

/**
 * ks_pending_begin() - engage what has no function, or none that can be hooked by now
 *
 * Return: 0; -ENOENT for a probe, which has nothing to count; -EBUSY if it is
 * pending already or ftrace is off.
 */
int ks_pending_begin(struct ks_engagement *e, const struct ks_symbol *s);

/*
 * The same for a name that is for all modules. The second is called once it is
 * in ks_engagements, and arms it in the modules that are there already.
 */
int ks_pending_begin_everywhere(struct ks_engagement *e);
void ks_pending_arm_everywhere(struct ks_engagement *e);

/**
 * ks_pending_hold() - see to it that what becomes pending can be armed
 *
 * Return: 0, or an error if ftrace is off or could be switched off.
 */
int ks_pending_hold(void);

/* The reverse, if nothing is pending; to be called when something no longer is. */
void ks_pending_release(void);

#endif
