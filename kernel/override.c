// SPDX-License-Identifier: GPL-2.0-only
/* Install the hook on a function, remove it. */
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/cache.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include <ks_arch.h>
#include "compat.h"
#include "grace.h"
#include "guard.h"
#include "hit.h"
#include "lock.h"
#include "override.h"
#include "report.h"
#include "stubs.h"
#include "symbol.h"
#include "vet.h"

/* The hook on one function. All fields are fixed while installed. */
struct ks_override {
	unsigned long addr;		/* the function's, as the symbol table has it */
	bool internal;			/* no engagement, and takes no place of theirs */
	bool probed;			/* by a kprobe, not by ftrace */
	bool direct;			/* the ops has a stub of ours, which is called as long as it is alone */
	bool filtered;			/* ftrace has a filter of it to be given back */
	struct ks_slot *slot;		/* what the hook goes by, and the stubs */
	struct ks_guard *guard;		/* whose calls alone count and are overridden, or NULL */
	struct ftrace_ops ops;
	struct kprobe kp;
	struct list_head unhooked;	/* in the list of that name, until it is buried */
	struct ks_grace grace;
	char name[];			/* of the function, for the trace event */
};

struct ks_slot ks_slots[KS_SLOTS] __cacheline_aligned;

/* Which slots are taken. */
static DECLARE_BITMAP(ks_slots_taken, KS_SLOTS);
static DEFINE_SPINLOCK(ks_slots_lock);	/* protects ks_slots_taken */

static bool ks_stuck;		/* set once */

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
 * Count a call that the guard has claimed, if there is one, trace it, and say
 * whether it is overridden, which is for the caller to do.
 */
static __always_inline bool ks_caught(const struct ks_slot *slot, unsigned long flags)
{
	bool observed = flags & BIT(KS_SLOT_COUNT);

	this_cpu_inc(*slot->hits);
	if (unlikely(flags & BIT(KS_SLOT_TELL)))
		ks_hit_tell(slot->owner->name, READ_ONCE(slot->retval), observed);
	return !observed;
}

/* The same for a call that has reached a hook, and of which nobody has asked the guard yet. */
static __always_inline bool ks_catch(const struct ks_override *o, unsigned long flags,
				     struct pt_regs *regs)
{
	if ((flags & BIT(KS_SLOT_ASK)) && !ks_guard_matches(o->guard, regs))
		return false;
	return ks_caught(o->slot, flags);
}

static void notrace ks_ftrace_hook(unsigned long ip, unsigned long parent_ip,
				   struct ftrace_ops *ops, ks_ftrace_regs *fregs)
{
	struct ks_override *o = container_of(ops, struct ks_override, ops);
	unsigned long flags = READ_ONCE(o->slot->flags);

	if (!(flags & BIT(KS_SLOT_OFF)) && ks_catch(o, flags, NULL))
		ks_ftrace_set_ip(fregs, (unsigned long)ks_return_stub(o->slot));
}

NOKPROBE_SYMBOL(ks_ftrace_hook);

static void notrace ks_ftrace_guarded_hook(unsigned long ip, unsigned long parent_ip,
					   struct ftrace_ops *ops, ks_ftrace_regs *fregs)
{
	struct ks_override *o = container_of(ops, struct ks_override, ops);
	unsigned long flags = READ_ONCE(o->slot->flags);
	struct pt_regs room;

	if (!(flags & BIT(KS_SLOT_OFF)) &&
	    ks_catch(o, flags, ks_ftrace_guard_regs(fregs, &room)))
		ks_ftrace_set_ip(fregs, (unsigned long)ks_return_stub(o->slot));
}

NOKPROBE_SYMBOL(ks_ftrace_guarded_hook);

long notrace ks_direct_told(struct ks_slot *slot)
{
	long value = READ_ONCE(slot->retval);

	this_cpu_inc(*slot->hits);
	ks_hit_tell(slot->owner->name, value, false);
	return value;
}

NOKPROBE_SYMBOL(ks_direct_told);

unsigned long notrace ks_direct_caught(struct ks_slot *slot)
{
	unsigned long flags = READ_ONCE(slot->flags);

	if ((flags & BIT(KS_SLOT_OFF)) || !ks_caught(slot, flags))
		return 0;
	return (unsigned long)ks_return_stub(slot);
}

NOKPROBE_SYMBOL(ks_direct_caught);

/*
 * Have the function's ftrace site call a stub of ours, where it can. It does so
 * while no other tracer is on the function; what else there is to an ops goes on
 * as if it did not: nothing else may redirect the function, and ftrace stays on.
 */
static void ks_make_direct(struct ks_override *o)
{
#ifdef KS_ARCH_DIRECT
	o->direct = ks_best == KS_BACKEND_DIRECT && (KS_ARCH_DIRECT_GUARD || !o->guard);
	if (o->direct)
		ks_arch_set_direct(&o->ops, (unsigned long)ks_direct_stubs +
					    (o->slot - ks_slots) * KS_DIRECT_STUB_SIZE);
#endif
}

static void ks_refuse_owned(const char *name)
{
	ks_refuse("%s: a livepatch or another redirection owns its entry", name);
}

static int ks_ftrace_register(struct ks_override *o)
{
	int err, tries = 10;

	/* a BPF trampoline of the function is being changed right now */
	do {
		err = register_ftrace_function(&o->ops);
	} while (err == -EAGAIN && tries--);
	return err == -EAGAIN ? -EBUSY : err;
}

static int ks_ftrace_install(struct ks_override *o)
{
	int err;

	o->ops.func = o->guard ? ks_ftrace_guarded_hook : ks_ftrace_hook;
	o->ops.flags = (o->guard ? KS_FTRACE_GUARD_FLAGS : KS_FTRACE_FLAGS) |
		       FTRACE_OPS_FL_PERMANENT;
	err = ftrace_set_filter_ip(&o->ops, o->addr, 0, 0);
	if (err == -EINVAL)
		return -ENOENT;
	if (err)
		goto err_log;
	o->filtered = true;
	ks_make_direct(o);
	err = ks_ftrace_register(o);
	if (err == -EBUSY)
		ks_refuse_owned(o->name);
	else if (err)
		goto err_log;
	return err;

err_log:
	ks_refuse("%s: ftrace does not take it: %pe", o->name, ERR_PTR(err));
	return err;
}

#ifdef KS_ARCH_KPROBE
static int notrace ks_kprobe_hook(struct kprobe *kp, struct pt_regs *regs)
{
	struct ks_override *o = container_of(kp, struct ks_override, kp);
	unsigned long flags = READ_ONCE(o->slot->flags);

	if ((flags & BIT(KS_SLOT_OFF)) || !ks_catch(o, flags, regs))
		return 0;
	instruction_pointer_set(regs, (unsigned long)ks_return_stub(o->slot));
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
 * A file in debugfs disarms all kprobes. While an override is one of them, the
 * function that writes to that file is overridden, too.
 */
#define KS_KPROBE_SWITCH "write_enabled_file_bool"
/* Protects the two below; nests in ks_lock; no grace period is waited for with it. */
static DEFINE_MUTEX(ks_kprobe_lock);
static struct ks_override *ks_kprobe_switch;
static unsigned int ks_kprobes;

static int ks_kprobe_switch_install(const char *name)
{
	struct ks_hook hook = { .name = KS_KPROBE_SWITCH, .retval = -EBUSY, .internal = true };
	struct ks_override *o;
	struct ks_symbol s;
	struct ks_name n;

	ks_name_split(KS_KPROBE_SWITCH, &n);
	if (ks_symbol_resolve(&n, &s)) {
		ks_refuse("%s: debugfs kprobes/enabled cannot be kept from switching it off", name);
		return 0;
	}
	hook.addr = s.addr;
	o = ks_override_install(&hook);
	if (IS_ERR(o))
		return PTR_ERR(o);
	ks_kprobe_switch = o;
	return 0;
}

static int ks_kprobe_switch_hold(const char *name)
{
	int err = 0;

	mutex_lock(&ks_kprobe_lock);
	if (!ks_kprobes)
		err = ks_kprobe_switch_install(name);
	if (!err)
		ks_kprobes++;
	mutex_unlock(&ks_kprobe_lock);
	return err;
}

static void ks_kprobe_switch_release(void)
{
	LIST_HEAD(unhooked);

	mutex_lock(&ks_kprobe_lock);
	if (!--ks_kprobes && ks_kprobe_switch) {
		ks_override_unhook(ks_kprobe_switch, false, &unhooked);
		ks_kprobe_switch = NULL;
	}
	mutex_unlock(&ks_kprobe_lock);
	ks_override_bury_later(&unhooked);
}

/* To unregister a kprobe is to wait for a grace period. */
static void ks_kprobe_leave(struct ks_grace *g)
{
	struct ks_override *o = container_of(g, struct ks_override, grace);

	unregister_kprobe(&o->kp);
	ks_kprobe_switch_release();
}

static int ks_kprobe_register(struct ks_override *o)
{
	int err;

	o->kp.addr = (kprobe_opcode_t *)o->addr;
	o->kp.pre_handler = ks_kprobe_hook;
	o->kp.post_handler = ks_kprobe_post;
	err = register_kprobe(&o->kp);
	if (err == -EBUSY)
		ks_refuse_owned(o->name);
	if (err)
		return err;
	o->probed = true;
	o->grace.leave = ks_kprobe_leave;
	if (ks_arch_kprobe_armed(&o->kp))
		return 0;
	ks_refuse("%s: it has no ftrace site, and kprobes are switched off (debugfs kprobes/enabled)",
		  o->name);
	return -EBUSY;
}

static int ks_kprobe_install(struct ks_override *o, const struct ks_hook *hook)
{
	int err;

	if (hook->no_kprobe) {
		ks_refuse("%s refused: sealed, and only a kprobe reaches it", o->name);
		return -EPERM;
	}
	err = ks_kprobe_switch_hold(o->name);
	if (err)
		return err;
	err = ks_kprobe_register(o);
	/* one that was registered is released when it is buried */
	if (err && !o->probed)
		ks_kprobe_switch_release();
	else if (!err && !o->internal && ks_best != KS_BACKEND_KPROBE)
		ks_refuse("%s: by a kprobe, as it has no ftrace site: calls are missed while the handler of another kprobe runs on their CPU",
			  o->name);
	return err;
}
#else
static int ks_kprobe_install(struct ks_override *o, const struct ks_hook *hook)
{
	ks_refuse("%s: it has no ftrace site, and on this architecture ftrace is the only way",
		  o->name);
	return -EINVAL;
}
#endif

static int ks_hook_install(struct ks_override *o, const struct ks_hook *hook)
{
	int err;

	err = ks_vet(o->addr, o->name);
	if (err)
		return err;
	err = -ENOENT;
	if (o->internal || ks_best != KS_BACKEND_KPROBE)
		err = ks_ftrace_install(o);
	return err == -ENOENT ? ks_kprobe_install(o, hook) : err;
}

/* Take one of the places for engagements, or of those for what is internal. */
static struct ks_slot *ks_slot_take(bool internal)
{
	unsigned int slot, end = internal ? KS_SLOTS : KS_PLACES;

	spin_lock(&ks_slots_lock);
	slot = find_next_zero_bit(ks_slots_taken, end, internal ? KS_PLACES : 0);
	if (slot < end)
		__set_bit(slot, ks_slots_taken);
	spin_unlock(&ks_slots_lock);
	return slot < end ? &ks_slots[slot] : NULL;
}

static void ks_slot_release(struct ks_slot *slot)
{
	free_percpu(slot->hits);
	spin_lock(&ks_slots_lock);
	__clear_bit(slot - ks_slots, ks_slots_taken);
	spin_unlock(&ks_slots_lock);
}

static void ks_override_free(struct ks_grace *g)
{
	struct ks_override *o = container_of(g, struct ks_override, grace);

	if (o->filtered)
		ks_ftrace_free_filter(&o->ops);
	ks_slot_release(o->slot);
	ks_guard_put(o->guard);
	kfree(o);
}

static struct ks_override *ks_override_alloc(const struct ks_hook *hook)
{
	size_t size = strlen(hook->name) + 1;
	struct ks_override *o;

	o = kzalloc(struct_size(o, name, size), GFP_KERNEL);
	if (!o)
		return ERR_PTR(-ENOMEM);
	memcpy(o->name, hook->name, size);
	o->addr = hook->addr;
	o->internal = hook->internal;
	o->guard = ks_guard_hold(hook->guard);
	o->grace.free = ks_override_free;
	return o;
}

static int ks_slot_set_up(struct ks_override *o, const struct ks_hook *hook)
{
	unsigned long __percpu *hits;
	struct ks_slot *slot;

	hits = alloc_percpu(unsigned long);
	if (!hits)
		return -ENOMEM;
	slot = ks_slot_take(o->internal);
	if (!slot) {
		free_percpu(hits);
		if (o->internal)
			ks_refuse("%s: it is hooked already; try again", o->name);
		else
			ks_refuse("%s: all %d places for engagements are taken", o->name,
				  KS_PLACES);
		return -ENOMEM;
	}
	slot->hits = hits;
	slot->owner = o;
	slot->guard = o->guard;
	WRITE_ONCE(slot->retval, hook->retval);
	/* not all at a time: hit.c has the bit that is its own changed meanwhile */
	assign_bit(KS_SLOT_COUNT, &slot->flags, hook->count);
	assign_bit(KS_SLOT_ASK, &slot->flags, o->guard);
	clear_bit(KS_SLOT_OFF, &slot->flags);
	o->slot = slot;
	return 0;
}

struct ks_override *ks_override_install(const struct ks_hook *hook)
{
	struct ks_override *o;
	LIST_HEAD(unhooked);
	int err;

	o = ks_override_alloc(hook);
	if (IS_ERR(o))
		return o;
	err = ks_slot_set_up(o, hook);
	if (err) {
		ks_guard_put(o->guard);
		kfree(o);
		return ERR_PTR(err);
	}
	err = ks_hook_install(o, hook);
	if (!err)
		return o;
	/* ftrace may have had it on its list for a moment, and who goes through that looks at it */
	set_bit(KS_SLOT_OFF, &o->slot->flags);
	list_add(&o->unhooked, &unhooked);
	ks_override_bury_later(&unhooked);
	return ERR_PTR(err);
}

static int ks_ftrace_unhook(struct ks_override *o, bool covered)
{
	/*
	 * For an ops that is not part of the kernel image ftrace waits for a
	 * grace period, unless told that it need not: by this flag. What ftrace
	 * has allocated for an ops is given back only after that; direct ones
	 * have nothing of the kind.
	 */
	if (!(o->ops.flags & FTRACE_OPS_FL_ALLOC_TRAMP))
		o->ops.flags &= ~FTRACE_OPS_FL_DYNAMIC;
	if (covered)
		o->ops.flags &= ~FTRACE_OPS_FL_IPMODIFY;
	return unregister_ftrace_function(&o->ops);
}

void ks_override_unhook(struct ks_override *o, bool covered, struct list_head *unhooked)
{
	set_bit(KS_SLOT_OFF, &o->slot->flags);
	if (o->probed || !ks_ftrace_unhook(o, covered)) {
		list_add_tail(&o->unhooked, unhooked);
		return;
	}
	ks_refuse("%s: ftrace has shut down and keeps the hook until reboot; it lets calls pass",
		  o->name);
	WRITE_ONCE(ks_stuck, true);
}

void ks_override_leave(struct list_head *unhooked)
{
	struct ks_override *o;

	ks_assert_may_wait();
	list_for_each_entry(o, unhooked, unhooked) {
		if (o->grace.leave)
			o->grace.leave(&o->grace);
		o->grace.leave = NULL;
	}
}

void ks_override_bury_later(struct list_head *unhooked)
{
	struct ks_override *o, *next;

	if (list_empty(unhooked))
		return;
	list_for_each_entry_safe(o, next, unhooked, unhooked)
		ks_grace_add(&o->grace);
	ks_grace_later();
}

void ks_override_bury(struct list_head *unhooked)
{
	struct ks_override *o, *next;

	ks_override_leave(unhooked);
	list_for_each_entry_safe(o, next, unhooked, unhooked)
		ks_grace_add(&o->grace);
	ks_grace_wait();
}

bool ks_override_stuck(void)
{
	return READ_ONCE(ks_stuck);
}

unsigned long ks_override_addr(const struct ks_override *o)
{
	return o->addr;
}

bool ks_override_probed(const struct ks_override *o)
{
	return o->probed;
}

void ks_override_enforce(struct ks_override *o, long retval)
{
	ks_override_set_retval(o, retval);
	/* A stub looks at the flags, then at the value, with nothing to keep these in order. */
	kick_all_cpus_sync();
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
