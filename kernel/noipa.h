/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KS_NOIPA_H
#define KS_NOIPA_H

/*
 * Keeps callers in the same file from being compiled for what the function is
 * seen to do: from version 14 on, gcc keeps to the values that a function can
 * return even where it does not inline it. clang has no such attribute; there,
 * return what an asm statement has for an output.
 */
#if __has_attribute(__noipa__)
#define __ks_noipa __attribute__((__noipa__))
#else
#define __ks_noipa
#endif

#endif
