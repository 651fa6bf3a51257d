// SPDX-License-Identifier: GPL-2.0-only
/* FTRACE_OPS_FL_RECURSION_SAFE, up to 5.10: a callback that needs no protection says so; later, it is one that says nothing */
#include <linux/ftrace.h>

int ks_ask = FTRACE_OPS_FL_RECURSION_SAFE;
