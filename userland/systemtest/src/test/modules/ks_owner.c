// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the entry of ks_test_vuln() as a livepatch would, for kernels that have
 * no livepatches: by an ftrace_ops that may change the instruction pointer,
 * though this one never does.
 */
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/version.h>

int ks_test_vuln(long magic);

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
#define CALLBACK_REGS struct ftrace_regs
#else
#define CALLBACK_REGS struct pt_regs
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 15, 0)
#define free_filter(ops) ftrace_free_filter(ops)
#else
#define free_filter(ops) ftrace_set_filter(ops, NULL, 0, 1)
#endif

static void notrace nothing(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			    CALLBACK_REGS *regs)
{
}

static struct ftrace_ops owner = {
	.func = nothing,
	.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_SAVE_REGS_IF_SUPPORTED,
};

static typeof(&ks_test_vuln) vuln;

static int __init ks_owner_init(void)
{
	int err;

	vuln = symbol_get(ks_test_vuln);
	if (!vuln)
		return -ENOENT;
	err = ftrace_set_filter_ip(&owner, (unsigned long)vuln, 0, 0);
	if (!err)
		err = register_ftrace_function(&owner);
	if (err) {
		free_filter(&owner);
		symbol_put(ks_test_vuln);
	}
	return err;
}

static void __exit ks_owner_exit(void)
{
	unregister_ftrace_function(&owner);
	free_filter(&owner);
	symbol_put(ks_test_vuln);
}

module_init(ks_owner_init);
module_exit(ks_owner_exit);
MODULE_DESCRIPTION("Owns the ftrace entry of ks_test_vuln()");
MODULE_LICENSE("GPL");
