// SPDX-License-Identifier: GPL-2.0
/*
 * bpf_attach fentry|fexit FUNCTION
 *
 * Attach a BPF program that does nothing to the entry or exit of a function of
 * the kernel image, print "attached", and hold it until killed.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	/* r0 = 0x1234 first: what a program leaves in the return register must not get out */
	const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0x1234 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	struct btf *btf;
	int id, fd;

	if (argc != 3 || (strcmp(argv[1], "fentry") && strcmp(argv[1], "fexit"))) {
		fputs("usage: bpf_attach fentry|fexit FUNCTION\n", stderr);
		return 2;
	}
	btf = btf__load_vmlinux_btf();
	if (!btf) {
		perror("bpf_attach: the kernel's BTF");
		return 1;
	}
	id = btf__find_by_name_kind(btf, argv[2], BTF_KIND_FUNC);
	if (id < 0) {
		fprintf(stderr, "bpf_attach: no BTF for %s\n", argv[2]);
		return 1;
	}
	opts.expected_attach_type = strcmp(argv[1], "fexit") ? BPF_TRACE_FENTRY : BPF_TRACE_FEXIT;
	opts.attach_btf_id = id;
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "nothing", "GPL", nothing,
			   sizeof(nothing) / sizeof(nothing[0]), &opts);
	if (fd < 0 || bpf_raw_tracepoint_open(NULL, fd) < 0) {
		perror("bpf_attach");
		return 1;
	}
	puts("attached");
	fflush(stdout);
	pause();
	return 0;
}
