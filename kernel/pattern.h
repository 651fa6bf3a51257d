/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists of function names, and of shell patterns for them. */
#ifndef KS_PATTERN_H
#define KS_PATTERN_H

#include <linux/types.h>

#define KS_BASE_NAME_LEN 128

/**
 * ks_base_name() - a function's name as its source has it
 * @base: gets the name, cut off where it does not fit; no list has one as long
 * @symbol: the name in the symbol table
 *
 * Compilers append to a name what they did to the function (.isra.0, .part.1,
 * .constprop.0, .llvm.123), and arm64 has second names with __pi_ in front.
 */
void ks_base_name(char base[KS_BASE_NAME_LEN], const char *symbol);

/* Does one of @count patterns fit the name? */
bool ks_pattern_find(const char * const *patterns, size_t count, const char *name);

#endif
