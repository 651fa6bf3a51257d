// SPDX-License-Identifier: GPL-2.0-only
/* Guards: BPF programs that decide which calls are overridden. */
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
	unsigned long unread;
	unsigned int asking;	/* a bit for each context in which it runs right now */
};

struct ks_bpf_guard {
	struct ks_guard guard;
	struct bpf_prog *prog;
	struct ks_guard_cpu __percpu *cpu;
	bool plain;		/* it calls nothing and has no map: nothing need be arranged for it */
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
static __always_inline u32 ks_guard_ask(const struct ks_bpf_guard *g, struct pt_regs *regs)
{
	ks_bpf_run_ctx ctx;
	u32 answer;

	rcu_lock_acquire(&rcu_lock_map);
	ks_bpf_run_begin(&ctx);
	answer = ks_bpf_prog_run(g->prog, regs);
	ks_bpf_run_end(&ctx);
	rcu_lock_release(&rcu_lock_map);
	return answer;
}

/* A call that the program cannot be asked about matches. */
static noinline u32 notrace ks_guard_consult(const struct ks_bpf_guard *g, struct pt_regs *regs)
{
	unsigned int bit = ks_context_bit();
	struct ks_guard_cpu *cpu;
	u32 answer = 1;

	if (unlikely(bit == KS_CONTEXT_NMI))
		return 1;
	preempt_disable_notrace();
	cpu = this_cpu_ptr(g->cpu);
	if (likely(ks_context_enter(&cpu->asking, bit))) {
		if (likely(rcu_is_watching()))
			answer = ks_guard_ask(g, regs);
		ks_context_leave(&cpu->asking, bit);
	}
	preempt_enable_notrace();
	return answer;
}

bool notrace ks_guard_matches(struct ks_guard *guard, struct pt_regs *regs)
{
	struct ks_bpf_guard *g = ks_bpf_guard(guard);
	u32 answer;

	if (unlikely(guard->matches))
		return guard->matches(guard, regs);
	answer = g->plain ? ks_bpf_prog_call(g->prog, regs) : ks_guard_consult(g, regs);
	if (likely(answer == 1))
		return true;
	if (unlikely((answer | 1) == (KS_GUARD_UNREAD | 1))) {
		this_cpu_inc(g->cpu->unread);
		answer &= 1;
	}
	if (!answer)
		this_cpu_inc(g->cpu->passed);
	return answer;
}

NOKPROBE_SYMBOL(ks_guard_consult);
NOKPROBE_SYMBOL(ks_guard_matches);

static void ks_bpf_guard_release(struct ks_guard *guard)
{
	struct ks_bpf_guard *g = ks_bpf_guard(guard);

	bpf_prog_put(g->prog);
	free_percpu(g->cpu);
	kfree(g);
}

/*
 * A program that only looks at the registers of the call, as most that have to
 * be fast do. What others need around them is for the helpers that they call.
 */
static bool ks_guard_is_plain(const struct bpf_prog *prog)
{
	unsigned int i;

	if (prog->aux->used_map_cnt || prog->aux->func_cnt)
		return false;
	for (i = 0; i < prog->len; i++) {
		u8 code = prog->insnsi[i].code;

		if (BPF_CLASS(code) == BPF_JMP &&
		    (BPF_OP(code) == BPF_CALL || BPF_OP(code) == BPF_TAIL_CALL))
			return false;
	}
	return true;
}

static struct ks_guard *ks_bpf_guard_alloc(struct bpf_prog *prog)
{
	struct ks_bpf_guard *g;

	g = kzalloc(sizeof(*g), GFP_KERNEL);
	if (!g)
		return ERR_PTR(-ENOMEM);
	g->cpu = alloc_percpu(struct ks_guard_cpu);
	if (!g->cpu) {
		kfree(g);
		return ERR_PTR(-ENOMEM);
	}
	g->prog = prog;
	g->plain = ks_guard_is_plain(prog);
	g->guard.release = ks_bpf_guard_release;
	refcount_set(&g->guard.users, 1);
	return &g->guard;
}

struct ks_guard *ks_guard_get(const char *path)
{
	const char *objection;
	struct bpf_prog *prog;
	struct ks_guard *g;

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
	g = ks_bpf_guard_alloc(prog);
	if (IS_ERR(g))
		bpf_prog_put(prog);
	return g;
}

struct ks_guard *ks_guard_hold(struct ks_guard *g)
{
	if (g)
		refcount_inc(&g->users);
	return g;
}

void ks_guard_put(struct ks_guard *g)
{
	if (g && refcount_dec_and_test(&g->users))
		g->release(g);
}

u64 ks_guard_passed(const struct ks_guard *g)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(ks_bpf_guard(g)->cpu, cpu)->passed);
	return sum;
}

u64 ks_guard_unread(const struct ks_guard *g)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(ks_bpf_guard(g)->cpu, cpu)->unread);
	return sum;
}

const char *ks_guard_changeable(const struct ks_guard *g)
{
	const struct bpf_prog_aux *aux = ks_bpf_guard(g)->prog->aux;

	if (aux->used_map_cnt)
		return "maps";
	return aux->btf ? "replaceable functions" : NULL;
}
