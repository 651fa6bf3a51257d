// SPDX-License-Identifier: GPL-2.0-only
/* A program that overrides nothing. */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("kprobe")
int watch(struct pt_regs *ctx)
{
	return 0;
}
