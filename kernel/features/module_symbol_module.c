// SPDX-License-Identifier: GPL-2.0-only
/* module_kallsyms_on_each_symbol() that says whose a symbol is, up to 6.3 */
#include <linux/module.h>

typedef int (*ks_ask_fn)(void *data, const char *name, struct module *mod, unsigned long addr);

static_assert(__same_type(module_kallsyms_on_each_symbol, int (ks_ask_fn fn, void *data)) ||
	      __same_type(module_kallsyms_on_each_symbol,
			  int (const char *modname, ks_ask_fn fn, void *data)));
