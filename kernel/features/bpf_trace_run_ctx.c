// SPDX-License-Identifier: GPL-2.0-only
/* a run context that helpers of BPF programs look into, of 5.15 */
#include <linux/bpf.h>

struct bpf_run_ctx *ks_ask(struct bpf_trace_run_ctx *ctx);
struct bpf_run_ctx *ks_ask(struct bpf_trace_run_ctx *ctx)
{
	return bpf_set_run_ctx(&ctx->run_ctx);
}
