/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KS_SYMBOL_H
#define KS_SYMBOL_H

#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/types.h>

int ks_symbol_init(void);
void ks_symbol_exit(void);

/* Bytes of "module:symbol", with the NUL. */
#define KS_NAME_MAX (MODULE_NAME_LEN + 1 + KSYM_NAME_LEN)

/* What "symbol" or "module:symbol" is made of. */
struct ks_name {
	const char *name;
	const char *symbol;		/* points into @name */
	char module[MODULE_NAME_LEN];	/* "vmlinux": the kernel itself; empty: whichever has it */
};

/* Take a name apart that ks_parse_name() has accepted. */
void ks_name_split(const char *name, struct ks_name *n);

struct ks_symbol {
	unsigned long addr;
	unsigned int count;		/* functions of that name; 0: what has it is no function */
	char module[MODULE_NAME_LEN];	/* whose it is; empty: the kernel's own */
	bool init;			/* it goes away when the module's init is done */
	bool ready;			/* it can be hooked; not while its module comes or goes */
};

/**
 * ks_symbol_resolve() - find the one function that a name means
 * @n: the name
 * @s: what was found
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOENT if nothing has the name or what has it is a part of a
 * function (f.cold, __pfx_f), -ESRCH if nothing has it but a module that is
 * not loaded may, -EADDRNOTAVAIL if several functions have it, -EBUSY if
 * ftrace, by which the symbol table is reached, is switched off.
 */
int ks_symbol_resolve(const struct ks_name *n, struct ks_symbol *s);

/**
 * ks_symbol_each() - look at the names of all symbols of a module
 * @module: the module, coming or loaded
 * @fn: called with each name; it must not sleep
 * @data: what @fn gets besides
 *
 * Return: 0, or an error if ftrace is switched off; then @fn was not called.
 */
int ks_symbol_each(const char *module, void (*fn)(const char *name, void *data), void *data);

/**
 * ks_symbol_in_modules() - find the functions of a name in all modules
 * @symbol: the name
 * @found: filled in with the first ones; init code is left out
 * @max: how many fit in
 *
 * Return: how many there are, or an error if ftrace is switched off.
 */
int ks_symbol_in_modules(const char *symbol, struct ks_symbol *found, int max);

#endif
