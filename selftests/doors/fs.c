// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "doors.h"

#ifndef SYS_fsopen
#define SYS_fsopen 430
#define SYS_fsconfig 431
#endif
#ifndef FSCONFIG_SET_STRING
#define FSCONFIG_SET_STRING 1
#endif

/* A folder that every system has and that nothing below this process looks into. */
#define MOUNT_POINT "/proc"

static int kernel_before(int major, int minor)
{
	struct utsname name;
	int is_major, is_minor;

	if (uname(&name) || sscanf(name.release, "%d.%d", &is_major, &is_minor) != 2)
		return 0;
	return is_major < major || (is_major == major && is_minor < minor);
}

/* In an overlay over a tmpfs write to a file of the lower layer, which copies it up. */
static void overlay(const struct door *door)
{
	static const char *const folders[] = { "lower", "upper", "work", "merged" };
	size_t i;
	int fd;

	(void)door;
	need(sys(mount("door", MOUNT_POINT, "tmpfs", 0, NULL)), NULL, "a tmpfs");
	need(sys(chdir(MOUNT_POINT)), NULL, "chdir");
	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		need(sys(mkdir(folders[i], 0700)), NULL, "mkdir");
	fd = need(sys(open("lower/file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600)), NULL, "a file");
	close(fd);

	if (kernel_before(5, 11))
		absent("overlayfs is not for user namespaces before 5.11");
	pass(sys(mount("door", "merged", "overlay", 0,
		       "lowerdir=lower,upperdir=upper,workdir=work,userxattr")),
	     ABSENT_IF(ENODEV), "mount overlay");
	fd = pass(sys(open("merged/file", O_WRONLY | O_CLOEXEC)), NULL, "opening a lower file");
	pass(sys(write(fd, "x", 1)), NULL, "write");
}

/* The parameter of a file system whose context is the old kind, where devpts is one. */
static void parameter(const struct door *door)
{
	int fd;

	(void)door;
	fd = pass(sys(syscall(SYS_fsopen, "devpts", 0)), ABSENT_IF(ENOSYS, ENODEV), "fsopen");
	pass(sys(syscall(SYS_fsconfig, fd, FSCONFIG_SET_STRING, "ptmxmode", "0666", 0)), NULL,
	     "FSCONFIG_SET_STRING");
	/* The old kind only keeps parameters, and asks the file system at the mount. */
	if (syscall(SYS_fsconfig, fd, FSCONFIG_SET_STRING, "no_such_parameter", "1", 0))
		absent("devpts has a parser of its own");
}

const struct door fs_doors[] = {
	{ "fsconfig", "fsconfig() of a new file system context", MOUNT_NAMESPACE, parameter, NULL },
	{ "overlayfs", "overlayfs, with a file that is copied up", MOUNT_NAMESPACE, overlay, NULL },
	{ 0 },
};
