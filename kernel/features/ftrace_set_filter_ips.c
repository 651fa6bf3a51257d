// SPDX-License-Identifier: GPL-2.0-only
/* ftrace_set_filter_ips(), of 5.18 */
#include <linux/ftrace.h>

int ks_ask(struct ftrace_ops *ops, unsigned long *ips);
int ks_ask(struct ftrace_ops *ops, unsigned long *ips)
{
	return ftrace_set_filter_ips(ops, ips, 1, 0, 0);
}
