// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kprobe layer refuses, we refuse: a function is vetted by a kprobe
 * that is registered, disabled, and not used. It has no handlers: one with a
 * post handler would change how other probes of the function are armed.
 *
 * To unregister a kprobe takes an RCU grace period, and one is enough for many.
 * Nobody waits for that: it is done later, for all there are by then.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kprobes.h>
#include <linux/llist.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include <ks_arch.h>

#include "report.h"
#include "vet.h"

struct ks_vetting {
	struct llist_node node;
	struct kprobe kp;
};

static LLIST_HEAD(ks_vetted);

static void ks_vet_reap(struct work_struct *work)
{
	struct llist_node *node = llist_del_all(&ks_vetted);
	static struct kprobe *batch[128];	/* there is one work item */
	int i, n;

	while (node) {
		for (n = 0; node && n < ARRAY_SIZE(batch); node = node->next)
			batch[n++] = &llist_entry(node, struct ks_vetting, node)->kp;
		unregister_kprobes(batch, n);
		for (i = 0; i < n; i++)
			kfree(container_of(batch[i], struct ks_vetting, kp));
	}
}

static DECLARE_WORK(ks_vet_work, ks_vet_reap);

int ks_vet(unsigned long addr, const char *name)
{
	struct ks_vetting *v;
	int err;

	if (within_module(addr, THIS_MODULE)) {
		ks_refuse("%s: it is part of killswitch itself", name);
		return -EINVAL;
	}
	v = kzalloc(sizeof(*v), GFP_KERNEL);
	if (!v)
		return -ENOMEM;
	v->kp.addr = (kprobe_opcode_t *)(addr + KS_ARCH_PROBE_OFFSET);
	v->kp.flags = KPROBE_FLAG_DISABLED;
	err = register_kprobe(&v->kp);
	if (err) {
		ks_refuse("%s: not a function that can be probed (register_kprobe: %pe)",
			  name, ERR_PTR(err));
		kfree(v);
		return err;
	}
	llist_add(&v->node, &ks_vetted);
	schedule_work(&ks_vet_work);
	return 0;
}

void ks_vet_exit(void)
{
	flush_work(&ks_vet_work);
}
