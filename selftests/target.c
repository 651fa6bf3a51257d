// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "target.h"

#define SYSLOG_ACTION_READ_ALL 3

int put_bytes(const char *path, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;
	int err;

	if (fd < 0)
		return errno;
	n = write(fd, bytes, len);
	err = n < 0 ? errno : (size_t)n == len ? 0 : EIO;
	close(fd);
	return err;
}

int put(const char *path, const char *text)
{
	return put_bytes(path, text, strlen(text));
}

int get(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 0;
	int err;

	buf[0] = '\0';
	if (fd < 0)
		return errno;
	while (len < size - 1 && (n = read(fd, buf + len, size - 1 - len)) > 0)
		len += n;
	err = n < 0 ? errno : 0;
	buf[err ? 0 : len] = '\0';
	close(fd);
	return err;
}

int load_module(const char *file, const char *parameters)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return errno;
	err = syscall(SYS_finit_module, fd, parameters, 0) ? errno : 0;
	close(fd);
	return err;
}

int unload_module(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? errno : 0;
}

void read_kernel_log(char *buf, size_t size)
{
	int len = klogctl(SYSLOG_ACTION_READ_ALL, buf, size - 1);

	buf[len < 0 ? 0 : len] = '\0';
}

int pin_guard(void)
{
	static const struct bpf_insn one[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_KPROBE,
		.insns = (unsigned long)one,
		.insn_cnt = sizeof(one) / sizeof(one[0]),
		.license = (unsigned long)"GPL",
	};
	union bpf_attr pin = { .pathname = (unsigned long)KS_GUARD };
	int fd, err;

	if (!access(KS_GUARD, F_OK))
		return 0;
	/* busy: it is mounted */
	if (mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL) && errno != EBUSY)
		return errno;
	fd = syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof(load));
	if (fd < 0)
		return errno;
	pin.bpf_fd = fd;
	err = syscall(SYS_bpf, BPF_OBJ_PIN, &pin, sizeof(pin)) ? errno : 0;
	close(fd);
	return err;
}

/* Marsaglia's xorshift, "Xorshift RNGs", 2003 */
unsigned int random_next(unsigned int *state)
{
	unsigned int x = *state;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	*state = x;
	return x;
}
