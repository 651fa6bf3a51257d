// SPDX-License-Identifier: GPL-2.0-only
/* programs of type kprobe that may change registers, of 6.18 */
#include <linux/bpf.h>

bool ks_ask(const struct bpf_prog_aux *aux);
bool ks_ask(const struct bpf_prog_aux *aux)
{
	return aux->kprobe_write_ctx;
}
