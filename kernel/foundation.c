// SPDX-License-Identifier: GPL-2.0-only
/*
 * What killswitch itself stands on: symbol tables, ftrace, kprobes, text
 * patching, RCU, module notifiers, securityfs, and whatever else it calls. An
 * override of one of these could switch other overrides off unseen, or make
 * killswitch free memory that is in use.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "foundation.h"
#include "pattern.h"

static const char * const ks_foundation_patterns[] = {
#include "foundation-list.h"
};

bool ks_foundation(const char *symbol, const char *module)
{
	char name[KS_BASE_NAME_LEN];

	if (module && *module && strcmp(module, "vmlinux"))
		return false;
	ks_base_name(name, symbol);
	return ks_pattern_find(ks_foundation_patterns, ARRAY_SIZE(ks_foundation_patterns), name);
}
