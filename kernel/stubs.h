/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the hook and the stubs of arch/<arch>/stubs.S share: a slot per hooked
 * function, and two stubs for each slot.
 */
#ifndef KS_STUBS_H
#define KS_STUBS_H

#define KS_PLACES 1024		/* engagements at a time */
#define KS_SLOTS (KS_PLACES + 2)	/* and the gate, and what keeps kprobes switched on */

/* Bytes of a stub: each is reached by its slot's index. */
#define KS_RETURN_STUB_SIZE 16
#define KS_DIRECT_STUB_SIZE 64

/* The fields of a slot that the stubs use, as offsets. */
#define KS_SLOT_SIZE 64
#define KS_SLOT_RETVAL 0
#define KS_SLOT_HITS 8
#define KS_SLOT_FLAGS 16
#define KS_SLOT_GUARD 24

/* Bits of a slot's flags. With none of them set a call is overridden, and that is all. */
#define KS_SLOT_OFF 0		/* calls run, not counted: the hook is on its way out */
#define KS_SLOT_COUNT 1		/* calls run, and are counted */
#define KS_SLOT_TELL 2		/* the trace event is followed */
#define KS_SLOT_ASK 3		/* a guard decides */

#ifndef __ASSEMBLY__
#include <linux/build_bug.h>
#include <linux/stddef.h>

struct ks_guard;
struct ks_override;

struct ks_slot {
	long retval;
	unsigned long __percpu *hits;
	unsigned long flags;
	struct ks_guard *guard;		/* the owner's */
	const struct ks_override *owner;
} __aligned(KS_SLOT_SIZE);

static_assert(sizeof(struct ks_slot) == KS_SLOT_SIZE);
static_assert(offsetof(struct ks_slot, retval) == KS_SLOT_RETVAL);
static_assert(offsetof(struct ks_slot, hits) == KS_SLOT_HITS);
static_assert(offsetof(struct ks_slot, flags) == KS_SLOT_FLAGS);
static_assert(offsetof(struct ks_slot, guard) == KS_SLOT_GUARD);

extern struct ks_slot ks_slots[KS_SLOTS];

/*
 * Where a call continues that was overridden by a callback: loads the value and
 * returns to the function's caller.
 *
 * The value is loaded there, not by the callback, because something may run in
 * between: a BPF trampoline on the same function is entered after the ftrace
 * callbacks, uses the return register, and only then continues there. Nothing
 * but the return register may change.
 */
extern const char ks_return_stubs[];	/* KS_SLOTS of KS_RETURN_STUB_SIZE bytes */

/* What a function's ftrace site calls in the place of a callback. */
extern const char ks_direct_stubs[];	/* KS_SLOTS of KS_DIRECT_STUB_SIZE bytes */

/* The same for an ops that lets all calls run. */
extern const char ks_pass_stub[];

/* A direct stub leaves calls to it that are overridden and traced. */
long ks_direct_told(struct ks_slot *slot);

/*
 * A direct stub leaves calls to it that a guard has claimed, or that need none,
 * and that are traced or run. Returns where the call continues, or 0: in the
 * function's body.
 */
unsigned long ks_direct_caught(struct ks_slot *slot);
#endif

#endif
