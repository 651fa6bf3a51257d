// SPDX-License-Identifier: GPL-2.0-only
/* A variable that has the name of the twins' function: no third function. */
#include <linux/module.h>

extern int ks_twin;
int ks_twin = 3;

MODULE_DESCRIPTION("A variable with the name of a function elsewhere");
MODULE_LICENSE("GPL");
