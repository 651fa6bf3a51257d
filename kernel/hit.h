/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KS_HIT_H
#define KS_HIT_H

#include <linux/types.h>

/* Trace a call of @symbol: one that was overridden with @retval, or only observed. */
void ks_hit_tell(const char *symbol, long retval, bool observed);

#endif
