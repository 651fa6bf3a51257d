// SPDX-License-Identifier: GPL-2.0-only
/* synchronize_rcu_tasks_rude() (Linux 5.8) */
#include <linux/rcupdate.h>

void ks_ask(void);
void ks_ask(void)
{
	synchronize_rcu_tasks_rude();
}
