/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between kernel versions, and only that: the rest of the
 * module reads as if there were one kernel.
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
#include <linux/version.h>

#include <ks_arch.h>

/* The taint of the kernel: up to 5.13 linux/kernel.h declares it. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
#include <linux/panic.h>
#else
#include <linux/kernel.h>
#endif

/*
 * Since 5.11 an ftrace callback gets struct ftrace_regs, of which only some
 * architectures fill in more than the arguments and the instruction pointer.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
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
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0) && !defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
	instruction_pointer_set(ftrace_get_regs(fregs), ip);
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	ftrace_regs_set_instruction_pointer(fregs, ip);
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
	ftrace_instruction_pointer_set(fregs, ip);
#else
	instruction_pointer_set(fregs, ip);
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
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
#define KS_FTRACE_RECURSION 0
#else
#define KS_FTRACE_RECURSION FTRACE_OPS_FL_RECURSION_SAFE
#endif
#define KS_FTRACE_FLAGS (FTRACE_OPS_FL_IPMODIFY | KS_FTRACE_REGS | KS_FTRACE_RECURSION)

/*
 * All registers of a call, for a guard. Where ftrace can save them all, an ops
 * has to ask for it; arm64 since 6.2 has the arguments and little more, and
 * they have to be put where they are looked for.
 */
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_REGS
#define KS_FTRACE_GUARD_FLAGS (KS_FTRACE_FLAGS | FTRACE_OPS_FL_SAVE_REGS)
static __always_inline struct pt_regs *ks_ftrace_guard_regs(ks_ftrace_regs *fregs,
							    struct pt_regs *room)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
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
	unsigned int i;

	memset(room, 0, sizeof(*room));
	for (i = 0; i < KS_ARCH_ARGUMENTS; i++)
		ks_arch_set_argument(room, i, ftrace_regs_get_argument(fregs, i));
	instruction_pointer_set(room, ftrace_regs_get_instruction_pointer(fregs));
	ks_arch_set_stack_pointer(room, ftrace_regs_get_stack_pointer(fregs));
	return room;
}
#endif

/*
 * Running a BPF program of type kprobe. Helpers look for what a program was
 * attached with in the task's run context, from 5.15 on.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 15, 0)
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

#define ks_bpf_prog_run(prog, regs) bpf_prog_run(prog, regs)
#else
typedef struct {} ks_bpf_run_ctx;
#define ks_bpf_run_begin(ctx) ((void)(ctx))
#define ks_bpf_run_end(ctx) ((void)(ctx))
#define ks_bpf_prog_run(prog, regs) BPF_PROG_RUN(prog, regs)
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define ks_bpf_sleepable(prog) ((prog)->sleepable)
#else
#define ks_bpf_sleepable(prog) ((prog)->aux->sleepable)
#endif

/* Since 6.10 a trace event knows where its strings come from. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define ks_assign_str(field, text) __assign_str(field)
#else
#define ks_assign_str(field, text) __assign_str(field, text)
#endif

/* Programs for uprobes can change registers, from 6.18 on. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define ks_bpf_writes_context(prog) ((prog)->aux->kprobe_write_ctx)
#else
#define ks_bpf_writes_context(prog) false
#endif

/*
 * Forget what functions an ops is for, once it is unregistered. Where the
 * kernel does not export the function for it, an empty list does it as well.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 15, 0)
#define ks_ftrace_free_filter(ops) ftrace_free_filter(ops)
#else
#define ks_ftrace_free_filter(ops) ((void)ftrace_set_filter(ops, NULL, 0, 1))
#endif

/* The functions that an ops is for; before 5.18 they have to be named one by one. */
static inline int ks_ftrace_set_filter_ips(struct ftrace_ops *ops, unsigned long *ips,
					   unsigned int count)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 18, 0)
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
 * Walking the kernel's own symbols: 6.1 got a walker that looks for a name.
 * Before, there is one for all symbols, which may include those of modules.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
#define ks_vmlinux_walker kallsyms_on_each_match_symbol
#define KS_VMLINUX_SYMBOL_ARGS unsigned long addr
#define ks_vmlinux_symbol_wanted(symbol) true
#define KS_VMLINUX_SYMBOLS_ARGS					\
	int (*fn)(void *data, unsigned long addr), const char *name, void *data
#define ks_vmlinux_symbols_call(walk, fn, name, data) walk(fn, name, data)
#else
#define ks_vmlinux_walker kallsyms_on_each_symbol
#define KS_VMLINUX_SYMBOL_ARGS const char *name, struct module *mod, unsigned long addr
#define ks_vmlinux_symbol_wanted(symbol) (!mod && !strcmp(name, (symbol)))
#define KS_VMLINUX_SYMBOLS_ARGS					\
	int (*fn)(void *data, KS_VMLINUX_SYMBOL_ARGS), void *data
#define ks_vmlinux_symbols_call(walk, fn, name, data) walk(fn, data)
#endif

/*
 * Walking the symbols of modules: 6.3 added a filter by module name, 6.4 took
 * the module away from the callback. Before 6.3 the filter is ours to apply.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define KS_MODULE_SYMBOL_ARGS const char *name, unsigned long addr
#define ks_module_symbol_wanted(module) true
#else
#define KS_MODULE_SYMBOL_ARGS const char *name, struct module *mod, unsigned long addr
#define ks_module_symbol_wanted(module) (!(module) || !strcmp((module), mod->name))
#endif

typedef int (*ks_module_symbol_fn)(void *data, KS_MODULE_SYMBOL_ARGS);

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define KS_MODULE_SYMBOLS_ARGS const char *modname, ks_module_symbol_fn fn, void *data
#define ks_module_symbols_call(walk, modname, fn, data) walk(modname, fn, data)
#else
#define KS_MODULE_SYMBOLS_ARGS ks_module_symbol_fn fn, void *data
#define ks_module_symbols_call(walk, modname, fn, data) walk(fn, data)
#endif

#endif
