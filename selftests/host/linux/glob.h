/* SPDX-License-Identifier: GPL-2.0-only */
#include <fnmatch.h>

#define glob_match(pattern, text) (!fnmatch(pattern, text, 0))
