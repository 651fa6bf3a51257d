/* SPDX-License-Identifier: GPL-2.0-only */
/* What the questions include has to compile, or every answer would be no. */
#ifndef KS_HEADERS_H
#define KS_HEADERS_H

#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/ftrace.h>
#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

#endif
