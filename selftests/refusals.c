// SPDX-License-Identifier: GPL-2.0-only
/*
 * refusals: what killswitch's lists say of functions, as a program.
 *
 * Names come from standard input, one to a line, "module:name" for those of a
 * module. Each is answered by a line with the name and what holds of it:
 *
 *   needed       killswitch needs the function
 *   decides      it decides about permission, lockdown or verification
 *   V            for each V of 0, 1, -1 and -512: this value is refused
 *
 * It is compiled with the include/ folder of a kernel, whose hooks it knows:
 *   cc -include K/include/generated/autoconf.h -Ihost -idirafter K/include -I../kernel
 */
#include <linux/types.h>
#include <stdio.h>
#include <string.h>

#include "pattern.c"
#include "foundation.c"
#include "permission.c"

static const long values[] = { 0, 1, -1, -512 };

int main(void)
{
	char line[1024];

	while (fgets(line, sizeof(line), stdin)) {
		char *colon, *symbol;
		size_t i;

		line[strcspn(line, "\n")] = '\0';
		printf("%s", line);
		colon = strchr(line, ':');
		symbol = colon ? colon + 1 : line;
		if (colon)
			*colon = '\0';
		if (ks_foundation(symbol, colon ? line : NULL))
			printf(" needed");
		if (ks_permission_decides(symbol))
			printf(" decides");
		for (i = 0; i < ARRAY_SIZE(values); i++)
			if (ks_permission_refuses(symbol, values[i]))
				printf(" %ld", values[i]);
		putchar('\n');
	}
	return 0;
}
