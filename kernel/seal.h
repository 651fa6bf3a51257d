/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KS_SEAL_H
#define KS_SEAL_H

#include <linux/types.h>

#include "engagement.h"

/**
 * ks_seal() - from now on nothing can be disengaged, and no value changed
 *
 * What engages more stays allowed, unless it would end by itself (engagefor).
 * A probe that runs may still commit or abort: it overrides nothing yet.
 *
 * Return: 0; -EBUSY if an engagement is expiring, because it would either
 * break the promise, or lose its way out without anybody having said so.
 */
int ks_seal(enum ks_source source);
bool ks_sealed(void);

/* Is it sealed? Then this says that @what is refused. Call it with ks_lock held. */
int ks_refuse_sealed(const char *what);

#endif
