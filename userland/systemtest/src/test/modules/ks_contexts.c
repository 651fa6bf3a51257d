// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls ks_test_vuln(1) from softirq and from hard interrupt context while a
 * kprobe handler is running on the same CPU. Reading the debugfs file
 * ks_contexts does it once and shows a line
 *
 *   softirq=<ret> in_softirq=<0|1> hardirq=<ret> in_hardirq=<0|1> inside=<0|1>
 *
 * where inside tells whether the calls were made while the handler ran: each
 * then skips a second kprobe. Under PREEMPT_RT softirqs are threads, which do
 * not interrupt a handler: there, that is of the hard interrupt alone.
 *
 * Where kprobes are calls through ftrace, the interrupts hit a running handler.
 * Where they are exceptions a handler runs with interrupts off, so the probed
 * function is called in the interrupts, and its handler makes the calls.
 */
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/seq_file.h>
#include <linux/timer.h>

int ks_test_vuln(long magic);

static typeof(&ks_test_vuln) vuln;
static int softirq_ret, hardirq_ret;
static bool softirq_done, hardirq_done, softirq_seen, hardirq_seen;

noinline void ks_contexts_outer(void);
noinline void ks_contexts_inner(void);

/* Both are probed; the barriers keep calls of empty functions. */
noinline void ks_contexts_outer(void)
{
	barrier();
}

noinline void ks_contexts_inner(void)
{
	barrier();
}

#define INTERRUPTS_HIT_HANDLERS IS_ENABLED(CONFIG_KPROBES_ON_FTRACE)
#define SOFTIRQS_INTERRUPT (!IS_ENABLED(CONFIG_PREEMPT_RT))

static void call_in_softirq(void)
{
	softirq_seen = in_serving_softirq();
	softirq_ret = vuln(1);
	ks_contexts_inner();
	WRITE_ONCE(softirq_done, true);
}

static void call_in_hardirq(void)
{
	hardirq_seen = hardirq_count() != 0;
	hardirq_ret = vuln(1);
	ks_contexts_inner();
	WRITE_ONCE(hardirq_done, true);
}

static void from_softirq(struct timer_list *unused)
{
	if (INTERRUPTS_HIT_HANDLERS)
		call_in_softirq();
	else
		ks_contexts_outer();
}

static void from_hardirq(struct irq_work *unused)
{
	if (INTERRUPTS_HIT_HANDLERS)
		call_in_hardirq();
	else
		ks_contexts_outer();
}

static DEFINE_TIMER(timer, from_softirq);

#ifdef IRQ_WORK_INIT_HARD
/* no thread's work, under PREEMPT_RT either */
static struct irq_work work = IRQ_WORK_INIT_HARD(from_hardirq);
#else
static struct irq_work work = { .func = from_hardirq };
#endif

/*
 * Where softirqs were left to ksoftirqd just now, the timer's waits for it, and
 * so for us to leave the CPU: then it is too late.
 */
static bool in_time;

static bool interrupted(void)
{
	return READ_ONCE(hardirq_done) && (!SOFTIRQS_INTERRUPT || READ_ONCE(softirq_done));
}

static void interrupt_this_cpu(void)
{
	unsigned long end = jiffies + HZ;

	preempt_disable();
	irq_work_queue(&work);
	timer.expires = jiffies + 1;
	add_timer_on(&timer, smp_processor_id());
	while (!interrupted() && time_before(jiffies, end))
		cpu_relax();
	in_time = interrupted();
	preempt_enable();
}

static int outer_handler(struct kprobe *kp, struct pt_regs *regs)
{
	if (INTERRUPTS_HIT_HANDLERS)
		interrupt_this_cpu();
	else if (hardirq_count())
		call_in_hardirq();
	else
		call_in_softirq();
	return 0;
}

static int inner_handler(struct kprobe *kp, struct pt_regs *regs)
{
	return 0;
}

static struct kprobe outer = { .symbol_name = "ks_contexts_outer", .pre_handler = outer_handler };
static struct kprobe inner = { .symbol_name = "ks_contexts_inner", .pre_handler = inner_handler };

static bool attempt(void)
{
	softirq_done = false;
	hardirq_done = false;
	inner.nmissed = 0;
	if (INTERRUPTS_HIT_HANDLERS)
		ks_contexts_outer();
	else
		interrupt_this_cpu();
	irq_work_sync(&work);
	while (!READ_ONCE(softirq_done))
		msleep(20);
	return in_time;
}

static int ks_contexts_show(struct seq_file *m, void *unused)
{
	int tries = 10;

	while (!attempt())
		if (!--tries)
			return -ETIMEDOUT;
	seq_printf(m, "softirq=%d in_softirq=%d hardirq=%d in_hardirq=%d inside=%d\n",
		   softirq_ret, softirq_seen, hardirq_ret, hardirq_seen,
		   inner.nmissed == 1 + SOFTIRQS_INTERRUPT);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(ks_contexts);

static struct dentry *file;

static int __init ks_contexts_init(void)
{
	int err;

	vuln = symbol_get(ks_test_vuln);
	if (!vuln)
		return -ENOENT;
	err = register_kprobe(&outer);
	if (err)
		goto err_symbol;
	err = register_kprobe(&inner);
	if (err)
		goto err_outer;
	file = debugfs_create_file("ks_contexts", 0400, NULL, NULL, &ks_contexts_fops);
	return 0;

err_outer:
	unregister_kprobe(&outer);
err_symbol:
	symbol_put(ks_test_vuln);
	return err;
}

static void __exit ks_contexts_exit(void)
{
	debugfs_remove(file);
	unregister_kprobe(&inner);
	unregister_kprobe(&outer);
	symbol_put(ks_test_vuln);
}

module_init(ks_contexts_init);
module_exit(ks_contexts_exit);
MODULE_DESCRIPTION("Calls ks_test_vuln() from interrupts while a kprobe handler runs");
MODULE_LICENSE("GPL");
