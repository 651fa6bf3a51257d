// SPDX-License-Identifier: GPL-2.0-only
/* Every call returns -EACCES. */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("kprobe")
int refuse(struct pt_regs *ctx)
{
	return bpf_override_return(ctx, -13);
}
