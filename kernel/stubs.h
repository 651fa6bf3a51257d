/* SPDX-License-Identifier: GPL-2.0 */
/* Where overridden calls continue; see arch/<arch>/stubs.S. */
#ifndef KS_STUBS_H
#define KS_STUBS_H

#define KS_PLACES 1024		/* engagements at a time */
#define KS_SLOTS (KS_PLACES + 2)	/* and the gate, and what keeps kprobes switched on */
#define KS_STUB_SIZE 16		/* bytes: room for a landing pad and the way to the value */

#ifndef __ASSEMBLY__
extern const char ks_stubs[];	/* KS_SLOTS stubs of KS_STUB_SIZE bytes */
extern long ks_retvals[KS_SLOTS];
#endif

#endif
