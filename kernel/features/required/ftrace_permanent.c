// SPDX-License-Identifier: GPL-2.0-only
/* FTRACE_OPS_FL_PERMANENT (Linux 5.5) */
#include <linux/ftrace.h>

int ks_ask = FTRACE_OPS_FL_PERMANENT;
