// SPDX-License-Identifier: GPL-2.0-only
/* One program refuses the calls with an even argument, and the other counts all calls. */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} calls SEC(".maps");

SEC("kprobe")
int even(struct pt_regs *ctx)
{
	if (PT_REGS_PARM1(ctx) % 2 == 0)
		bpf_override_return(ctx, -13);
	return 0;
}

SEC("kprobe")
int count(struct pt_regs *ctx)
{
	__u32 zero = 0;
	__u64 *n = bpf_map_lookup_elem(&calls, &zero);

	if (n)
		__sync_fetch_and_add(n, 1);
	return 0;
}
