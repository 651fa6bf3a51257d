// SPDX-License-Identifier: GPL-2.0-only
/* module_kallsyms_on_each_symbol() for the symbols of one module, of 6.3 */
#include <linux/module.h>

int ks_ask(const char *modname);
int ks_ask(const char *modname)
{
	return module_kallsyms_on_each_symbol(modname, NULL, NULL);
}
