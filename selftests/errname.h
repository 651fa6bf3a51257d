/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ERRNAME_H
#define ERRNAME_H

/* The symbolic name of an errno, "EPERM" for 1; "errno 512" where it has none. */
const char *errname(int err);

/* The errno with the given name, 0 if there is none. */
int errno_by_name(const char *name);

#endif
