// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/io_uring.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "doors.h"

#define PAGE 4096

static int set_up(void)
{
	struct io_uring_params params = { 0 };

	return pass(sys(syscall(SYS_io_uring_setup, 8, &params)), ABSENT_IF(ENOSYS),
		    "io_uring_setup");
}

static void ring(const struct door *door)
{
	(void)door;
	close(set_up());
}

static void *page(void)
{
	void *memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		failed("memory");
	return memory;
}

static void buffers(const struct door *door)
{
	struct iovec buffer = { page(), PAGE };

	(void)door;
	pass(sys(syscall(SYS_io_uring_register, set_up(), IORING_REGISTER_BUFFERS, &buffer, 1)),
	     NULL, "IORING_REGISTER_BUFFERS");
}

static void files(const struct door *door)
{
	int fd = STDIN_FILENO;

	(void)door;
	pass(sys(syscall(SYS_io_uring_register, set_up(), IORING_REGISTER_FILES, &fd, 1)), NULL,
	     "IORING_REGISTER_FILES");
}

/* Since 5.19; before, the operation is unknown and gives EINVAL. */
static void buffer_ring(const struct door *door)
{
	struct io_uring_buf_reg ring = {
		.ring_addr = (unsigned long)page(),
		.ring_entries = 8,
	};

	(void)door;
	pass(sys(syscall(SYS_io_uring_register, set_up(), IORING_REGISTER_PBUF_RING, &ring, 1)),
	     ABSENT_IF(EINVAL), "IORING_REGISTER_PBUF_RING");
}

const struct door io_uring_doors[] = {
	{ "io_uring", "io_uring_setup()", ANY_USER, ring, NULL },
	{ "io_uring_buffers", "io_uring, registering buffers", ANY_USER, buffers, NULL },
	{ "io_uring_files", "io_uring, registering files", ANY_USER, files, NULL },
	{ "io_uring_pbuf_ring", "io_uring, registering a ring of buffers", ANY_USER, buffer_ring,
	  NULL },
	{ 0 },
};
