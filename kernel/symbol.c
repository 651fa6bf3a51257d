// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a name to the one function that has it.
 *
 * The kernel's symbol table is read by functions that are not exported. They
 * are reached the way a livepatch reaches replacement code: a function of ours
 * with the same prototype is called, and ftrace makes the call continue at the
 * kernel's. A call through a pointer would not do: with indirect branch
 * tracking (IBT) the kernel seals functions whose address it never takes, and
 * an indirect call to one of them is a fault. ftrace continues by a return.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/stringify.h>

#include "compat.h"
#include "noipa.h"
#include "report.h"
#include "symbol.h"

/*
 * The bodies run only if ftrace has been switched off by force; the callers
 * then see an error instead of an answer. A compiler must not see which error,
 * nor that the arguments are not looked at: clang has no noipa, and would drop
 * both the callers' tests and what they pass.
 */
static noinline __ks_noipa
int ks_vmlinux_symbols(KS_VMLINUX_SYMBOLS_ARGS)
{
	int err = -EOPNOTSUPP;

	asm volatile("" : "+r" (err) : KS_VMLINUX_SYMBOLS_USES);
	return err;
}

static noinline __ks_noipa int ks_module_symbols(KS_MODULE_SYMBOLS_ARGS)
{
	int err = -EOPNOTSUPP;

	asm volatile("" : "+r" (err) : KS_MODULE_SYMBOLS_USES);
	return err;
}

static noinline __ks_noipa int ks_is_kernel_text(unsigned long addr)
{
	int err = -EOPNOTSUPP;

	asm volatile("" : "+r" (err) : "r" (addr));
	return err;
}

static noinline __ks_noipa struct module *ks_module_of(unsigned long addr)
{
	struct module *err = ERR_PTR(-EOPNOTSUPP);

	asm volatile("" : "+r" (err) : "r" (addr));
	return err;
}

struct ks_redirect {
	const char *target;
	void *from;
	unsigned long to;
	struct ftrace_ops ops;
};

static void notrace ks_redirect_call(unsigned long ip, unsigned long parent_ip,
				     struct ftrace_ops *ops, ks_ftrace_regs *fregs)
{
	ks_ftrace_set_ip(fregs, container_of(ops, struct ks_redirect, ops)->to);
}

NOKPROBE_SYMBOL(ks_redirect_call);

#define KS_REDIRECT(_from, _target) {					\
	.target = __stringify(_target),					\
	.from = _from,							\
	.ops = { .func = ks_redirect_call, .flags = KS_FTRACE_FLAGS },	\
}

static struct ks_redirect ks_redirects[] = {
	KS_REDIRECT(ks_vmlinux_symbols, ks_vmlinux_walker),
	KS_REDIRECT(ks_module_symbols, module_kallsyms_on_each_symbol),
	KS_REDIRECT(ks_is_kernel_text, kernel_text_address),
	KS_REDIRECT(ks_module_of, __module_address),
};

/* A disabled kprobe touches nothing: all it does here is to look the name up. */
static int ks_redirect_find(struct ks_redirect *r)
{
	struct kprobe kp = {
		.symbol_name = r->target,
		.offset = KS_ARCH_PROBE_OFFSET,
		.flags = KPROBE_FLAG_DISABLED,
	};
	int err;

	err = register_kprobe(&kp);
	if (err)
		return err;
	r->to = (unsigned long)kp.addr - KS_ARCH_PROBE_OFFSET;
	unregister_kprobe(&kp);
	return 0;
}

static int ks_redirect_install(struct ks_redirect *r)
{
	int err;

	err = ks_redirect_find(r);
	if (err)
		goto err_log;
	err = ftrace_set_filter_ip(&r->ops, (unsigned long)r->from, 0, 0);
	/* ftrace knows no function of a module that it had no memory for when that was loaded */
	if (err == -EINVAL)
		err = -ENOMEM;
	if (err)
		goto err_log;
	err = register_ftrace_function(&r->ops);
	if (err)
		goto err_filter;
	return 0;

err_filter:
	/* ftrace may have had it on its list for a moment */
	synchronize_rcu_tasks_rude();
	ks_ftrace_free_filter(&r->ops);
err_log:
	ks_refuse("load refused: no way to call %s(): %pe", r->target, ERR_PTR(err));
	return err;
}

static void ks_redirect_remove(struct ks_redirect *r)
{
	unregister_ftrace_function(&r->ops);
	ks_ftrace_free_filter(&r->ops);
}

struct ks_lookup {
	const char *name;
	const char *module;
	unsigned long addr;		/* of the first function */
	unsigned long other;		/* of the first thing that is no function */
	unsigned int count;		/* functions with different addresses */
	bool loaded;			/* @module is given and there, whatever it has */
};

static int ks_lookup_match(struct ks_lookup *l, unsigned long addr)
{
	int text = ks_is_kernel_text(addr);

	if (text < 0)
		return text;
	if (!text) {
		l->other = addr;
	} else if (!l->count || addr != l->addr) {
		if (!l->count)
			l->addr = addr;
		l->count++;
	}
	return 0;
}

static int ks_lookup_vmlinux_symbol(void *data, KS_VMLINUX_SYMBOL_ARGS)
{
	struct ks_lookup *l = data;

	if (!ks_vmlinux_symbol_wanted(l->name))
		return 0;
	return ks_lookup_match(l, addr);
}

static int ks_lookup_module_symbol(void *data, KS_MODULE_SYMBOL_ARGS)
{
	struct ks_lookup *l = data;

	if (!ks_module_symbol_wanted(l->module))
		return 0;
	l->loaded = l->module;
	return strcmp(name, l->name) ? 0 : ks_lookup_match(l, addr);
}

static int ks_lookup_run(struct ks_lookup *l)
{
	bool vmlinux = l->module && !strcmp(l->module, "vmlinux");
	int err = 0;

	l->loaded = vmlinux;
	ks_symbols_lock();
	if (!l->module || vmlinux)
		err = ks_vmlinux_symbols_call(ks_vmlinux_symbols, ks_lookup_vmlinux_symbol,
					      l->name, l);
	if (!err && !vmlinux)
		err = ks_module_symbols_call(ks_module_symbols, l->module,
					     ks_lookup_module_symbol, l);
	ks_symbols_unlock();
	return err;
}

/*
 * Text symbols that are no functions: the padding in front of one, and the
 * part of one that the compiler has moved away, which is jumped to in the
 * middle of the function and must not return to what is on the stack then.
 */
static bool ks_is_fragment(const char *symbol)
{
	const char *cold = strstr(symbol, ".cold");

	return strstarts(symbol, "__pfx_") || strstarts(symbol, "__cfi_") ||
	       (cold && (!cold[5] || cold[5] == '.'));
}

static int ks_symbol_owner(struct ks_symbol *s)
{
	struct module *mod;
	int err = 0;

	preempt_disable();
	mod = ks_module_of(s->addr);
	if (IS_ERR(mod)) {
		err = PTR_ERR(mod);
	} else if (mod) {
		strscpy(s->module, mod->name, sizeof(s->module));
		s->init = within_module_init(s->addr, mod);
		s->ready = mod == THIS_MODULE || mod->state == MODULE_STATE_LIVE;
	} else {
		s->ready = true;
	}
	preempt_enable();
	return err;
}

void ks_name_split(const char *name, struct ks_name *n)
{
	const char *colon = strchr(name, ':');
	size_t len = colon ? colon - name : 0;

	n->name = name;
	n->symbol = colon ? colon + 1 : name;
	memcpy(n->module, name, len);
	n->module[len] = '\0';
}

int ks_symbol_resolve(const struct ks_name *n, struct ks_symbol *s)
{
	struct ks_lookup l = { .name = n->symbol, .module = *n->module ? n->module : NULL };
	int err;

	*s = (struct ks_symbol) { 0 };
	if (ks_is_fragment(n->symbol)) {
		ks_refuse("%s: a part of a function, not a function", n->name);
		return -ENOENT;
	}
	err = ks_lookup_run(&l);
	s->count = l.count;
	s->addr = l.count ? l.addr : l.other;
	if (!err && l.count > 1)
		return -EADDRNOTAVAIL;
	if (!err && !s->addr)
		return l.loaded ? -ENOENT : -ESRCH;
	if (!err)
		err = ks_symbol_owner(s);
	if (err == -EOPNOTSUPP) {
		ks_refuse("%s: kernel.ftrace_enabled is 0; set it to 1 first", n->name);
		return -EBUSY;
	}
	return err;
}

struct ks_each {
	const char *module;
	void (*fn)(const char *name, void *data);
	void *data;
};

static int ks_each_symbol(void *data, KS_MODULE_SYMBOL_ARGS)
{
	struct ks_each *each = data;

	if (ks_module_symbol_wanted(each->module))
		each->fn(name, each->data);
	return 0;
}

int ks_symbol_each(const char *module, void (*fn)(const char *name, void *data), void *data)
{
	struct ks_each each = { .module = module, .fn = fn, .data = data };
	int err;

	ks_symbols_lock();
	err = ks_module_symbols_call(ks_module_symbols, module, ks_each_symbol, &each);
	ks_symbols_unlock();
	return err;
}

struct ks_collect {
	const char *symbol;
	struct ks_symbol *found;
	int max;
	int count;
};

static int ks_collect_symbol(void *data, KS_MODULE_SYMBOL_ARGS)
{
	struct ks_collect *c = data;
	struct ks_symbol s = { .addr = addr, .count = 1 };

	if (strcmp(name, c->symbol) || ks_is_kernel_text(addr) <= 0)
		return 0;
	if (ks_symbol_owner(&s) || s.init)
		return 0;
	if (c->count < c->max)
		c->found[c->count] = s;
	c->count++;
	return 0;
}

int ks_symbol_in_modules(const char *symbol, struct ks_symbol *found, int max)
{
	struct ks_collect c = { .symbol = symbol, .found = found, .max = max };
	int err;

	ks_symbols_lock();
	err = ks_module_symbols_call(ks_module_symbols, NULL, ks_collect_symbol, &c);
	ks_symbols_unlock();
	return err ?: c.count;
}

int ks_symbol_init(void)
{
	int i, err;

	/* A prototype that does not fit must not compile. */
	BUILD_BUG_ON(!__same_type(ks_vmlinux_symbols, ks_vmlinux_walker));
	BUILD_BUG_ON(!__same_type(ks_module_symbols, module_kallsyms_on_each_symbol));
	BUILD_BUG_ON(!__same_type(ks_is_kernel_text, kernel_text_address));
	BUILD_BUG_ON(!__same_type(ks_module_of, __module_address));

	for (i = 0; i < ARRAY_SIZE(ks_redirects); i++) {
		err = ks_redirect_install(&ks_redirects[i]);
		if (err)
			goto err_remove;
	}
	return 0;

err_remove:
	while (i--)
		ks_redirect_remove(&ks_redirects[i]);
	return err;
}

void ks_symbol_exit(void)
{
	int i = ARRAY_SIZE(ks_redirects);

	while (i--)
		ks_redirect_remove(&ks_redirects[i]);
}
