// SPDX-License-Identifier: GPL-2.0-only
/*
 * door NAME | door --list
 *
 * Go through one path of the kernel the way an ordinary program would, with the
 * least privilege that suffices, and tell whether the kernel lets it pass. Nothing
 * outside this process changes, save that the kernel may load modules.
 *
 * Exit status: 0 open; 1 closed, and the errno is printed; 2 it could not be tried;
 * 4 not here: this kernel lacks the path, or this user cannot get to it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../errname.h"
#include "doors.h"

#define NOBODY 65534
#define USAGE_ERROR 64
#define TIME_LIMIT 30	/* seconds */

static const struct door *const tables[] = {
	alg_doors, bpf_doors, esp_doors, fs_doors, io_uring_doors, ipset_doors, link_doors,
	nft_doors, ovs_doors, packet_doors, perf_doors, ptrace_doors, socket_doors, splice_doors,
	tc_doors, timer_doors, tls_doors, unix_doors, vsock_doors,
};

#define TABLES (sizeof(tables) / sizeof(tables[0]))

static const char *const privileges[] = {
	[ANY_USER] = "any user",
	[NET_NAMESPACE] = "user and network namespace",
	[MOUNT_NAMESPACE] = "user and mount namespace",
	[CONFIGURED] = "any user or root, as configured",
};

long sys(long result)
{
	return result < 0 ? -errno : result;
}

void closed(const char *why)
{
	printf("closed: %s\n", why);
	exit(DOOR_CLOSED);
}

void absent(const char *why)
{
	printf("not here: %s\n", why);
	exit(DOOR_ABSENT);
}

void failed(const char *why)
{
	printf("not tried: %s\n", why);
	exit(DOOR_FAILED);
}

static long judge(long result, const int *absent_if, const char *what, int otherwise)
{
	const char *verdict = otherwise == DOOR_CLOSED ? "closed" : "not tried";
	int err = -result;

	if (result >= 0)
		return result;
	for (; absent_if && *absent_if; absent_if++) {
		if (*absent_if == err) {
			verdict = "not here";
			otherwise = DOOR_ABSENT;
		}
	}
	printf("%s: %s: %s\n", verdict, what, errname(err));
	exit(otherwise);
}

long pass(long result, const int *absent_if, const char *what)
{
	return judge(result, absent_if, what, DOOR_CLOSED);
}

long need(long result, const int *absent_if, const char *what)
{
	return judge(result, absent_if, what, DOOR_FAILED);
}

void drop_privileges(void)
{
	need(sys(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)), NULL, "no_new_privs");
	if (getuid() != 0)
		return;
	/* Leaving uid 0 for good clears all capabilities. */
	need(sys(setgroups(0, NULL)), NULL, "setgroups");
	need(sys(setresgid(NOBODY, NOBODY, NOBODY)), NULL, "setresgid");
	need(sys(setresuid(NOBODY, NOBODY, NOBODY)), NULL, "setresuid");
	/* Else /proc/self belongs to root, and the maps of a namespace cannot be written. */
	need(sys(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)), NULL, "PR_SET_DUMPABLE");
}

static void write_file(const char *path, const char *text)
{
	int fd = need(sys(open(path, O_WRONLY | O_CLOEXEC)), ABSENT_IF(ENOENT), path);

	need(sys(write(fd, text, strlen(text))), ABSENT_IF(EPERM), path);
	close(fd);
}

static void write_map(const char *path, unsigned int id)
{
	char map[64];

	snprintf(map, sizeof(map), "0 %u 1", id);
	write_file(path, map);
}

void enter_namespaces(int flags)
{
	unsigned int uid = geteuid(), gid = getegid();

	/* EPERM and EACCES: a sysctl or a security module; ENOSPC: user.max_user_namespaces */
	need(sys(unshare(CLONE_NEWUSER | flags)), ABSENT_IF(EPERM, EACCES, ENOSPC, EINVAL),
	     "user namespaces for this user");
	write_file("/proc/self/setgroups", "deny");
	write_map("/proc/self/uid_map", uid);
	write_map("/proc/self/gid_map", gid);
}

void loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = need(sys(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), NULL, "a UDP socket");

	need(sys(ioctl(fd, SIOCSIFFLAGS, &request)), NULL, "the loopback device");
	close(fd);
}

long proc_number(const char *path, long missing)
{
	FILE *f = fopen(path, "re");
	long number;

	if (!f)
		return missing;
	if (fscanf(f, "%ld", &number) != 1)
		number = missing;
	fclose(f);
	return number;
}

static void list(void)
{
	const struct door *d;
	size_t i;

	for (i = 0; i < TABLES; i++) {
		for (d = tables[i]; d->name; d++)
			printf("%-20s %s (%s)\n", d->name, d->path, privileges[d->privilege]);
	}
}

static const struct door *find(const char *name)
{
	const struct door *d;
	size_t i;

	for (i = 0; i < TABLES; i++) {
		for (d = tables[i]; d->name; d++) {
			if (!strcmp(d->name, name))
				return d;
		}
	}
	return NULL;
}

static void go_through(const struct door *door)
{
	if (door->privilege != CONFIGURED)
		drop_privileges();
	if (door->privilege == NET_NAMESPACE)
		enter_namespaces(CLONE_NEWNET);
	if (door->privilege == MOUNT_NAMESPACE)
		enter_namespaces(CLONE_NEWNS);
	door->go(door);
}

int main(int argc, char *argv[])
{
	const struct door *door;

	if (argc != 2) {
		fputs("usage: door NAME | door --list\n", stderr);
		return USAGE_ERROR;
	}
	if (!strcmp(argv[1], "--list")) {
		list();
		return 0;
	}
	door = find(argv[1]);
	if (!door) {
		fprintf(stderr, "door: there is no door %s; door --list shows them\n", argv[1]);
		return USAGE_ERROR;
	}
	alarm(TIME_LIMIT);
	go_through(door);
	puts("open");
	return DOOR_OPEN;
}
