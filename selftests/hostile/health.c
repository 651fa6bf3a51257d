// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the kernel has found fault with anything. The log is read record by
 * record from /dev/kmsg, so that an attack that clears it, or that fills it
 * between two looks, hides nothing: what was overwritten is said to be lost.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../target.h"
#include "hostile.h"

#define WARNED (1 << 9)
#define TAINTS (1 << 5 | 1 << 7 | 1 << 14)	/* bad page, died, lockup */
#define RECORD_MAX 8192

/*
 * debugfs warns where somebody opens a file of a module in the moment when the
 * module goes: its use count is zero already, and it is not marked as going yet.
 * Any module's files do that; killswitch has none there, the test module has.
 */
#define KERNELS_OWN "debugfs file owner did not clean up at exit"

static struct {
	int fd;
	bool in_report, is_own;
	char warning[256];	/* of the report that is being read */
	unsigned int found, own, lost;
} kmsg = { .fd = -1 };

static void found(const char *warning)
{
	printf("    WRONG: the kernel warned: %s\n", warning);
	kmsg.found++;
}

static void end_report(void)
{
	if (kmsg.is_own) {
		puts("    the kernel's own warning: " KERNELS_OWN);
		kmsg.own++;
	} else if (*kmsg.warning) {
		found(kmsg.warning);
	}
	kmsg.in_report = kmsg.is_own = false;
	*kmsg.warning = '\0';
}

static void take(const char *line)
{
	if (strstr(line, "[ cut here ]")) {
		end_report();
		kmsg.in_report = true;
	} else if (strstr(line, KERNELS_OWN)) {
		kmsg.is_own = kmsg.in_report;
	} else if (strstr(line, "---[ end trace")) {
		end_report();
	} else if (strstr(line, "WARNING: ")) {
		if (kmsg.in_report)
			snprintf(kmsg.warning, sizeof(kmsg.warning), "%s", line);
		else
			found(line);	/* lockdep's have no such frame */
	}
}

/* Return: whether it could be read up to its end. */
static bool read_log(void)
{
	char record[RECORD_MAX], *line;
	ssize_t n;

	if (kmsg.fd < 0) {
		kmsg.fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		return lseek(kmsg.fd, 0, SEEK_END) == 0;
	}
	for (;;) {
		n = read(kmsg.fd, record, sizeof(record) - 1);
		if (n < 0 && errno == EPIPE) {
			kmsg.lost++;
			continue;
		}
		if (n < 0)
			return errno == EAGAIN;
		record[n] = '\0';
		line = strchr(record, ';');	/* what is before it is about the record */
		if (!line)
			continue;
		line[strcspn(line, "\n")] = '\0';
		take(line + 1);
	}
}

bool kernel_is_well(void)
{
	static long before = -1;
	unsigned int known = kmsg.found;
	char buf[64];
	long taint, news;

	if (get("/proc/sys/kernel/tainted", buf, sizeof(buf)))
		return false;
	taint = atol(buf);
	if (before < 0)
		before = taint;
	news = taint & ~before;
	if (!read_log()) {
		puts("    WRONG: the kernel's log cannot be read");
		return false;
	}
	if (news & TAINTS) {
		printf("    WRONG: the kernel is tainted: %ld\n", taint);
		return false;
	}
	if (news & WARNED && !kmsg.own && !kmsg.found) {
		printf("    WRONG: the kernel has warned, and the log does not say of what%s\n",
		       kmsg.lost ? ": parts of it were overwritten" : "");
		return false;
	}
	return kmsg.found == known;
}
