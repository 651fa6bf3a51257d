// SPDX-License-Identifier: GPL-2.0
/*
 * Unhooking many functions at a time.
 *
 * For each ops that goes, ftrace looks at all call sites of the kernel, some
 * 40,000, several times: for those that it may have to patch, and for those that
 * somebody else may redirect from now on. Here both is done once for any number
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

#include <ks_arch.h>
#include "compat.h"
#include "cover.h"
#include "override.h"
#include "stubs.h"

#define KS_COVER_LEAST 8

static struct ftrace_ops ks_covers[2];

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
	if (!err)
		err = register_ftrace_function(ops);
	if (err)
		ks_ftrace_free_filter(ops);
	return err;
}

static void ks_cover_unregister(struct ftrace_ops *ops)
{
	ops->flags &= ~FTRACE_OPS_FL_DYNAMIC;
	/* An error means that ftrace has shut down: then it looks at none of its ops any more. */
	unregister_ftrace_function(ops);
}

bool ks_cover(unsigned long *addrs, unsigned int count)
{
	if (count < KS_COVER_LEAST || ks_cover_register(&ks_covers[0], addrs, count))
		return false;
	if (!ks_cover_register(&ks_covers[1], addrs, count))
		return true;
	ks_cover_unregister(&ks_covers[0]);
	ks_override_wait();
	ks_ftrace_free_filter(&ks_covers[0]);
	return false;
}

void ks_uncover(void)
{
	ks_cover_unregister(&ks_covers[0]);
	ks_covers[1].flags |= FTRACE_OPS_FL_IPMODIFY;
	ks_cover_unregister(&ks_covers[1]);
	ks_override_wait();
	ks_ftrace_free_filter(&ks_covers[0]);
	ks_ftrace_free_filter(&ks_covers[1]);
}
