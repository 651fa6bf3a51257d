/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KS_TEST_KILLSWITCH_H
#define KS_TEST_KILLSWITCH_H

/* Returns -EBADMSG for 0xC0FFEE and 0 otherwise. */
int ks_test_vuln(long magic);

#endif
