// SPDX-License-Identifier: GPL-2.0-only
/* ftrace_partial_regs(), of 6.13: what struct ftrace_regs has, as struct pt_regs */
#include <linux/ftrace.h>

struct pt_regs *ks_ask(struct ftrace_regs *fregs, struct pt_regs *regs);
struct pt_regs *ks_ask(struct ftrace_regs *fregs, struct pt_regs *regs)
{
	return ftrace_partial_regs(fregs, regs);
}
