// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unhooking many functions at a time.
 *
 * For each ops that goes, ftrace looks at all call sites of the kernel, some
 * 40,000, several times: for those that it may have to patch, and for those that
 * may be redirected by others from now on. Here both is done once for any number
 * of ops. Two ops of ours cover all the functions first. They do nothing; but as
 * each function still has two of them when its override's ops goes, there is
 * nothing to patch then. And the right to redirect the functions is the covers'
 * to give back: to the overrides' ops it is lent for as long as they are there,
 * which to ftrace is a flag of theirs.
 *
 * While they are covered, calls of the functions go through ftrace's list of all
 * ops, which takes long, but not for long.
 */
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/slab.h>

#include <ks_arch.h>
#include "compat.h"
#include "cover.h"
#include "grace.h"
#include "stubs.h"

#define KS_COVER_LEAST 8

struct ks_cover {
	struct ftrace_ops ops[2];
	struct ks_grace grace;
};

static void notrace ks_cover_hook(unsigned long ip, unsigned long parent_ip,
				  struct ftrace_ops *ops, ks_ftrace_regs *fregs)
{
}

NOKPROBE_SYMBOL(ks_cover_hook);

static int ks_cover_register(struct ftrace_ops *ops, unsigned long *addrs, unsigned int count)
{
	int err;

	*ops = (struct ftrace_ops) {
		.func = ks_cover_hook,
		.flags = KS_FTRACE_FLAGS & ~FTRACE_OPS_FL_IPMODIFY,
	};
#ifdef KS_ARCH_DIRECT
	/* or ftrace would make code for it, and wait when that goes */
	ks_arch_set_direct(ops, (unsigned long)ks_pass_stub);
#endif
	err = ks_ftrace_set_filter_ips(ops, addrs, count);
	return err ?: register_ftrace_function(ops);
}

static void ks_cover_unregister(struct ftrace_ops *ops)
{
	ops->flags &= ~FTRACE_OPS_FL_DYNAMIC;
	/* An error means that ftrace has shut down: then it looks at none of its ops any more. */
	unregister_ftrace_function(ops);
}

static void ks_cover_free(struct ks_grace *g)
{
	struct ks_cover *cover = container_of(g, struct ks_cover, grace);

	ks_ftrace_free_filter(&cover->ops[0]);
	ks_ftrace_free_filter(&cover->ops[1]);
	kfree(cover);
}

struct ks_cover *ks_cover(unsigned long *addrs, unsigned int count)
{
	struct ks_cover *cover;

	if (count < KS_COVER_LEAST)
		return NULL;
	cover = kzalloc(sizeof(*cover), GFP_KERNEL);
	if (!cover)
		return NULL;
	cover->grace.free = ks_cover_free;
	if (!ks_cover_register(&cover->ops[0], addrs, count)) {
		if (!ks_cover_register(&cover->ops[1], addrs, count))
			return cover;
		ks_cover_unregister(&cover->ops[0]);
	}
	ks_grace_add(&cover->grace);
	ks_grace_later();
	return NULL;
}

void ks_uncover(struct ks_cover *cover)
{
	if (!cover)
		return;
	ks_cover_unregister(&cover->ops[0]);
	cover->ops[1].flags |= FTRACE_OPS_FL_IPMODIFY;
	ks_cover_unregister(&cover->ops[1]);
	ks_grace_add(&cover->grace);
}
