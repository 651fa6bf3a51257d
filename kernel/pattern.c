// SPDX-License-Identifier: GPL-2.0-only
/* Lists of function names, and of shell patterns for them. */
#include <linux/glob.h>
#include <linux/string.h>

#include "pattern.h"

void ks_base_name(char base[KS_BASE_NAME_LEN], const char *symbol)
{
	size_t i;

	if (!strncmp(symbol, "__pi_", 5))
		symbol += 5;
	for (i = 0; i < KS_BASE_NAME_LEN - 1 && symbol[i] && (!i || symbol[i] != '.'); i++)
		base[i] = symbol[i];
	base[i] = '\0';
}

bool ks_pattern_find(const char * const *patterns, size_t count, const char *name)
{
	while (count--)
		if (glob_match(patterns[count], name))
			return true;
	return false;
}
