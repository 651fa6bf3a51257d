/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DOORS_H
#define DOORS_H

#include <stddef.h>

/* The exit status of a door. */
enum {
	DOOR_OPEN = 0,
	DOOR_CLOSED = 1,	/* the kernel refused it */
	DOOR_FAILED = 2,	/* it could not be tried */
	DOOR_ABSENT = 4,	/* this kernel, or this user, has no such path */
};

/* The least privilege that reaches a path, which a door runs with. */
enum privilege {
	ANY_USER,
	NET_NAMESPACE,		/* root in user and network namespaces of its own */
	MOUNT_NAMESPACE,	/* root in user and mount namespaces of its own */
	CONFIGURED,		/* a sysctl decides; the door drops what it can do without */
};

struct door {
	const char *name;
	const char *path;	/* what it goes through, for --list */
	enum privilege privilege;
	void (*go)(const struct door *door);	/* returns: the door is open */
	const void *data;	/* for doors that share a function */
};

/* A table of doors ends with an entry without a name. */
extern const struct door alg_doors[], bpf_doors[], esp_doors[], fs_doors[], io_uring_doors[],
	ipset_doors[], link_doors[], nft_doors[], ovs_doors[], packet_doors[], perf_doors[],
	ptrace_doors[], socket_doors[], splice_doors[], tc_doors[], timer_doors[], tls_doors[],
	unix_doors[], vsock_doors[];

/* What a system call returned: as it is, or -errno. */
long sys(long result);

/*
 * Errnos that say "this kernel lacks it" at a certain step, for pass() and need();
 * an engagement that returns one of them there cannot be told from a missing part.
 */
#define ABSENT_IF(...) ((const int[]){ __VA_ARGS__, 0 })
#define ABSENT_SOCKET ABSENT_IF(EAFNOSUPPORT, EPROTONOSUPPORT, ESOCKTNOSUPPORT)

/*
 * A step that belongs to the path: when @result is a negative errno the door is
 * closed, or absent if the errno is in @absent (may be NULL). Return: @result.
 */
long pass(long result, const int *absent, const char *what);

/* A step that the door merely needs: when it fails, the door could not be tried. */
long need(long result, const int *absent, const char *what);

/* The door is closed, though no system call said so. */
__attribute__((noreturn)) void closed(const char *why);
__attribute__((noreturn)) void absent(const char *why);
__attribute__((noreturn)) void failed(const char *why);

/* Become the user 65534 for good, with no groups and capabilities, if root. */
void drop_privileges(void);

/* Enter new user namespaces and others as root of them; @flags as for unshare(2). */
void enter_namespaces(int flags);

/* Bring the loopback device of this network namespace up. */
void loopback_up(void);

/* The number in a file of /proc; @missing if there is no such file. */
long proc_number(const char *path, long missing);

#endif
