// SPDX-License-Identifier: GPL-2.0
/* Guards: BPF programs that tell which calls to override. */
#include <linux/bpf.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/filter.h>
#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "compat.h"
#include "context.h"
#include "guard.h"
#include "report.h"

struct ks_guard_cpu {
	unsigned long passed;
	unsigned int asking;	/* a bit for each context in which it runs right now */
};

struct ks_bpf_guard {
	struct ks_guard guard;
	struct bpf_prog *prog;
	struct ks_guard_cpu __percpu *cpu;
};

static __always_inline struct ks_bpf_guard *ks_bpf_guard(const struct ks_guard *g)
{
	return container_of(g, struct ks_bpf_guard, guard);
}

/* Why a program cannot be a guard, or NULL. */
static const char *ks_guard_objection(const struct bpf_prog *prog)
{
	if (ks_bpf_sleepable(prog))
		return "it may sleep";
	if (prog->kprobe_override)
		return "it calls bpf_override_return(), and the value is killswitch's to return";
	if (ks_bpf_writes_context(prog))
		return "it writes to its context";
	if (prog->expected_attach_type)
		return "it was loaded for one way of attaching it";
	return NULL;
}

/*
 * Preemption is off, which makes this an RCU reader; of that only lockdep has
 * to be told. No function is called on the way to the program: it could be the
 * guarded one.
 */
static __always_inline bool ks_guard_ask(const struct ks_bpf_guard *g, struct pt_regs *regs)
{
	ks_bpf_run_ctx ctx;
	bool matches;

	rcu_lock_acquire(&rcu_lock_map);
	ks_bpf_run_begin(&ctx);
	matches = ks_bpf_prog_run(g->prog, regs);
	ks_bpf_run_end(&ctx);
	rcu_lock_release(&rcu_lock_map);
	return matches;
}

static bool notrace ks_bpf_guard_matches(struct ks_guard *guard, struct pt_regs *regs)
{
	struct ks_bpf_guard *g = ks_bpf_guard(guard);
	struct ks_guard_cpu *cpu;
	bool matches = true;
	unsigned int bit;

	if (in_nmi())
		return true;
	preempt_disable_notrace();
	cpu = this_cpu_ptr(g->cpu);
	bit = ks_context_enter(&cpu->asking);
	if (bit) {
		if (rcu_is_watching())
			matches = ks_guard_ask(g, regs);
		ks_context_leave(&cpu->asking, bit);
	}
	if (!matches)
		this_cpu_inc(g->cpu->passed);
	preempt_enable_notrace();
	return matches;
}

NOKPROBE_SYMBOL(ks_bpf_guard_matches);

struct ks_guard *ks_guard_get(const char *path)
{
	const char *objection;
	struct bpf_prog *prog;
	struct ks_bpf_guard *g;

	prog = bpf_prog_get_type_path(path, BPF_PROG_TYPE_KPROBE);
	if (IS_ERR(prog)) {
		ks_refuse("guard %s refused: %pe; it has to be a BPF program of type kprobe, pinned there",
			  path, prog);
		/* -ENOENT and so on would be taken for something about the function */
		return ERR_PTR(PTR_ERR(prog) == -ENOMEM ? -ENOMEM : -EINVAL);
	}
	objection = ks_guard_objection(prog);
	if (objection) {
		ks_refuse("guard %s refused: %s", path, objection);
		bpf_prog_put(prog);
		return ERR_PTR(-EINVAL);
	}
	g = kzalloc(sizeof(*g), GFP_KERNEL);
	if (g)
		g->cpu = alloc_percpu(struct ks_guard_cpu);
	if (!g || !g->cpu) {
		kfree(g);
		bpf_prog_put(prog);
		return ERR_PTR(-ENOMEM);
	}
	g->prog = prog;
	g->guard.matches = ks_bpf_guard_matches;
	return &g->guard;
}

void ks_guard_put(struct ks_guard *g)
{
	struct ks_bpf_guard *b;

	if (!g)
		return;
	b = ks_bpf_guard(g);
	bpf_prog_put(b->prog);
	free_percpu(b->cpu);
	kfree(b);
}

u64 ks_guard_passed(const struct ks_guard *g)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(ks_bpf_guard(g)->cpu, cpu)->passed);
	return sum;
}
