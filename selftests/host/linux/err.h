/* SPDX-License-Identifier: GPL-2.0-only */
#define MAX_ERRNO 4095
