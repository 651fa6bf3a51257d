/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What killswitch has to know about arm64: nothing but its stubs. A kprobe is
 * an exception per call here, never a call through ftrace, so there is no
 * KS_ARCH_KPROBE: what ftrace cannot reach is refused.
 */
#ifndef KS_ARCH_H
#define KS_ARCH_H

#endif
