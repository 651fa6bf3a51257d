// SPDX-License-Identifier: GPL-2.0-only
/*
 * bpf_attach fentry|fexit|kprobe FUNCTION
 *
 * Attach a BPF program that does nothing to the entry or exit of a function of
 * the kernel image, or to a probe that perf sets there, print "attached", and
 * hold it until killed.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int attach_to_perf(int prog, const char *function)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.kprobe_func = (unsigned long)function,
	};
	FILE *type = fopen("/sys/bus/event_source/devices/kprobe/type", "r");
	int fd;

	if (!type || fscanf(type, "%u", &attr.type) != 1)
		return -1;
	fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0 || ioctl(fd, PERF_EVENT_IOC_SET_BPF, prog))
		return -1;
	return ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
}

static int attach_to_trampoline(int prog)
{
	return bpf_raw_tracepoint_open(NULL, prog);
}

int main(int argc, char *argv[])
{
	/* r0 = 0x1234 first: what a program leaves in the return register must not get out */
	const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0x1234 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	bool perf = argc == 3 && !strcmp(argv[1], "kprobe");
	struct btf *btf;
	int id, fd;

	if (argc != 3 || (!perf && strcmp(argv[1], "fentry") && strcmp(argv[1], "fexit"))) {
		fputs("usage: bpf_attach fentry|fexit|kprobe FUNCTION\n", stderr);
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
	if (!perf) {
		opts.expected_attach_type = strcmp(argv[1], "fexit") ? BPF_TRACE_FENTRY : BPF_TRACE_FEXIT;
		opts.attach_btf_id = id;
	}
	fd = bpf_prog_load(perf ? BPF_PROG_TYPE_KPROBE : BPF_PROG_TYPE_TRACING, "nothing", "GPL",
			   nothing, sizeof(nothing) / sizeof(nothing[0]), &opts);
	if (fd < 0 || (perf ? attach_to_perf(fd, argv[2]) : attach_to_trampoline(fd)) < 0) {
		perror("bpf_attach");
		return 1;
	}
	puts("attached");
	fflush(stdout);
	pause();
	return 0;
}
