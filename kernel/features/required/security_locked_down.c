// SPDX-License-Identifier: GPL-2.0-only
/* security_locked_down() (Linux 5.4) */
#include <linux/security.h>

int ks_ask(void);
int ks_ask(void)
{
	return security_locked_down(LOCKDOWN_KPROBES);
}
