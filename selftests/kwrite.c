// SPDX-License-Identifier: GPL-2.0-only
/*
 * kwrite [OPTION] FILE
 * kwrite --fd N
 *
 * Write all of the standard input, which may be empty and may hold any byte, to
 * FILE or the inherited descriptor N by exactly one write(2). Prints "ok N"
 * with the number of bytes written and exits 0, or prints the name of the
 * errno, "open" before it if it is open(2) that failed, and exits 1.
 *
 *   --drop-after-open	write without CAP_SYS_ADMIN what was opened with it
 *   --drop-for-open	write with CAP_SYS_ADMIN what was opened without it
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "errname.h"

#define INPUT_MAX 65536
#define USAGE_ERROR 2

static void usage(void)
{
	fputs("usage: kwrite [--drop-after-open | --drop-for-open] FILE\n"
	      "       kwrite --fd N\n", stderr);
	exit(USAGE_ERROR);
}

static int failed(const char *what)
{
	printf("%s%s\n", what, errname(errno));
	return 1;
}

static size_t read_input(char *buf)
{
	size_t len = 0;
	ssize_t n;

	while ((n = read(STDIN_FILENO, buf + len, INPUT_MAX + 1 - len)) > 0)
		len += n;
	if (n < 0) {
		perror("kwrite: standard input");
		exit(USAGE_ERROR);
	}
	if (len > INPUT_MAX) {
		fprintf(stderr, "kwrite: more than %d bytes on the standard input\n", INPUT_MAX);
		exit(USAGE_ERROR);
	}
	return len;
}

/* The other capabilities stay, so that the mode of the file is no obstacle. */
static void set_sys_admin(bool effective)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	const unsigned int bit = 1U << CAP_SYS_ADMIN;

	if (syscall(SYS_capget, &header, data))
		goto fail;
	if (!(data[0].permitted & bit)) {
		fputs("kwrite: CAP_SYS_ADMIN is needed to try to do without it\n", stderr);
		exit(USAGE_ERROR);
	}
	if (effective)
		data[0].effective |= bit;
	else
		data[0].effective &= ~bit;
	if (syscall(SYS_capset, &header, data))
		goto fail;
	return;
fail:
	perror("kwrite: capabilities");
	exit(USAGE_ERROR);
}

static int parse_fd(const char *word)
{
	char *end;
	long fd;

	errno = 0;
	fd = strtol(word, &end, 10);
	if (errno || end == word || *end || fd < 0 || fd > 1 << 20)
		usage();
	return fd;
}

int main(int argc, char *argv[])
{
	static char buf[INPUT_MAX + 1];
	bool drop_after = false, drop_for = false;
	size_t len;
	ssize_t n;
	int fd;

	if (argc == 3 && !strcmp(argv[1], "--drop-after-open"))
		drop_after = true;
	else if (argc == 3 && !strcmp(argv[1], "--drop-for-open"))
		drop_for = true;
	else if (!(argc == 3 && !strcmp(argv[1], "--fd")) && (argc != 2 || argv[1][0] == '-'))
		usage();

	len = read_input(buf);
	if (argc == 3 && !drop_after && !drop_for) {
		fd = parse_fd(argv[2]);
	} else {
		if (drop_for)
			set_sys_admin(false);
		fd = open(argv[argc - 1], O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			return failed("open ");
		if (drop_for)
			set_sys_admin(true);
		if (drop_after)
			set_sys_admin(false);
	}
	n = write(fd, buf, len);
	if (n < 0)
		return failed("");
	printf("ok %zd\n", n);
	return 0;
}
