/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TARGET_H
#define TARGET_H

#include <stddef.h>

/* What stress, fuzz and failnth have to do with: the modules and their files. */

#define KS_ROOT "/sys/kernel/security/killswitch/"
#define KS_CONTROL KS_ROOT "control"
#define KS_FIRE "/sys/kernel/debug/test_killswitch/fire"
#define KS_KO "/modules/killswitch.ko"
#define KS_TEST_KO "/modules/test_killswitch.ko"

/* Write @len bytes, or a string, to a file by one write. Return: 0 or an errno; EIO for a part. */
int put_bytes(const char *path, const void *bytes, size_t len);
int put(const char *path, const char *text);

/*
 * Read a file to its end; what does not fit is cut off. Return: 0 or an errno, with an empty
 * string.
 */
int get(const char *path, char *buf, size_t size);

/* insmod and rmmod. Return: 0 or an errno. */
int load_module(const char *file, const char *parameters);
int unload_module(const char *name);

/* The end of what the kernel has logged, as a string; empty if that cannot be read. */
void read_kernel_log(char *buf, size_t size);

#define KS_GUARD "/sys/fs/bpf/guard"

/* Pin a BPF program there that picks all calls, and mount bpffs for it. Return: 0 or an errno. */
int pin_guard(void);

/* The same for the same seed, and never 0. */
unsigned int random_next(unsigned int *state);

#endif
