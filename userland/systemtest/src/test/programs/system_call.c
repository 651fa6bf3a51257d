// SPDX-License-Identifier: GPL-2.0-only
/*
 * system_call NAME ARGUMENT...
 *
 * Make one system call and print "ok" or its errno:
 *
 *	open PATH		connect ADDRESS PORT
 *	open-fresh PATH		the path is in a page that is not in memory yet;
 *				the comm is "fresh" then
 *	open-at ADDRESS		the path is at an address
 *	socket FAMILY		socket32 FAMILY (by int 0x80)
 *	socketcall FAMILY	(by int 0x80)
 *	bind ADDRESS PORT	sendmsg PARTS
 *	ioctl REQUEST		clone3 FLAGS
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static long by_interrupt(long number, long a, long b, long c)
{
#ifdef __x86_64__
	long result;

	asm volatile("int $0x80" : "=a"(result)
		     : "a"(number), "b"(a), "c"(b), "d"(c)
		     : "memory", "r8", "r9", "r10", "r11");
	if (result >= 0)
		return result;
	errno = -result;
#else
	(void)number, (void)a, (void)b, (void)c;
	errno = ENOSYS;
#endif
	return -1;
}

static long socketcall(long family)
{
	uint32_t *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
#ifdef MAP_32BIT
			     MAP_32BIT |
#endif
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	low[0] = family;
	low[1] = SOCK_SEQPACKET;
	low[2] = 0;
	return by_interrupt(102, 1, (long)low, 0);
}

/* A page of a file that has just been mapped is read from it only when it is looked at. */
static char *fresh(const char *path)
{
	int fd = open("/tmp/fresh", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *page;

	if (fd < 0 || write(fd, path, strlen(path) + 1) < 0)
		exit(2);
	page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	prctl(PR_SET_NAME, "fresh");
	return page;
}

static long clone3(unsigned long flags)
{
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (!pid)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return pid;
}

static long message(int parts)
{
	static char byte[2];
	struct iovec iov[2] = { { byte, 1 }, { byte, 1 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = parts };
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, fds))
		exit(2);
	return sendmsg(fds[0], &msg, 0);
}

static long address(const char *name, const char *text, int port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
	int is_six = inet_pton(AF_INET6, text, &six.sin6_addr) == 1;
	struct sockaddr *to = is_six ? (void *)&six : (void *)&four;
	int fd = socket(to->sa_family, SOCK_STREAM, 0);

	if (!is_six && inet_pton(AF_INET, text, &four.sin_addr) != 1)
		exit(2);
	return (*name == 'c' ? connect : bind)(fd, to, is_six ? sizeof(six) : sizeof(four));
}

int main(int argc, char *argv[])
{
	const char *name = argc > 2 ? argv[1] : "";
	long number = argc > 2 ? strtoul(argv[2], NULL, 0) : 0;
	long result;

	if (!strcmp(name, "open"))
		result = open(argv[2], O_RDONLY);
	else if (!strcmp(name, "open-fresh"))
		result = open(fresh(argv[2]), O_RDONLY);
	else if (!strcmp(name, "open-at"))
		result = syscall(SYS_openat, AT_FDCWD, number, O_RDONLY);
	else if (!strcmp(name, "socket"))
		result = socket(number, SOCK_SEQPACKET, 0);
	else if (!strcmp(name, "socket32"))
		result = by_interrupt(359, number, SOCK_SEQPACKET, 0);
	else if (!strcmp(name, "socketcall"))
		result = socketcall(number);
	else if ((!strcmp(name, "connect") || !strcmp(name, "bind")) && argc == 4)
		result = address(name, argv[2], atoi(argv[3]));
	else if (!strcmp(name, "sendmsg"))
		result = message(number);
	else if (!strcmp(name, "ioctl"))
		result = ioctl(0, number, 0);
	else if (!strcmp(name, "clone3"))
		result = clone3(number);
	else {
		fputs("usage: system_call NAME ARGUMENT...\n", stderr);
		return 2;
	}
	puts(result < 0 ? strerrorname_np(errno) : "ok");
	return 0;
}
