// SPDX-License-Identifier: GPL-2.0-only
/* bpf_prog_run(), of 5.15; before, it is the macro BPF_PROG_RUN() */
#include <linux/filter.h>

u32 ks_ask(const struct bpf_prog *prog, const void *ctx);
u32 ks_ask(const struct bpf_prog *prog, const void *ctx)
{
	return bpf_prog_run(prog, ctx);
}
