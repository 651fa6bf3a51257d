// SPDX-License-Identifier: GPL-2.0-only
/* kallsyms_on_each_match_symbol(), of 6.2: looks for a name in the kernel's own symbols */
#include <linux/kallsyms.h>

static_assert(__same_type(kallsyms_on_each_match_symbol,
			  int (int (*fn)(void *data, unsigned long addr), const char *name,
			       void *data)));
