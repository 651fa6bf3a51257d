// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench_bpf guard PATH [VALUE]	pin a guard: is the first argument VALUE (0xC0FFEE)?
 * bench_bpf fmod_ret FUNCTION	make a function of ks_bench.ko return -EACCES
 * bench_bpf override FUNCTION	the same by bpf_override_return() at a kprobe
 *
 * The last two print "attached", and hold on to it until killed.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MODULE "ks_bench"
#define MAGIC 0xC0FFEE

#ifdef __x86_64__
#define FIRST_ARGUMENT 112	/* offset of di in struct pt_regs */
#else
#define FIRST_ARGUMENT 0
#endif

#define COUNT(insns) (sizeof(insns) / sizeof((insns)[0]))

static const struct bpf_insn refuse[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = -EACCES },
	{ .code = BPF_JMP | BPF_EXIT },
};

/* The context is in the first argument's register from the start. */
static const struct bpf_insn override[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = -EACCES },
	{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_override_return },
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
	{ .code = BPF_JMP | BPF_EXIT },
};

static int failed(const char *what)
{
	printf("bench_bpf: %s: %s\n", what, strerror(errno));
	return 1;
}

static int hold(void)
{
	puts("attached");
	fflush(stdout);
	pause();
	return 0;
}

static int pin_guard(const char *path, int value)
{
	const struct bpf_insn guard[] = {
		{ .code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_2, .src_reg = BPF_REG_1,
		  .off = FIRST_ARGUMENT },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1 },
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = BPF_REG_2, .off = 1, .imm = value },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd;

	fd = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "guard", "GPL", guard, COUNT(guard), NULL);
	if (fd < 0)
		return failed("loading the guard");
	return bpf_obj_pin(fd, path) ? failed("pinning the guard") : 0;
}

/* A descriptor of the module's BTF as the kernel has it, or -1. */
static int module_btf(void)
{
	unsigned int id = 0;
	int fd;

	while (!bpf_btf_get_next_id(id, &id)) {
		char name[64] = "";
		struct bpf_btf_info info = { .name = (unsigned long)name, .name_len = sizeof(name) };
		unsigned int size = sizeof(info);

		fd = bpf_btf_get_fd_by_id(id);
		if (fd < 0)
			continue;
		if (!bpf_obj_get_info_by_fd(fd, &info, &size) && !strcmp(name, MODULE))
			return fd;
		close(fd);
	}
	errno = ENOENT;
	return -1;
}

static int modify_return(const char *function)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_MODIFY_RETURN);
	struct btf *btf = btf__load_vmlinux_btf();
	int id, fd;

	if (!btf)
		return failed("the kernel's BTF");
	btf = btf__load_module_btf(MODULE, btf);
	fd = module_btf();
	if (!btf || fd < 0)
		return failed("the BTF of " MODULE);
	id = btf__find_by_name_kind(btf, function, BTF_KIND_FUNC);
	if (id < 0)
		return failed("the function's BTF");
	opts.attach_btf_obj_fd = fd;
	opts.attach_btf_id = id;
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "refuse", "GPL", refuse, COUNT(refuse), &opts);
	if (fd < 0)
		return failed("loading the fmod_ret program");
	return bpf_raw_tracepoint_open(NULL, fd) < 0 ? failed("attaching it") : hold();
}

static int override_return(const char *function)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.kprobe_func = (unsigned long)function,
	};
	FILE *type = fopen("/sys/bus/event_source/devices/kprobe/type", "r");
	int fd, prog;

	if (!type || fscanf(type, "%u", &attr.type) != 1)
		return failed("the type of perf's kprobes");
	prog = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "override", "GPL", override, COUNT(override),
			     NULL);
	if (prog < 0)
		return failed("loading the program");
	fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0 || ioctl(fd, PERF_EVENT_IOC_SET_BPF, prog) ||
	    ioctl(fd, PERF_EVENT_IOC_ENABLE, 0))
		return failed("attaching it");
	return hold();
}

int main(int argc, char *argv[])
{
	if (argc >= 3 && argc <= 4 && !strcmp(argv[1], "guard"))
		return pin_guard(argv[2], argc == 4 ? atoi(argv[3]) : MAGIC);
	if (argc == 3 && !strcmp(argv[1], "fmod_ret"))
		return modify_return(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "override"))
		return override_return(argv[2]);
	fputs("usage: bench_bpf guard PATH [VALUE] | fmod_ret FUNCTION | override FUNCTION\n", stderr);
	return 2;
}
