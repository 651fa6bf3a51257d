// SPDX-License-Identifier: GPL-2.0
/* Install the hook on a function, remove it. */
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/cache.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include <ks_arch.h>
#include "compat.h"
#include "guard.h"
#include "hit.h"
#include "override.h"
#include "report.h"
#include "stubs.h"
#include "symbol.h"
#include "vet.h"

struct ks_slot ks_slots[KS_SLOTS] __cacheline_aligned;

/* Which slots are taken; changed by install and release only. */
static DECLARE_BITMAP(ks_slots_taken, KS_SLOTS);

const char * const ks_backend_names[] = {
	[KS_BACKEND_DIRECT] = "direct",
	[KS_BACKEND_FTRACE] = "ftrace",
	[KS_BACKEND_KPROBE] = "kprobe",
};

static enum ks_backend ks_best = KS_BACKEND_DIRECT;

static int ks_best_set(const char *text, const struct kernel_param *param)
{
	int backend = sysfs_match_string(ks_backend_names, text);

	if (backend < 0) {
		ks_refuse("parameter backend is one of direct, ftrace and kprobe");
		return -EINVAL;
	}
	ks_best = backend;
	return 0;
}

static int ks_best_get(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%s\n", ks_backend_names[ks_best]);
}

static const struct kernel_param_ops ks_best_ops = { .set = ks_best_set, .get = ks_best_get };
module_param_cb(backend, &ks_best_ops, NULL, 0400);
MODULE_PARM_DESC(backend, "for tests: the best of direct, ftrace and kprobe that may be used (direct)");

static const void *ks_return_stub(const struct ks_slot *slot)
{
	return ks_return_stubs + (slot - ks_slots) * KS_RETURN_STUB_SIZE;
}

/*
 * A call that a callback has caught: count it, and say whether it is overridden,
 * which is for the caller to do.
 */
static __always_inline bool ks_catch(struct ks_slot *slot, unsigned long flags)
{
	this_cpu_inc(*slot->hits);
	return !(flags & BIT(KS_SLOT_COUNT));
}

static __always_inline void ks_tell(const struct ks_slot *slot, unsigned long flags)
{
	if (unlikely(flags & BIT(KS_SLOT_TELL)))
		ks_hit_tell(slot->name, READ_ONCE(slot->retval));
}

static __always_inline void ks_ftrace_catch(struct ks_slot *slot, unsigned long flags,
					    ks_ftrace_regs *fregs)
{
	if (!ks_catch(slot, flags))
		return;
	ks_ftrace_set_ip(fregs, (unsigned long)ks_return_stub(slot));
	ks_tell(slot, flags);
}

static void notrace ks_ftrace_hook(unsigned long ip, unsigned long parent_ip,
				   struct ftrace_ops *ops, ks_ftrace_regs *fregs)
{
	struct ks_slot *slot = container_of(ops, struct ks_override, ops)->slot;
	unsigned long flags = READ_ONCE(slot->flags);

	if (!(flags & BIT(KS_SLOT_OFF)))
		ks_ftrace_catch(slot, flags, fregs);
}

NOKPROBE_SYMBOL(ks_ftrace_hook);

static void notrace ks_ftrace_guarded_hook(unsigned long ip, unsigned long parent_ip,
					   struct ftrace_ops *ops, ks_ftrace_regs *fregs)
{
	struct ks_override *o = container_of(ops, struct ks_override, ops);
	unsigned long flags = READ_ONCE(o->slot->flags);
	struct pt_regs room;

	if (!(flags & BIT(KS_SLOT_OFF)) &&
	    o->guard->matches(o->guard, ks_ftrace_guard_regs(fregs, &room)))
		ks_ftrace_catch(o->slot, flags, fregs);
}

NOKPROBE_SYMBOL(ks_ftrace_guarded_hook);

/*
 * Have the function's ftrace site call a stub of ours, where it can and if no
 * guard has to be asked. It does so while no other tracer is on the function;
 * what else there is to an ops goes on as if it did not: nobody else may
 * redirect the function, and ftrace stays on.
 */
static void ks_make_direct(struct ks_override *o)
{
#ifdef KS_ARCH_DIRECT
	o->direct = !o->guard && ks_best == KS_BACKEND_DIRECT;
	if (o->direct)
		ks_arch_set_direct(&o->ops, (unsigned long)ks_direct_stubs +
					    (o->slot - ks_slots) * KS_DIRECT_STUB_SIZE);
#endif
}

long notrace ks_direct_told(struct ks_slot *slot)
{
	long value = READ_ONCE(slot->retval);

	this_cpu_inc(*slot->hits);
	ks_hit_tell(slot->name, value);
	return value;
}

NOKPROBE_SYMBOL(ks_direct_told);

static void ks_refuse_owned(const char *name)
{
	ks_refuse("%s: a livepatch or another redirection owns its entry", name);
}

static int ks_ftrace_install(struct ks_override *o, const char *name)
{
	int err;

	o->ops.func = o->guard ? ks_ftrace_guarded_hook : ks_ftrace_hook;
	o->ops.flags = (o->guard ? KS_FTRACE_GUARD_FLAGS : KS_FTRACE_FLAGS) |
		       FTRACE_OPS_FL_PERMANENT;
	err = ftrace_set_filter_ip(&o->ops, o->addr, 0, 0);
	if (err)
		return err == -EINVAL ? -ENOENT : err;
	ks_make_direct(o);
	err = register_ftrace_function(&o->ops);
	if (err) {
		ks_ftrace_free_filter(&o->ops);
		if (err == -EBUSY)
			ks_refuse_owned(name);
	}
	return err;
}

#ifdef KS_ARCH_KPROBE
static int notrace ks_kprobe_hook(struct kprobe *kp, struct pt_regs *regs)
{
	struct ks_override *o = container_of(kp, struct ks_override, kp);
	unsigned long flags = READ_ONCE(o->slot->flags);

	if ((flags & BIT(KS_SLOT_OFF)) || (o->guard && !o->guard->matches(o->guard, regs)))
		return 0;
	if (!ks_catch(o->slot, flags))
		return 0;
	instruction_pointer_set(regs, (unsigned long)ks_return_stub(o->slot));
	ks_tell(o->slot, flags);
	return 1;
}

NOKPROBE_SYMBOL(ks_kprobe_hook);

/*
 * A kprobe with a post handler is never turned into a jump, and only a
 * breakpoint lets its handler change where execution continues. Where it is a
 * call through ftrace, which happens in tests only, the handler may do so
 * anyway, and a post handler keeps others from redirecting the function.
 */
static void notrace ks_kprobe_post(struct kprobe *kp, struct pt_regs *regs, unsigned long flags)
{
}

NOKPROBE_SYMBOL(ks_kprobe_post);

/*
 * A file in debugfs disarms all kprobes. While an override is one of them,
 * what writes to that file is overridden, too.
 */
#define KS_KPROBE_SWITCH "write_enabled_file_bool"
static struct ks_override ks_kprobe_switch;
static bool ks_kprobe_switch_held;
static unsigned int ks_kprobes;		/* both changed by install and remove only */

static int ks_kprobe_switch_hold(const char *name)
{
	struct ks_symbol s;
	struct ks_name n;
	int err;

	if (ks_kprobes++)
		return 0;
	ks_name_split(KS_KPROBE_SWITCH, &n);
	if (ks_symbol_resolve(&n, &s)) {
		ks_refuse("%s: debugfs kprobes/enabled cannot be kept from switching it off", name);
		return 0;
	}
	ks_kprobe_switch.internal = true;
	err = ks_override_install(&ks_kprobe_switch, KS_KPROBE_SWITCH, s.addr, -EBUSY, true, NULL);
	ks_kprobe_switch_held = !err;
	ks_kprobes -= !!err;
	return err;
}

static void ks_kprobe_switch_release(void)
{
	if (--ks_kprobes || !ks_kprobe_switch_held)
		return;
	ks_kprobe_switch_held = ks_override_unhook(&ks_kprobe_switch, false);
	if (ks_kprobe_switch_held) {
		/* ftrace has shut down: the hook stays, and lets calls pass */
		ks_kprobes++;
		__module_get(THIS_MODULE);
		return;
	}
	ks_override_wait();
	ks_override_release(&ks_kprobe_switch);
	memset(&ks_kprobe_switch, 0, sizeof(ks_kprobe_switch));
}

static int ks_kprobe_register(struct ks_override *o, const char *name)
{
	int err;

	o->kp.addr = (kprobe_opcode_t *)o->addr;
	o->kp.pre_handler = ks_kprobe_hook;
	o->kp.post_handler = ks_kprobe_post;
	err = register_kprobe(&o->kp);
	if (err == -EBUSY)
		ks_refuse_owned(name);
	if (err)
		return err;
	if (!ks_arch_kprobe_armed(&o->kp)) {
		ks_refuse("%s: it has no ftrace site, and kprobes are switched off (debugfs kprobes/enabled)",
			  name);
		unregister_kprobe(&o->kp);
		return -EBUSY;
	}
	return 0;
}

static int ks_kprobe_install(struct ks_override *o, const char *name)
{
	int err;

	err = ks_kprobe_switch_hold(name);
	if (err)
		return err;
	err = ks_kprobe_register(o, name);
	if (err)
		ks_kprobe_switch_release();
	else if (!o->internal && ks_best != KS_BACKEND_KPROBE)
		ks_refuse("%s: by a kprobe, as it has no ftrace site: calls are missed while the handler of another kprobe runs on their CPU",
			  name);
	return err;
}

static void ks_kprobe_remove(struct ks_override *o)
{
	unregister_kprobe(&o->kp);
	ks_kprobe_switch_release();
}
#else
static void ks_kprobe_remove(struct ks_override *o)
{
}

static int ks_kprobe_install(struct ks_override *o, const char *name)
{
	ks_refuse("%s: it has no ftrace site, and on this architecture ftrace is the only way",
		  name);
	return -EINVAL;
}
#endif

static int ks_hook_install(struct ks_override *o, const char *name)
{
	int err;

	err = ks_vet(o->addr, name);
	if (err)
		return err;
	err = -ENOENT;
	if (o->internal || ks_best != KS_BACKEND_KPROBE)
		err = ks_ftrace_install(o, name);
	if (err != -ENOENT)
		return err;
	o->probed = true;
	return ks_kprobe_install(o, name);
}

static void ks_slot_release(struct ks_slot *slot)
{
	__clear_bit(slot - ks_slots, ks_slots_taken);
	free_percpu(slot->hits);
}

int ks_override_install(struct ks_override *o, const char *name, unsigned long addr,
			long retval, bool enforce, struct ks_guard *guard)
{
	unsigned int slot, end = o->internal ? KS_SLOTS : KS_PLACES;
	int err;

	slot = find_next_zero_bit(ks_slots_taken, end, o->internal ? KS_PLACES : 0);
	if (slot >= end) {
		ks_refuse("%s: all %d places for engagements are taken", name, KS_PLACES);
		return -ENOMEM;
	}
	o->addr = addr;
	o->guard = guard;
	o->slot = &ks_slots[slot];
	o->slot->hits = alloc_percpu(unsigned long);
	if (!o->slot->hits)
		return -ENOMEM;
	__set_bit(slot, ks_slots_taken);
	o->slot->name = name;
	ks_override_set_retval(o, retval);
	clear_bit(KS_SLOT_OFF, &o->slot->flags);
	assign_bit(KS_SLOT_COUNT, &o->slot->flags, !enforce);

	err = ks_hook_install(o, name);
	if (err)
		ks_slot_release(o->slot);
	return err;
}

static int ks_ftrace_unhook(struct ks_override *o, bool covered)
{
	/*
	 * For an ops that is not part of the kernel image ftrace waits for what
	 * ks_override_wait() waits for, unless told that it need not: by this
	 * flag. What ftrace has allocated for an ops is given back only after that.
	 */
	if (!(o->ops.flags & FTRACE_OPS_FL_ALLOC_TRAMP))
		o->ops.flags &= ~FTRACE_OPS_FL_DYNAMIC;
	if (covered)
		o->ops.flags &= ~FTRACE_OPS_FL_IPMODIFY;
	return unregister_ftrace_function(&o->ops);
}

int ks_override_unhook(struct ks_override *o, bool covered)
{
	set_bit(KS_SLOT_OFF, &o->slot->flags);
	if (!o->probed)
		return ks_ftrace_unhook(o, covered);
	ks_kprobe_remove(o);
	return 0;
}

void ks_override_wait(void)
{
	/* Where RCU does not watch a CPU, only a task that runs on it tells. */
	synchronize_rcu_tasks_rude();
	/* A task that was preempted in a hook or a stub is on no CPU. */
	synchronize_rcu_tasks();
}

void ks_override_release(struct ks_override *o)
{
	/* not sooner: who goes through ftrace's list looks at the filters of all */
	if (!o->probed)
		ks_ftrace_free_filter(&o->ops);
	ks_slot_release(o->slot);
}

void ks_override_enforce(struct ks_override *o)
{
	clear_bit(KS_SLOT_COUNT, &o->slot->flags);
}

void ks_override_set_retval(struct ks_override *o, long retval)
{
	WRITE_ONCE(o->slot->retval, retval);
}

u64 ks_override_hits(const struct ks_override *o)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(o->slot->hits, cpu));
	return sum;
}

enum ks_backend ks_override_backend(const struct ks_override *o)
{
	if (o->probed)
		return KS_BACKEND_KPROBE;
#ifdef KS_ARCH_DIRECT
	if (o->direct && ks_arch_is_direct(o->addr, &o->ops))
		return KS_BACKEND_DIRECT;
#endif
	return KS_BACKEND_FTRACE;
}
