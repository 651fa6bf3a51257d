// SPDX-License-Identifier: GPL-2.0-only
/* linux/panic.h, of 5.14: the taint of the kernel; before, it is in linux/kernel.h */
#include <linux/panic.h>
