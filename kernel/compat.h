/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between kernel versions, and only that: the rest of the
 * module reads as if there were one kernel.
 */
#ifndef KS_COMPAT_H
#define KS_COMPAT_H

#include <linux/ftrace.h>
#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/version.h>

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
 * Forget what functions an ops is for, once it is unregistered. Where the
 * kernel does not export the function for it, an empty list does it as well.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 15, 0)
#define ks_ftrace_free_filter(ops) ftrace_free_filter(ops)
#else
#define ks_ftrace_free_filter(ops) ((void)ftrace_set_filter(ops, NULL, 0, 1))
#endif

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
