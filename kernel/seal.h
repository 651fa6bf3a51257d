/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KS_SEAL_H
#define KS_SEAL_H

#include <linux/types.h>

#include "engagement.h"

struct ks_guard;

/**
 * ks_seal() - from now on nothing can be disengaged, and no value changed
 *
 * More can be engaged, unless it would end by itself (engagefor), could be made
 * to let calls through (a guard with maps), or is reached by a kprobe only. A
 * probe that runs may still commit or abort: it overrides nothing yet.
 *
 * Return: 0; -EBUSY if an engagement is expiring, because it would either break
 * the promise, or lose its way out without a word; or if a guard could be
 * changed from outside.
 */
int ks_seal(enum ks_source source);
bool ks_sealed(void);

/**
 * ks_lock_down() - from now on nothing more can be engaged, observed or enforced
 *
 * What is pending still arms, and what expires can be kept.
 */
void ks_lock_down(enum ks_source source);
bool ks_locked(void);

/* Nothing can unload killswitch any more. */
void ks_pin(void);

/*
 * Is it sealed, or locked? Then these say that @what is refused, and return an
 * error. Call them with ks_lock held.
 */
int ks_refuse_sealed(const char *what);
int ks_refuse_locked(const char *what);

/* Could the guard's answers be changed from outside? -EPERM, and a line in the log. */
int ks_refuse_changeable(const struct ks_guard *guard, const char *name);

#endif
