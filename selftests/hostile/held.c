// SPDX-License-Identifier: GPL-2.0-only
/* Memory that the kernel waits for: see held.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../target.h"
#include "held.h"

#define FILE_NODE 2
#define FOREVER 1000000		/* seconds that the kernel may keep attributes for */

int own_mounts(int more)
{
	char map[64];
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (!uid) {
		if (unshare(CLONE_NEWNS | more))
			return errno;
	} else {
		/* a process that has changed its user owns its files in /proc only then */
		prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS | more))
			return errno;
		put("/proc/self/setgroups", "deny");
		snprintf(map, sizeof(map), "%u %u 1", uid, uid);
		if (put("/proc/self/uid_map", map))
			return EPERM;
		snprintf(map, sizeof(map), "%u %u 1", gid, gid);
		if (put("/proc/self/gid_map", map))
			return EPERM;
	}
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ? errno : 0;
}

static void answer(int fd, uint64_t unique, int error, const void *data, size_t size)
{
	struct {
		struct fuse_out_header header;
		char data[256];
	} out = { .header = { .error = -error, .unique = unique } };

	if (size)
		memcpy(out.data, data, size);
	out.header.len = sizeof(out.header) + size;
	/* whoever asked may be gone */
	if (write(fd, &out, out.header.len) < 0 && errno != ENOENT)
		_exit(1);
}

static struct fuse_attr attributes(uint64_t node)
{
	return (struct fuse_attr) {
		.ino = node,
		.mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0644,
		.nlink = 1,
		.size = 1 << 20,
		.blksize = HELD_PAGE,
	};
}

/* A file system with one file, whatever it is looked up by, that is never read to an end. */
static void serve_fuse(int fd, _Atomic unsigned int *touched)
{
	static char buf[FUSE_MIN_READ_BUFFER * 4];
	const struct fuse_in_header *in = (const void *)buf;

	for (;;) {
		struct fuse_init_out init = {
			.major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = HELD_PAGE,
		};
		struct fuse_entry_out entry = {
			.nodeid = FILE_NODE, .entry_valid = FOREVER, .attr_valid = FOREVER,
			.attr = attributes(FILE_NODE),
		};
		struct fuse_attr_out attr = { .attr_valid = FOREVER };
		struct fuse_open_out open = { .fh = 1 };

		if (read(fd, buf, sizeof(buf)) < 0) {
			if (errno == EINTR || errno == ENOENT)
				continue;
			_exit(1);
		}
		switch (in->opcode) {
		case FUSE_INIT:
			answer(fd, in->unique, 0, &init, sizeof(init));
			break;
		case FUSE_LOOKUP:
			answer(fd, in->unique, 0, &entry, sizeof(entry));
			break;
		case FUSE_GETATTR:
			attr.attr = attributes(in->nodeid);
			answer(fd, in->unique, 0, &attr, sizeof(attr));
			break;
		case FUSE_OPEN:
			answer(fd, in->unique, 0, &open, sizeof(open));
			break;
		case FUSE_READ:
			(*touched)++;
			break;
		case FUSE_FORGET:
		case FUSE_BATCH_FORGET:
		case FUSE_INTERRUPT:
			break;
		default:
			answer(fd, in->unique, ENOSYS, NULL, 0);
		}
	}
}

static void serve_userfaultfd(int fd, _Atomic unsigned int *touched)
{
	struct uffd_msg msg;

	while (read(fd, &msg, sizeof(msg)) == sizeof(msg))
		(*touched)++;
	_exit(1);
}

static int start_server(struct held *h, int fd, void (*serve)(int, _Atomic unsigned int *))
{
	pid_t parent = getpid();

	h->touched = mmap(NULL, HELD_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
			  0);
	if (h->touched == MAP_FAILED)
		return errno;
	h->server = fork();
	if (h->server < 0)
		return errno;
	if (!h->server) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		serve(fd, h->touched);
	}
	/* the server has the only descriptor: with its end the waiting ends */
	close(fd);
	return 0;
}

int held_by_fuse(struct held *h, size_t pages)
{
	char options[128];
	int fd, file, err;

	fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return errno;
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=%u,group_id=%u", fd,
		 geteuid(), getegid());
	if (mount("held", HELD_MOUNT, "fuse", MS_NOSUID | MS_NODEV, options)) {
		err = errno;
		close(fd);
		return err;
	}
	err = start_server(h, fd, serve_fuse);
	if (err)
		return err;
	file = open(HELD_MOUNT "/file", O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return errno;
	h->pages = pages;
	h->memory = mmap(NULL, pages * HELD_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
	close(file);
	if (h->memory == MAP_FAILED)
		return errno;
	/* each page on its own */
	return madvise(h->memory, pages * HELD_PAGE, MADV_RANDOM) ? errno : 0;
}

int held_by_userfaultfd(struct held *h, size_t pages)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register all = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC), err;

	if (fd < 0)
		return errno;
	h->pages = pages;
	h->memory = mmap(NULL, pages * HELD_PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (h->memory == MAP_FAILED)
		return errno;
	all.range.start = (unsigned long)h->memory;
	all.range.len = pages * HELD_PAGE;
	if (ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &all)) {
		err = errno;
		close(fd);
		return err;
	}
	return start_server(h, fd, serve_userfaultfd);
}

void *held_page(const struct held *h, size_t i)
{
	return h->memory + i % h->pages * HELD_PAGE;
}

unsigned int held_await(const struct held *h, unsigned int count, unsigned int msec)
{
	while (*h->touched < count && msec--)
		usleep(1000);
	return *h->touched;
}
