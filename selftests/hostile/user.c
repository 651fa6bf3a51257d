// SPDX-License-Identifier: GPL-2.0-only
/* What a user without any capability tries. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_alg.h>
#include <linux/if_link.h>
#include <linux/io_uring.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "../errname.h"
#include "../netlink.h"
#include "../target.h"
#include "held.h"
#include "hostile.h"

static const char * const lists[] = {
	KS_ROOT "engaged", KS_ROOT "pending", KS_ROOT "sealed", KS_ROOT "locked", KS_ROOT "taint",
};

#define LISTS (sizeof(lists) / sizeof(lists[0]))

static long read_there(int fd, void *page)
{
	return pread(fd, page, HELD_PAGE, 0);
}

static long read_by_vector(int fd, void *page)
{
	struct iovec v = { page, HELD_PAGE };

	return readv(fd, &v, 1);
}

/* The vector itself is in the page. */
static long read_vector_there(int fd, void *page)
{
	return syscall(SYS_readv, fd, page, 1);
}

static long state_into(int fd, void *page)
{
	return fstat(fd, page);
}

static long file_system_into(int fd, void *page)
{
	return fstatfs(fd, page);
}

static long attributes_into(int fd, void *page)
{
	return flistxattr(fd, page, HELD_PAGE);
}

static long label_into(int fd, void *page)
{
	return fgetxattr(fd, "security.selinux", page, HELD_PAGE);
}

static long handle_into(int fd, void *page)
{
	return syscall(SYS_name_to_handle_at, fd, "", page, page, AT_EMPTY_PATH);
}

static long lock_into(int fd, void *page)
{
	return fcntl(fd, F_GETLK, page);
}

static long length_into(int fd, void *page)
{
	return ioctl(fd, FIONREAD, page);
}

static long send_from(int fd, void *page)
{
	int ends[2];

	return pipe(ends) ? -1 : sendfile(ends[1], fd, page, HELD_PAGE);
}

static long splice_from(int fd, void *page)
{
	int ends[2];

	return pipe(ends) ? -1 : splice(fd, page, ends[1], NULL, HELD_PAGE, 0);
}

static long copy_from(int fd, void *page)
{
	return syscall(SYS_copy_file_range, fd, page, fd, NULL, 1, 0);
}

static long poll_there(int fd, void *page)
{
	(void)fd;
	return syscall(SYS_ppoll, page, 1, NULL, NULL, 0);
}

static long folder_into(int fd, void *page)
{
	if (fchdir(fd))
		return -1;
	return syscall(SYS_getcwd, page, HELD_PAGE);
}

/* The name is in the page: what is behind the directory is looked for once that is there. */
static long open_there(int fd, void *page)
{
	return syscall(SYS_openat, fd, page, O_RDONLY);
}

static long ask_state_there(int fd, void *page)
{
	return syscall(SYS_statx, fd, page, 0, 0, page);
}

static long make_there(int fd, void *page)
{
	return syscall(SYS_mkdirat, fd, page, 0700);
}

static long watch_there(int fd, void *page)
{
	(void)fd;
	return syscall(SYS_inotify_add_watch, inotify_init(), page, IN_ALL_EVENTS);
}

static long read_events(int fd, void *page)
{
	int watch = inotify_init();

	(void)fd;
	if (inotify_add_watch(watch, KS_ROOT "engaged", IN_ALL_EVENTS) < 0)
		return -1;
	close(open(KS_ROOT "engaged", O_RDONLY | O_CLOEXEC));
	return read(watch, page, HELD_PAGE);
}

static long ring_into(int fd, void *page);

#define FOLDER (O_RDONLY | O_DIRECTORY)

const struct held_call user_calls[] = {
	{ KS_ROOT, FOLDER, list_into },
	{ KS_FN, FOLDER, list_into },
	{ KS_FN "/test_killswitch:ks_test_vuln", FOLDER, list_into },
	{ "/sys/module", FOLDER, list_into },
	{ "/sys/module/killswitch", FOLDER, list_into },
	{ "/sys/module/killswitch/parameters", FOLDER, list_into },
	{ "/sys/module/test_killswitch", FOLDER, list_into },
	{ "/proc/self/task", FOLDER, list_into },
	{ KS_ROOT "engaged", O_RDONLY, read_into },
	{ KS_ROOT "pending", O_RDONLY, read_into },
	{ KS_ROOT "sealed", O_RDONLY, read_into },
	{ KS_ROOT "locked", O_RDONLY, read_into },
	{ KS_ROOT "taint", O_RDONLY, read_into },
	{ KS_ROOT "control", O_WRONLY, write_from },
	{ KS_ROOT "engaged", O_RDONLY, read_there },
	{ KS_ROOT "engaged", O_RDONLY, read_by_vector },
	{ KS_ROOT "engaged", O_RDONLY, read_vector_there },
	{ KS_ROOT "engaged", O_RDONLY, state_into },
	{ KS_ROOT "engaged", O_RDONLY, file_system_into },
	{ KS_ROOT "engaged", O_RDONLY, attributes_into },
	{ KS_ROOT "engaged", O_RDONLY, label_into },
	{ KS_ROOT "engaged", O_RDONLY, handle_into },
	{ KS_ROOT "engaged", O_RDONLY, lock_into },
	{ KS_ROOT "engaged", O_RDONLY, length_into },
	{ KS_ROOT "engaged", O_RDONLY, send_from },
	{ KS_ROOT "engaged", O_RDONLY, splice_from },
	{ KS_ROOT "engaged", O_RDONLY, copy_from },
	{ KS_ROOT "engaged", O_RDONLY, poll_there },
	{ KS_ROOT "engaged", O_RDONLY, ring_into },
	{ KS_ROOT, O_PATH, folder_into },
	{ KS_ROOT, O_PATH, open_there },
	{ KS_ROOT, O_PATH, ask_state_there },
	{ KS_ROOT, O_PATH, make_there },
	{ NULL, 0, watch_there },
	{ NULL, 0, read_events },
	{ "/proc/modules", O_RDONLY, read_into },
	{ "/proc/kallsyms", O_RDONLY, read_into },
	{ "/proc/self/mountinfo", O_RDONLY, read_into },
	{ "/sys/module/killswitch/refcnt", O_RDONLY, read_into },
	{ "/sys/module/killswitch/initstate", O_RDONLY, read_into },
	{ "/sys/module/test_killswitch/initstate", O_RDONLY, read_into },
};

const size_t user_call_count = sizeof(user_calls) / sizeof(user_calls[0]);

static void hold_by_fuse(void)
{
	hold_calls(user_calls, user_call_count, true);
}

static void hold_by_userfaultfd(void)
{
	hold_calls(user_calls, user_call_count, false);
}

/* The folder above is the kernel's, and all may list it. */
static void hold_above(void)
{
	static const struct held_call call = { "/sys/kernel/security", FOLDER, list_into };

	hold_calls(&call, 1, true);
}

/* An io_uring, as much of it as it takes for one request at a time. */
struct ring {
	int fd;
	unsigned int *tail, *mask, *array;
	struct io_uring_sqe *sqes;
};

static bool ring_open(struct ring *r)
{
	struct io_uring_params p = { };
	char *sq;

	r->fd = syscall(SYS_io_uring_setup, 4, &p);
	if (r->fd < 0)
		return false;
	sq = mmap(NULL, p.sq_off.array + p.sq_entries * sizeof(unsigned int),
		  PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, IORING_OFF_SQ_RING);
	r->sqes = mmap(NULL, p.sq_entries * sizeof(*r->sqes), PROT_READ | PROT_WRITE, MAP_SHARED,
		       r->fd, IORING_OFF_SQES);
	if (sq == MAP_FAILED || r->sqes == MAP_FAILED)
		return false;
	r->tail = (unsigned int *)(sq + p.sq_off.tail);
	r->mask = (unsigned int *)(sq + p.sq_off.ring_mask);
	r->array = (unsigned int *)(sq + p.sq_off.array);
	return true;
}

static long ring_do(struct ring *r, const struct io_uring_sqe *sqe)
{
	unsigned int i = *r->tail & *r->mask;

	r->sqes[i] = *sqe;
	r->array[i] = i;
	__atomic_store_n(r->tail, *r->tail + 1, __ATOMIC_RELEASE);
	return syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0);
}

/* IOSQE_ASYNC: a thread of the kernel's does it. */
static long ring_into(int fd, void *page)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_READ, .flags = IOSQE_ASYNC, .fd = fd,
		.addr = (unsigned long)page, .len = HELD_PAGE,
	};
	struct ring r;

	return ring_open(&r) ? ring_do(&r, &sqe) : -1;
}

static void move_lists(void)
{
	static char buf[HELD_PAGE];
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_READ, .addr = (unsigned long)buf, .len = sizeof(buf),
	};
	static struct ring r;
	static int ends[2], null;
	int fd = open(lists[worker % LISTS], O_RDONLY | O_CLOEXEC), n;

	if (!null) {
		null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) || !ring_open(&r))
			exit(0);
	}
	if (fd < 0)
		return;
	sqe.fd = fd;
	for (n = 0; n < 8; n++) {
		sqe.flags = below(2) ? IOSQE_ASYNC : 0;
		sqe.len = below(sizeof(buf)) + 1;
		ring_do(&r, &sqe);
		splice(fd, NULL, ends[1], NULL, HELD_PAGE, SPLICE_F_NONBLOCK);
		sendfile(ends[1], fd, NULL, HELD_PAGE);
		splice(ends[0], NULL, null, NULL, 1 << 20, SPLICE_F_NONBLOCK);
	}
	close(fd);
}

static void use_rings_and_pipes(void)
{
	struct ring r;

	if (!ring_open(&r))
		note("no io_uring: %s", errname(errno));
	start_workers(4, move_lists);
}

static void read_lists(void)
{
	char buf[256];

	get(lists[below(LISTS)], buf, sizeof(buf));
	get(KS_ROOT "nothing", buf, sizeof(buf));
}

/* Its own readers, stopped and gone on at any time, by signals and by ptrace at each call. */
static void stop_readers(void)
{
	pid_t pid = fork();
	int status, n;

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (worker % 2)
			ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		for (;;)
			read_lists();
	}
	waitpid(pid, &status, WUNTRACED);
	for (n = 0; n < 200; n++) {
		if (!(worker % 2)) {
			kill(pid, n % 2 ? SIGSTOP : SIGCONT);
			usleep(below(2000));
		} else {
			ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
			waitpid(pid, &status, 0);
			/* in the middle of one, for a while */
			if (!below(16))
				usleep(below(100000));
		}
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void stop_and_trace(void)
{
	start_workers(4, stop_readers);
}

/* Until there are no more descriptors, which are kept. */
static void open_all(void)
{
	struct rlimit r;
	unsigned long n = 0;
	char byte;
	int fd;

	getrlimit(RLIMIT_NOFILE, &r);
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
	while ((fd = open(lists[n % LISTS], O_RDONLY | O_CLOEXEC)) >= 0) {
		if (n++ % 2 && read(fd, &byte, 1) < 0)
			break;
	}
	note("%lu files open, and then %s", n, errname(errno));
	for (;;)
		pause();
}

static void use_up_descriptors(void)
{
	start_workers(4, open_all);
	sleep(2);
}

static void read_limited(void)
{
	spread_limits();
	for (;;) {
		char byte;
		int fd = open(lists[below(LISTS)], O_RDONLY | O_CLOEXEC);

		if (fd < 0 || read(fd, &byte, 1) < 0)
			usleep(USEC_PER_MSEC);
		close(fd);
	}
}

static void read_with_limits(void)
{
	start_workers(8, read_limited);
}

static void bind_alg(const char *type, const char *name)
{
	struct sockaddr_alg a = { .salg_family = AF_ALG };
	int fd = socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	snprintf((char *)a.salg_type, sizeof(a.salg_type), "%s", type);
	snprintf((char *)a.salg_name, sizeof(a.salg_name), "%s", name);
	/* whether it fails does not matter: what counts is what is looked for */
	(void)!bind(fd, (struct sockaddr *)&a, sizeof(a));
	close(fd);
}

static void add_link(const char *kind)
{
	struct ifinfomsg link = { .ifi_family = AF_UNSPEC };
	struct nl_request r;
	size_t nest;
	int fd = nl_open(NETLINK_ROUTE);

	if (fd < 0)
		return;
	nl_begin(&r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof(link));
	nest = nl_nest_begin(&r, IFLA_LINKINFO);
	nl_put(&r, IFLA_INFO_KIND, kind, strlen(kind) + 1);
	nl_nest_end(&r, nest);
	nl_do(fd, &r);
	close(fd);
}

/* In namespaces of his own he may ask for much: each name makes the kernel run modprobe. */
static void ask_for_modules(void)
{
	static const char * const kinds[] = { "ipip", "sit", "gre", "veth", "vxlan", "nothing" };
	static const char * const types[] = { "hash", "skcipher", "aead", "rng", "nothing" };
	char name[32];

	snprintf(name, sizeof(name), "hostile-%u", below(1 << 30));
	switch (worker % 4) {
	case 0:
		close(socket(below(46), SOCK_RAW + below(3), below(256)));
		break;
	case 1:
		bind_alg(types[below(5)], below(2) ? "sha256" : name);
		break;
	case 2:
		add_link(below(2) ? kinds[below(6)] : name);
		break;
	default:
		mount("none", HELD_MOUNT, name, 0, NULL);
	}
}

static void storm_modules(void)
{
	int err = own_mounts(CLONE_NEWNET);

	if (err)
		note("no namespaces: %s", errname(err));
	start_workers(4, ask_for_modules);
}

/* One way each to be in the way, in a mount namespace of its own, for ever. */
static void occupy(void)
{
	static const char * const files[] = { KS_ROOT "engaged", KS_ROOT "control", KS_ROOT "fn" };
	char path[64];
	int err = own_mounts(CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC);

	if (err)
		skip("no namespaces: %s", errname(err));
	mount("own", HELD_MOUNT, "tmpfs", 0, NULL);
	snprintf(path, sizeof(path), HELD_MOUNT "/%u", worker);
	switch (worker % 6) {
	case 0:
		err = mount("own", "/sys/kernel/security", "tmpfs", 0, NULL);
		mkdir(KS_ROOT, 0755);
		put(KS_ROOT "engaged", "forged\n");
		break;
	case 1:
		err = mount("own", KS_ROOT, "tmpfs", 0, NULL);
		break;
	case 2:
		close(open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600));
		err = mount(path, files[below(2)], NULL, MS_BIND, NULL);
		break;
	case 3:
		close(open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600));
		err = mount(files[below(2)], path, NULL, MS_BIND, NULL);
		break;
	case 4:
		mkdir(path, 0755);
		err = mount(KS_ROOT, path, NULL, MS_BIND | MS_REC, NULL);
		if (!err)
			err = chdir(path);
		break;
	default:
		err = chdir(KS_ROOT) || chroot(".");
	}
	if (err)
		note("way %u to occupy it: %s", worker % 6, errname(errno));
	for (;;)
		pause();
}

static void come_and_go(void)
{
	pid_t pid = fork();

	if (!pid) {
		own_mounts(CLONE_NEWPID | CLONE_NEWIPC);
		mount("own", KS_ROOT, "tmpfs", 0, NULL);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	usleep(10 * USEC_PER_MSEC);
}

static void use_namespaces(void)
{
	start_workers(6, occupy);
	start_workers(1, come_and_go);
	sleep(1);
}

/* Whatever changes something, by any name; none may succeed. */
static void try_change(void)
{
	static const char * const names[] = {
		KS_ROOT "control", KS_ROOT "engaged", KS_ROOT "sealed", KS_ROOT "fn", KS_ROOT "new",
		KS_FN "/test_killswitch:ks_test_vuln/retval", KS_FN "/new",
	};
	const char *name = names[below(sizeof(names) / sizeof(names[0]))];
	static char longer[PATH_MAX * 2];
	int what = below(14), done = -1, fd;

	switch (what) {
	case 0:
		done = open(name, O_WRONLY | O_CLOEXEC);
		break;
	case 1:
		done = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		break;
	case 2:
		done = mkdir(name, 0777);
		break;
	case 3:
		done = unlink(name);
		break;
	case 4:
		done = rmdir(name);
		break;
	case 5:
		done = rename(name, KS_ROOT "renamed");
		break;
	case 6:
		done = link(name, KS_ROOT "linked");
		break;
	case 7:
		done = symlink("/etc/passwd", name);
		break;
	case 8:
		done = chmod(name, 0666);
		break;
	case 9:
		done = truncate(name, 0);
		break;
	case 10:
		done = setxattr(name, below(2) ? "user.x" : "security.x", longer, 64, 0);
		break;
	case 11:
		done = mknod(name, S_IFIFO | 0666, 0);
		break;
	case 12:
		fd = open(name, O_RDONLY | O_CLOEXEC);
		done = fcntl(fd, F_SETLEASE, F_WRLCK);
		close(fd);
		break;
	default:
		memset(longer, below(2) ? '/' : 'x', sizeof(longer) - 1);
		memcpy(longer, KS_ROOT, sizeof(KS_ROOT) - 1);
		longer[sizeof(KS_ROOT) + below(sizeof(longer) - sizeof(KS_ROOT))] = '\0';
		done = open(longer, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	}
	if (done >= 0)
		won("change %d of %s", what, name);
}

static void change_all(void)
{
	start_workers(6, try_change);
}

/* Looks for names, opens lists and locks them, at the lowest priority on a CPU that others use. */
static void look_idly(void)
{
	struct sched_param p = { };
	char path[128];
	int fd;

	sched_setscheduler(0, SCHED_IDLE, &p);
	snprintf(path, sizeof(path), KS_ROOT "nothing-%u", below(1 << 30));
	close(open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
	snprintf(path, sizeof(path), "/sys/kernel/security/nothing-%u", below(1 << 30));
	mkdir(path, 0700);
	fd = open(lists[below(LISTS)], O_RDONLY | O_CLOEXEC);
	flock(fd, LOCK_EX | LOCK_NB);
	read_into(fd, path);
	close(fd);
}

static void look_at_lowest_priority(void)
{
	use_one_cpu();
	start_workers(4, look_idly);
	start_workers(4, spin);
	sleep(1);
}

const struct attack user_attacks[] = {
	{ "fuse", hold_by_fuse, 0 },
	{ "fuse-above", hold_above, UNLOAD_WAITS },
	{ "userfaultfd", hold_by_userfaultfd, 0 },
	{ "hog", keep_cpu_busy, UNLOAD_WAITS },
	{ "idle", look_at_lowest_priority, UNLOAD_WAITS },
	{ "stop", stop_and_trace, 0 },
	{ "descriptors", use_up_descriptors, 0 },
	{ "limits", read_with_limits, 0 },
	{ "modules", storm_modules, 0 },
	{ "namespaces", use_namespaces, 0 },
	{ "changes", change_all, 0 },
	{ "rings", use_rings_and_pipes, 0 },
};

const size_t user_attack_count = sizeof(user_attacks) / sizeof(user_attacks[0]);
