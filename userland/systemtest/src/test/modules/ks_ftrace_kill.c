// SPDX-License-Identifier: GPL-2.0-only
/* Has ftrace shut down, as it does when it finds what it cannot explain. */
#include <linux/kprobes.h>
#include <linux/module.h>

/* where a probe goes is not where a function begins, which is all that kCFI lets somebody call */
#ifndef __nocfi
#define __nocfi
#endif

static int __nocfi __init ks_ftrace_kill_init(void)
{
	struct kprobe kp = { .symbol_name = "ftrace_kill" };
	void (*kill)(void);
	int err;

	/* it is not exported: the kprobe layer knows where it is */
	err = register_kprobe(&kp);
	if (err)
		return err;
	kill = (void (*)(void))kp.addr;
	unregister_kprobe(&kp);
	kill();
	return 0;
}

static void __exit ks_ftrace_kill_exit(void)
{
}

module_init(ks_ftrace_kill_init);
module_exit(ks_ftrace_kill_exit);
MODULE_DESCRIPTION("Has ftrace shut down");
MODULE_LICENSE("GPL");
