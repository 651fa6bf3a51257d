// SPDX-License-Identifier: GPL-2.0-only
/*
 * bpf_guard PATH args [N=VALUE]...	the Nth argument (1 to 6) has that value, and so on
 * bpf_guard PATH uid_gid VALUE	bpf_get_current_uid_gid() returns that value
 * bpf_guard PATH map		the one value in a map of its own, 1 at first, is not 0
 * bpf_guard PATH socket	a program of another type
 * bpf_guard PATH sleepable	a program that may sleep
 * bpf_guard PATH kprobe_multi	a program for one way of attaching it
 * bpf_guard count		how many BPF programs the kernel has
 *
 * Load a BPF program that returns whether its condition holds, and pin it.
 */
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INSNS_MAX 64
#define BPF_TRACE_KPROBE_MULTI_NUMBER 42	/* older headers have no name for it */

#ifdef __x86_64__
/* offsets in struct pt_regs: di si dx cx r8 r9 */
static const short parms[] = { 112, 104, 96, 88, 72, 64 };
#else
static const short parms[] = { 0, 8, 16, 24, 32, 40 };
#endif

static struct bpf_insn insns[INSNS_MAX];
static int count;

static void emit(struct bpf_insn insn)
{
	if (count == INSNS_MAX) {
		fputs("bpf_guard: too many conditions\n", stderr);
		exit(2);
	}
	insns[count++] = insn;
}

static void load_number(int reg, unsigned long long value)
{
	emit((struct bpf_insn) { .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = reg,
				 .imm = (unsigned int)value });
	emit((struct bpf_insn) { .imm = value >> 32 });
}

static void finish(int result)
{
	emit((struct bpf_insn) { .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = result });
	emit((struct bpf_insn) { .code = BPF_JMP | BPF_EXIT });
}

/* return 0 unless @reg == @value */
static void require(int reg, unsigned long long value)
{
	load_number(BPF_REG_3, value);
	emit((struct bpf_insn) { .code = BPF_JMP | BPF_JEQ | BPF_X, .dst_reg = reg,
				 .src_reg = BPF_REG_3, .off = 2 });
	finish(0);
}

static void require_arg(const char *condition)
{
	unsigned long n = strtoul(condition, NULL, 10);
	const char *value = strchr(condition, '=');

	if (n < 1 || n > sizeof(parms) / sizeof(parms[0]) || !value) {
		fprintf(stderr, "bpf_guard: no condition: %s\n", condition);
		exit(2);
	}
	emit((struct bpf_insn) { .code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_2,
				 .src_reg = BPF_REG_1, .off = parms[n - 1] });
	require(BPF_REG_2, strtoull(value + 1, NULL, 0));
}

/* return the value with the key 0, if that is not 0 */
static void return_from_map(void)
{
	unsigned int key = 0, value = 1;
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "guard", sizeof(key), sizeof(value), 1, NULL);

	if (fd < 0 || bpf_map_update_elem(fd, &key, &value, BPF_ANY)) {
		perror("bpf_guard: map");
		exit(1);
	}
	emit((struct bpf_insn) { .code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = BPF_REG_10,
				 .off = -4 });
	emit((struct bpf_insn) { .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_2,
				 .src_reg = BPF_REG_10 });
	emit((struct bpf_insn) { .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_2,
				 .imm = -4 });
	emit((struct bpf_insn) { .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = BPF_REG_1,
				 .src_reg = BPF_PSEUDO_MAP_FD, .imm = fd });
	emit((struct bpf_insn) { });
	emit((struct bpf_insn) { .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_map_lookup_elem });
	emit((struct bpf_insn) { .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = BPF_REG_0,
				 .off = 2 });
	emit((struct bpf_insn) { .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = BPF_REG_0,
				 .src_reg = BPF_REG_0 });
	emit((struct bpf_insn) { .code = BPF_JMP | BPF_EXIT });
}

static int count_programs(void)
{
	unsigned int id = 0;
	int n = 0;

	while (!bpf_prog_get_next_id(id, &id))
		n++;
	printf("%d\n", n);
	return 0;
}

int main(int argc, char *argv[])
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	enum bpf_prog_type type = BPF_PROG_TYPE_KPROBE;
	const char *kind = argc > 2 ? argv[2] : "";
	int i, fd;

	if (argc == 2 && !strcmp(argv[1], "count"))
		return count_programs();
	if (!strcmp(kind, "args")) {
		for (i = 3; i < argc; i++)
			require_arg(argv[i]);
	} else if (!strcmp(kind, "uid_gid") && argc == 4) {
		emit((struct bpf_insn) { .code = BPF_JMP | BPF_CALL,
					 .imm = BPF_FUNC_get_current_uid_gid });
		require(BPF_REG_0, strtoull(argv[3], NULL, 0));
	} else if (!strcmp(kind, "map")) {
		return_from_map();
	} else if (!strcmp(kind, "socket")) {
		type = BPF_PROG_TYPE_SOCKET_FILTER;
	} else if (!strcmp(kind, "sleepable")) {
		opts.prog_flags = BPF_F_SLEEPABLE;
	} else if (!strcmp(kind, "kprobe_multi")) {
		opts.expected_attach_type = BPF_TRACE_KPROBE_MULTI_NUMBER;
	} else {
		fputs("usage: bpf_guard PATH args|uid_gid|map|socket|sleepable|kprobe_multi [CONDITION]...\n"
		      "       bpf_guard count\n", stderr);
		return 2;
	}
	finish(1);
	fd = bpf_prog_load(type, "guard", "GPL", insns, count, &opts);
	if (fd < 0 || bpf_obj_pin(fd, argv[1])) {
		perror("bpf_guard");
		return 1;
	}
	return 0;
}
