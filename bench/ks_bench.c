// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions to engage, and the time that calls of the first of them take. Time
 * is a number of instructions in a guest that counts them (QEMU's -icount).
 *
 * In debugfs, folder ks_bench:
 *   call		read: "<ns> <calls> <value>", calls in a row on one CPU and
 *			what the last one returned
 *   call_all		read: the same for all online CPUs calling at once: from
 *			the common start to the end, and the calls of all
 *   kprobe		write 1: have a kprobe override the function; 0: no more
 */
#include <linux/atomic.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/error-injection.h>
#include <linux/fs.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/processor.h>
#include <linux/ptrace.h>
#include <linux/seq_file.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>

#define KS_BENCH_MAGIC 0xC0FFEE
#define KS_BENCH_CALLS 100000
/* Of a CPU, until it lets others go on. */
#define KS_BENCH_BATCH 1000

/* As in kernel/noipa.h: callers are not to know what a function does. */
#if __has_attribute(__noipa__)
#define __ks_noipa __attribute__((__noipa__))
#else
#define __ks_noipa
#endif

#define KS_BENCH(n)							\
	static noinline __ks_noipa __used int ks_bench_##n(long magic)	\
	{								\
		return magic == KS_BENCH_MAGIC ? -EBADMSG : 0;		\
	}

#include "ks_bench_functions.h"

ALLOW_ERROR_INJECTION(ks_bench_0000, ERRNO);

static int ks_bench_call_show(struct seq_file *m, void *v)
{
	unsigned long flags;
	u64 start, end;
	int i, last = 0;

	local_irq_save(flags);
	start = ktime_get_ns();
	for (i = 0; i < KS_BENCH_CALLS; i++)
		last = ks_bench_0000(KS_BENCH_MAGIC);
	end = ktime_get_ns();
	local_irq_restore(flags);
	seq_printf(m, "%llu %d %d\n", end - start, KS_BENCH_CALLS, last);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(ks_bench_call);

struct ks_bench_all {
	atomic_t missing;	/* CPUs that have not come to the start yet */
	atomic64_t calls;
	u64 start;
	u64 end;		/* when the first CPU had made all of its calls, else 0 */
	int last;
};

/*
 * No CPU waits for another one between start and end: where all CPUs share the
 * count of instructions, those of a loop that waits would be counted, too. So
 * the last to come starts the clock, and the first to be done stops it. Such
 * CPUs take turns, and one in a loop that waits lets the next one have its own.
 */
static void ks_bench_call_all_cpu(void *info)
{
	struct ks_bench_all *all = info;
	int i, calls = 0, last = 0;

	if (atomic_dec_and_test(&all->missing))
		WRITE_ONCE(all->start, ktime_get_ns());
	else
		while (!READ_ONCE(all->start))
			cpu_relax();
	do {
		for (i = 0; i < KS_BENCH_BATCH; i++)
			last = ks_bench_0000(KS_BENCH_MAGIC);
		calls += KS_BENCH_BATCH;
		cpu_relax();
	} while (calls < KS_BENCH_CALLS && !READ_ONCE(all->end));
	cmpxchg64(&all->end, 0, ktime_get_ns());
	atomic64_add(calls, &all->calls);
	WRITE_ONCE(all->last, last);
}

static int ks_bench_call_all_show(struct seq_file *m, void *v)
{
	struct ks_bench_all all = {};

	cpus_read_lock();
	atomic_set(&all.missing, num_online_cpus());
	on_each_cpu(ks_bench_call_all_cpu, &all, 1);
	cpus_read_unlock();
	seq_printf(m, "%llu %lld %d\n", all.end - all.start, atomic64_read(&all.calls), all.last);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(ks_bench_call_all);

static notrace noinline __ks_noipa long ks_bench_constant(void)
{
	return -EACCES;
}
NOKPROBE_SYMBOL(ks_bench_constant);

static int notrace ks_bench_pre_handler(struct kprobe *kp, struct pt_regs *regs)
{
	instruction_pointer_set(regs, (unsigned long)ks_bench_constant);
	return 1;
}
NOKPROBE_SYMBOL(ks_bench_pre_handler);

/* Having one tells the kprobe layer that the other may change where execution continues. */
static void notrace ks_bench_post_handler(struct kprobe *kp, struct pt_regs *regs,
					  unsigned long flags)
{
}
NOKPROBE_SYMBOL(ks_bench_post_handler);

static struct kprobe ks_bench_kprobe;
static bool ks_bench_kprobe_armed;
static DEFINE_MUTEX(ks_bench_kprobe_lock);

static int ks_bench_kprobe_set(bool arm)
{
	int err = 0;

	if (arm == ks_bench_kprobe_armed)
		return 0;
	if (arm) {
		ks_bench_kprobe = (struct kprobe) {
			.addr = (kprobe_opcode_t *)ks_bench_0000,
			.pre_handler = ks_bench_pre_handler,
			.post_handler = ks_bench_post_handler,
		};
		err = register_kprobe(&ks_bench_kprobe);
	} else {
		unregister_kprobe(&ks_bench_kprobe);
	}
	if (!err)
		ks_bench_kprobe_armed = arm;
	return err;
}

static ssize_t ks_bench_kprobe_write(struct file *file, const char __user *buf, size_t count,
				     loff_t *pos)
{
	bool arm;
	int err;

	err = kstrtobool_from_user(buf, count, &arm);
	if (err)
		return err;
	mutex_lock(&ks_bench_kprobe_lock);
	err = ks_bench_kprobe_set(arm);
	mutex_unlock(&ks_bench_kprobe_lock);
	return err ?: count;
}

static const struct file_operations ks_bench_kprobe_fops = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.write = ks_bench_kprobe_write,
};

static struct dentry *ks_bench_dir;

static int __init ks_bench_init(void)
{
	ks_bench_dir = debugfs_create_dir("ks_bench", NULL);
	if (IS_ERR(ks_bench_dir))
		return PTR_ERR(ks_bench_dir);
	debugfs_create_file("call", 0400, ks_bench_dir, NULL, &ks_bench_call_fops);
	debugfs_create_file("call_all", 0400, ks_bench_dir, NULL, &ks_bench_call_all_fops);
	debugfs_create_file("kprobe", 0200, ks_bench_dir, NULL, &ks_bench_kprobe_fops);
	return 0;
}

static void __exit ks_bench_exit(void)
{
	debugfs_remove(ks_bench_dir);
	ks_bench_kprobe_set(false);
}

module_init(ks_bench_init);
module_exit(ks_bench_exit);

MODULE_DESCRIPTION("Functions to engage, and the time that calls take");
MODULE_AUTHOR("The killswitch authors");
MODULE_LICENSE("GPL");
