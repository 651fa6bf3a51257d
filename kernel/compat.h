/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every difference between kernels, and only that: the rest of the module reads
 * as if there were one kernel. What a kernel has is asked of its headers when
 * the module is built: see features/. The release that a comment names is when
 * it came to Linux; a distribution may have had it earlier.
 */
#ifndef KS_COMPAT_H
#define KS_COMPAT_H

#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/ftrace.h>
#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include <ks_arch.h>
#include <ks_features.h>

/* The taint of the kernel: up to 5.13 linux/kernel.h declares it. */
#ifdef KS_HAVE_PANIC_H
#include <linux/panic.h>
#else
#include <linux/kernel.h>
#endif

/*
 * Since 5.11 an ftrace callback gets struct ftrace_regs, of which only some
 * architectures fill in more than the arguments and the instruction pointer.
 */
#ifdef KS_HAVE_FTRACE_CALLBACK_FREGS
typedef struct ftrace_regs ks_ftrace_regs;
#else
typedef struct pt_regs ks_ftrace_regs;
#endif

/*
 * Without WITH_ARGS the kernel's setter for ftrace_regs is there and does
 * nothing; the callback has all registers then.
 */
static __always_inline void ks_ftrace_set_ip(ks_ftrace_regs *fregs, unsigned long ip)
{
#ifndef KS_HAVE_FTRACE_CALLBACK_FREGS
	instruction_pointer_set(fregs, ip);
#elif !defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
	instruction_pointer_set(ftrace_get_regs(fregs), ip);
#elif defined(KS_HAVE_FTRACE_REGS_SET_IP)
	ftrace_regs_set_instruction_pointer(fregs, ip);
#else
	ftrace_instruction_pointer_set(fregs, ip);
#endif
}

/*
 * What an ops that changes the instruction pointer has to ask for. Where the
 * callback gets its arguments anyway, saving all registers is only a cost.
 * Up to 5.10 the recursion flag means "this callback needs no protection";
 * from 5.11 on, its absence does.
 */
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_ARGS
#define KS_FTRACE_REGS 0
#else
#define KS_FTRACE_REGS FTRACE_OPS_FL_SAVE_REGS
#endif
#ifdef KS_HAVE_FTRACE_RECURSION_SAFE
#define KS_FTRACE_RECURSION FTRACE_OPS_FL_RECURSION_SAFE
#else
#define KS_FTRACE_RECURSION 0
#endif
#define KS_FTRACE_FLAGS (FTRACE_OPS_FL_IPMODIFY | KS_FTRACE_REGS | KS_FTRACE_RECURSION)

/*
 * All registers of a call, for a guard. Where ftrace can save them all, an ops
 * has to ask for it; arm64 since 6.2 has the arguments and little more, and
 * they have to be put where they are looked for. A helper that asks where the
 * call is from must see the kernel.
 */
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_REGS
#define KS_FTRACE_GUARD_FLAGS (KS_FTRACE_FLAGS | FTRACE_OPS_FL_SAVE_REGS)
static __always_inline struct pt_regs *ks_ftrace_guard_regs(ks_ftrace_regs *fregs,
							    struct pt_regs *room)
{
#ifdef KS_HAVE_FTRACE_CALLBACK_FREGS
	return ftrace_get_regs(fregs);
#else
	return fregs;
#endif
}
#else
#define KS_FTRACE_GUARD_FLAGS KS_FTRACE_FLAGS
static __always_inline struct pt_regs *ks_ftrace_guard_regs(ks_ftrace_regs *fregs,
							    struct pt_regs *room)
{
	memset(room, 0, sizeof(*room));
#ifdef KS_HAVE_FTRACE_PARTIAL_REGS
	return ftrace_partial_regs(fregs, room);
#else
	for (unsigned int i = 0; i < KS_ARCH_ARGUMENTS; i++)
		ks_arch_set_argument(room, i, ftrace_regs_get_argument(fregs, i));
	instruction_pointer_set(room, ftrace_regs_get_instruction_pointer(fregs));
	ks_arch_set_stack_pointer(room, ftrace_regs_get_stack_pointer(fregs));
	ks_arch_set_kernel_mode(room);
	return room;
#endif
}
#endif

/*
 * Running a BPF program of type kprobe. Helpers look for what a program was
 * attached with in the task's run context, from 5.15 on.
 */
#ifdef KS_HAVE_BPF_TRACE_RUN_CTX
typedef struct {
	struct bpf_trace_run_ctx trace;
	struct bpf_run_ctx *outer;
} ks_bpf_run_ctx;

static __always_inline void ks_bpf_run_begin(ks_bpf_run_ctx *ctx)
{
	memset(&ctx->trace, 0, sizeof(ctx->trace));
	ctx->outer = bpf_set_run_ctx(&ctx->trace.run_ctx);
}

static __always_inline void ks_bpf_run_end(ks_bpf_run_ctx *ctx)
{
	bpf_reset_run_ctx(ctx->outer);
}
#else
typedef struct {} ks_bpf_run_ctx;
#define ks_bpf_run_begin(ctx) ((void)(ctx))
#define ks_bpf_run_end(ctx) ((void)(ctx))
#endif

/* And only to call it, without what the kernel counts and checks. */
#ifdef KS_HAVE_BPF_PROG_RUN
#define ks_bpf_prog_run(prog, regs) bpf_prog_run(prog, regs)
#define ks_bpf_prog_call(prog, regs) \
	bpf_dispatcher_nop_func(regs, (prog)->insnsi, (prog)->bpf_func)
#else
#define ks_bpf_prog_run(prog, regs) BPF_PROG_RUN(prog, regs)
#define ks_bpf_prog_call(prog, regs) ((prog)->bpf_func(regs, (prog)->insnsi))
#endif

#ifdef KS_HAVE_BPF_PROG_SLEEPABLE
#define ks_bpf_sleepable(prog) ((prog)->sleepable)
#else
#define ks_bpf_sleepable(prog) ((prog)->aux->sleepable)
#endif

/* Programs for uprobes can change registers, from 6.18 on. */
#ifdef KS_HAVE_BPF_KPROBE_WRITE_CTX
#define ks_bpf_writes_context(prog) ((prog)->aux->kprobe_write_ctx)
#else
#define ks_bpf_writes_context(prog) false
#endif

/*
 * Forget what functions an ops is for, once it is unregistered and no CPU looks
 * at it. The function made for it is exported by some kernels, which no header
 * says. On the others an empty list does it, for which memory is needed: where
 * there is none, the old list is lost.
 */
static inline void ks_ftrace_free_filter(struct ftrace_ops *ops)
{
#ifdef KS_HAVE_FTRACE_FREE_FILTER
	/* it stays so where ftrace has shut down, and keeps what it had */
	if (!(ops->flags & FTRACE_OPS_FL_ENABLED))
		ftrace_free_filter(ops);
#else
	(void)ftrace_set_filter(ops, NULL, 0, 1);
#endif
}

/* The functions that an ops is for; before 5.18 they have to be named one by one. */
static inline int ks_ftrace_set_filter_ips(struct ftrace_ops *ops, unsigned long *ips,
					   unsigned int count)
{
#ifdef KS_HAVE_FTRACE_SET_FILTER_IPS
	return ftrace_set_filter_ips(ops, ips, count, 0, 0);
#else
	unsigned int i;
	int err = 0;

	for (i = 0; i < count && !err; i++)
		err = ftrace_set_filter_ip(ops, ips[i], 0, 0);
	return err;
#endif
}

/*
 * Walking the kernel's own symbols: 6.2 got a walker that looks for a name.
 * Before, there is one for all symbols, which up to 5.11 include those of
 * modules, and up to 6.3 says whose each is.
 */
#ifdef KS_HAVE_KALLSYMS_MATCH_SYMBOL
#define ks_vmlinux_walker kallsyms_on_each_match_symbol
#define KS_VMLINUX_SYMBOL_ARGS unsigned long addr
#define ks_vmlinux_symbol_wanted(symbol) true
#define KS_VMLINUX_SYMBOLS_ARGS					\
	int (*fn)(void *data, unsigned long addr), const char *name, void *data
#define KS_VMLINUX_SYMBOLS_USES "r" (fn), "r" (name), "r" (data)
#define ks_vmlinux_symbols_call(walk, fn, name, data) walk(fn, name, data)
#else
#define ks_vmlinux_walker kallsyms_on_each_symbol
#ifdef KS_HAVE_KALLSYMS_SYMBOL_MODULE
#define KS_VMLINUX_SYMBOL_ARGS const char *name, struct module *mod, unsigned long addr
#define ks_vmlinux_symbol_wanted(symbol) (!mod && !strcmp(name, (symbol)))
#else
#define KS_VMLINUX_SYMBOL_ARGS const char *name, unsigned long addr
#define ks_vmlinux_symbol_wanted(symbol) (!strcmp(name, (symbol)))
#endif
#define KS_VMLINUX_SYMBOLS_ARGS					\
	int (*fn)(void *data, KS_VMLINUX_SYMBOL_ARGS), void *data
#define KS_VMLINUX_SYMBOLS_USES "r" (fn), "r" (data)
#define ks_vmlinux_symbols_call(walk, fn, name, data) walk(fn, data)
#endif

/*
 * Walking the symbols of modules: 6.3 added a filter by module name, 6.4 took
 * the module away from the callback. Before 6.3 the filter is ours to apply.
 */
#ifdef KS_HAVE_MODULE_SYMBOL_MODULE
#define KS_MODULE_SYMBOL_ARGS const char *name, struct module *mod, unsigned long addr
#define ks_module_symbol_wanted(module) (!(module) || !strcmp((module), mod->name))
#else
#define KS_MODULE_SYMBOL_ARGS const char *name, unsigned long addr
#define ks_module_symbol_wanted(module) true
#endif

typedef int (*ks_module_symbol_fn)(void *data, KS_MODULE_SYMBOL_ARGS);

#ifdef KS_HAVE_MODULE_SYMBOLS_OF_ONE
#define KS_MODULE_SYMBOLS_ARGS const char *modname, ks_module_symbol_fn fn, void *data
#define KS_MODULE_SYMBOLS_USES "r" (modname), "r" (fn), "r" (data)
#define ks_module_symbols_call(walk, modname, fn, data) walk(modname, fn, data)
#else
#define KS_MODULE_SYMBOLS_ARGS ks_module_symbol_fn fn, void *data
#define KS_MODULE_SYMBOLS_USES "r" (fn), "r" (data)
#define ks_module_symbols_call(walk, modname, fn, data) walk(fn, data)
#endif

/* For work of no CPU in particular; newer kernels warn of the older name. */
#ifdef KS_HAVE_SYSTEM_DFL_WQ
#define ks_unbound_wq system_dfl_wq
#else
#define ks_unbound_wq system_unbound_wq
#endif

/*
 * Up to 5.11, and up to 5.10.219, the callers of both walkers hold a lock that
 * keeps modules from going. Later the walkers take it; it is exported no more.
 */
#ifdef KS_HAVE_MODULE_MUTEX
#define ks_symbols_lock() mutex_lock(&module_mutex)
#define ks_symbols_unlock() mutex_unlock(&module_mutex)
#else
#define ks_symbols_lock() do { } while (0)
#define ks_symbols_unlock() do { } while (0)
#endif

#endif
