/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KS_STUBS_H
#define KS_STUBS_H

#define KS_SLOTS 1024		/* engagements at a time */
#define KS_STUB_SIZE 16		/* bytes: endbr64, mov, jmp */

#ifndef __ASSEMBLY__
extern const char ks_stubs[];	/* KS_SLOTS stubs of KS_STUB_SIZE bytes */
extern long ks_retvals[KS_SLOTS];
#endif

#endif
