// SPDX-License-Identifier: GPL-2.0-only
/* When a function returns it is too late to override it. */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("kretprobe")
int late(struct pt_regs *ctx)
{
	return bpf_override_return(ctx, -13);
}
