// SPDX-License-Identifier: GPL-2.0-only
/* system_dfl_wq, of 6.17 and of stable kernels before: a new name for system_unbound_wq */
#include <linux/workqueue.h>

bool ks_ask(struct work_struct *work);
bool ks_ask(struct work_struct *work)
{
	return queue_work(system_dfl_wq, work);
}
