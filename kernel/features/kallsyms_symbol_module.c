// SPDX-License-Identifier: GPL-2.0-only
/* kallsyms_on_each_symbol() that says whose a symbol is, up to 6.3; later, none is a module's */
#include <linux/kallsyms.h>

static_assert(__same_type(kallsyms_on_each_symbol,
			  int (int (*fn)(void *data, const char *name, struct module *mod,
					 unsigned long addr), void *data)));
