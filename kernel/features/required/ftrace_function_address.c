// SPDX-License-Identifier: GPL-2.0-only
/* ftrace_set_filter_ip() that takes the address of a function (Linux 5.18) */
#include <linux/ftrace.h>

/*
 * No header says so; ftrace_set_filter_ips() is of the same release. On x86 a
 * function begins with its ftrace site where it has to.
 */
#ifdef CONFIG_ARM64
int ks_ask(struct ftrace_ops *ops, unsigned long *ips);
int ks_ask(struct ftrace_ops *ops, unsigned long *ips)
{
	return ftrace_set_filter_ips(ops, ips, 1, 0, 0);
}
#endif
