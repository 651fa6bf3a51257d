// SPDX-License-Identifier: GPL-2.0-only
/* ftrace_regs_set_instruction_pointer(), of 6.2; before, it is ftrace_instruction_pointer_set() */
#include <linux/ftrace.h>

void ks_ask(struct ftrace_regs *fregs);
void ks_ask(struct ftrace_regs *fregs)
{
	ftrace_regs_set_instruction_pointer(fregs, 0);
}
