// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "doors.h"

#define DISABLED "/proc/sys/kernel/unprivileged_bpf_disabled"

static void load(const struct door *door)
{
	const struct bpf_insn return_0[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr program = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = (unsigned long)return_0,
		.insn_cnt = 2,
		.license = (unsigned long)"GPL",
	};

	(void)door;
	if (proc_number(DISABLED, 0) == 0)
		drop_privileges();
	else if (geteuid() != 0)
		absent(DISABLED " leaves it to root");
	pass(sys(syscall(SYS_bpf, BPF_PROG_LOAD, &program, sizeof(program))), ABSENT_IF(ENOSYS),
	     "BPF_PROG_LOAD");
}

const struct door bpf_doors[] = {
	{ "bpf_prog", "loading a BPF socket filter", CONFIGURED, load, NULL },
	{ 0 },
};
