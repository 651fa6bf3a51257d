// SPDX-License-Identifier: GPL-2.0-only
/* ftrace callbacks that get struct ftrace_regs, of 5.11; before, they get struct pt_regs */
#include <linux/ftrace.h>

static_assert(__same_type(ftrace_func_t, void (*)(unsigned long ip, unsigned long parent_ip,
						  struct ftrace_ops *ops, struct ftrace_regs *fregs)));
