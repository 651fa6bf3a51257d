// SPDX-License-Identifier: GPL-2.0
/* Vet a function, install the hook on it, remove the hook. */
#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/string.h>

#include <ks_arch.h>
#include "compat.h"
#include "guard.h"
#include "hit.h"
#include "override.h"
#include "report.h"
#include "stubs.h"
#include "symbol.h"

/* The values, by slot; the stubs read them. */
long ks_retvals[KS_SLOTS];

/* Which slots are taken; changed by install and remove only. */
static DECLARE_BITMAP(ks_slots, KS_SLOTS);

/* A call to count, and to override unless it is only being counted. */
static __always_inline void ks_ftrace_catch(struct ks_override *o, enum ks_mode mode,
					    ks_ftrace_regs *fregs)
{
	this_cpu_inc(*o->hits);
	if (mode != KS_MODE_ENFORCE)
		return;
	ks_ftrace_set_ip(fregs, (unsigned long)ks_stubs + o->slot * KS_STUB_SIZE);
	ks_hit(o->name, READ_ONCE(ks_retvals[o->slot]));
}

static void notrace ks_ftrace_hook(unsigned long ip, unsigned long parent_ip,
				   struct ftrace_ops *ops, ks_ftrace_regs *fregs)
{
	struct ks_override *o = container_of(ops, struct ks_override, ops);
	enum ks_mode mode = READ_ONCE(o->mode);

	if (mode != KS_MODE_OFF)
		ks_ftrace_catch(o, mode, fregs);
}

NOKPROBE_SYMBOL(ks_ftrace_hook);

static void notrace ks_ftrace_guarded_hook(unsigned long ip, unsigned long parent_ip,
					   struct ftrace_ops *ops, ks_ftrace_regs *fregs)
{
	struct ks_override *o = container_of(ops, struct ks_override, ops);
	enum ks_mode mode = READ_ONCE(o->mode);
	struct pt_regs room;

	if (mode != KS_MODE_OFF && o->guard->matches(o->guard, ks_ftrace_guard_regs(fregs, &room)))
		ks_ftrace_catch(o, mode, fregs);
}

NOKPROBE_SYMBOL(ks_ftrace_guarded_hook);

static int ks_ftrace_install(struct ks_override *o, const char *name)
{
	int err;

	o->ops.func = o->guard ? ks_ftrace_guarded_hook : ks_ftrace_hook;
	o->ops.flags = (o->guard ? KS_FTRACE_GUARD_FLAGS : KS_FTRACE_FLAGS) |
		       FTRACE_OPS_FL_PERMANENT;
	err = ftrace_set_filter_ip(&o->ops, o->addr, 0, 0);
	if (err)
		return err == -EINVAL ? -ENOENT : err;
	err = register_ftrace_function(&o->ops);
	if (err) {
		ks_ftrace_free_filter(&o->ops);
		if (err == -EBUSY)
			ks_refuse("%s: a livepatch or another redirection owns its entry", name);
	}
	return err;
}

#ifdef KS_ARCH_KPROBE
static int notrace ks_kprobe_hook(struct kprobe *kp, struct pt_regs *regs)
{
	struct ks_override *o = container_of(kp, struct ks_override, kp);
	enum ks_mode mode = READ_ONCE(o->mode);
	long value;

	if (mode == KS_MODE_OFF || (o->guard && !o->guard->matches(o->guard, regs)))
		return 0;
	this_cpu_inc(*o->hits);
	if (mode == KS_MODE_COUNT)
		return 0;
	value = READ_ONCE(ks_retvals[o->slot]);
	ks_arch_return(regs, value);
	ks_hit(o->name, value);
	return 1;
}

NOKPROBE_SYMBOL(ks_kprobe_hook);

/*
 * A kprobe with a post handler is never turned into a jump, and only a
 * breakpoint lets its handler change where execution continues.
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
	ks_kprobe_switch_held = ks_override_remove(&ks_kprobe_switch);
	if (ks_kprobe_switch_held) {
		/* ftrace has shut down: the hook stays, and lets calls pass */
		ks_kprobes++;
		__module_get(THIS_MODULE);
		return;
	}
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
	else if (!o->internal)
		ks_refuse("%s: by a kprobe, as it has no ftrace site: calls are missed while the handler of another kprobe runs on their CPU",
			  name);
	return err;
}

static void ks_kprobe_remove(struct ks_override *o)
{
	/* Waits for the handlers; an overridden call never enters our text. */
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

/*
 * What the kprobe layer refuses, we refuse. The probe has no handlers: one
 * with a post handler would change how other probes of the function are armed.
 */
static int ks_vet(unsigned long addr, const char *name)
{
	struct kprobe kp = {
		.addr = (kprobe_opcode_t *)addr,
		.flags = KPROBE_FLAG_DISABLED,
	};
	int err;

	if (within_module(addr, THIS_MODULE)) {
		ks_refuse("%s: it is part of killswitch itself", name);
		return -EINVAL;
	}
	err = register_kprobe(&kp);
	if (err) {
		ks_refuse("%s: not a function that can be probed (register_kprobe: %pe)",
			  name, ERR_PTR(err));
		return err;
	}
	unregister_kprobe(&kp);
	return 0;
}

static int ks_hook_install(struct ks_override *o, const char *name)
{
	int err;

	err = ks_vet(o->addr, name);
	if (err)
		return err;
	o->backend = KS_BACKEND_FTRACE;
	err = ks_ftrace_install(o, name);
	if (err != -ENOENT)
		return err;
	o->backend = KS_BACKEND_KPROBE;
	return ks_kprobe_install(o, name);
}

int ks_override_install(struct ks_override *o, const char *name, unsigned long addr,
			long retval, bool enforce, struct ks_guard *guard)
{
	unsigned int end = o->internal ? KS_SLOTS : KS_PLACES;
	int err;

	o->name = name;
	o->addr = addr;
	o->guard = guard;
	o->mode = enforce ? KS_MODE_ENFORCE : KS_MODE_COUNT;
	o->slot = find_next_zero_bit(ks_slots, end, o->internal ? KS_PLACES : 0);
	if (o->slot >= end) {
		ks_refuse("%s: all %d places for engagements are taken", name, KS_PLACES);
		return -ENOMEM;
	}
	o->hits = alloc_percpu(unsigned long);
	if (!o->hits)
		return -ENOMEM;
	__set_bit(o->slot, ks_slots);
	ks_override_set_retval(o, retval);

	err = ks_hook_install(o, name);
	if (err)
		ks_override_release(o);
	return err;
}

int ks_override_remove(struct ks_override *o)
{
	int err = 0;

	WRITE_ONCE(o->mode, KS_MODE_OFF);
	switch (o->backend) {
	case KS_BACKEND_FTRACE:
		/*
		 * For an ops that is not part of the kernel image this waits
		 * until no CPU is in the hook, and no task on its way from it
		 * to the stub.
		 */
		err = unregister_ftrace_function(&o->ops);
		if (!err)
			ks_ftrace_free_filter(&o->ops);
		break;
	case KS_BACKEND_KPROBE:
		ks_kprobe_remove(o);
		break;
	}
	return err;
}

void ks_override_release(struct ks_override *o)
{
	__clear_bit(o->slot, ks_slots);
	free_percpu(o->hits);
}

void ks_override_enforce(struct ks_override *o)
{
	WRITE_ONCE(o->mode, KS_MODE_ENFORCE);
}

long ks_override_retval(const struct ks_override *o)
{
	return READ_ONCE(ks_retvals[o->slot]);
}

void ks_override_set_retval(struct ks_override *o, long retval)
{
	WRITE_ONCE(ks_retvals[o->slot], retval);
}

u64 ks_override_hits(const struct ks_override *o)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(o->hits, cpu));
	return sum;
}
