// SPDX-License-Identifier: GPL-2.0-only
/* sleepable in struct bpf_prog, of 6.10; before, it is in struct bpf_prog_aux */
#include <linux/bpf.h>

bool ks_ask(const struct bpf_prog *prog);
bool ks_ask(const struct bpf_prog *prog)
{
	return prog->sleepable;
}
