/* SPDX-License-Identifier: GPL-2.0-only */
/* For files of kernel/ that are compiled into a program: see refusals.c. */
#include <stdbool.h>
#include <stddef.h>
