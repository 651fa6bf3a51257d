/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KS_HIT_H
#define KS_HIT_H

/* Tell whoever follows the trace event that a call was overridden. */
void ks_hit_tell(const char *symbol, long retval);

#endif
