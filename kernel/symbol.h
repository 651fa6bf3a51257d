/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KS_SYMBOL_H
#define KS_SYMBOL_H

int ks_symbol_init(void);
void ks_symbol_exit(void);

/**
 * ks_symbol_resolve() - find the one function that a name means
 * @name: a function's name as in /proc/kallsyms, or "module:name"; the
 *	module name "vmlinux" means the kernel itself
 * @addr: set to the function's address
 * @count: set to the number of functions that have the name, or to 0 if the
 *	name belongs only to things that are not (or no longer) kernel text
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOENT if nothing has the name or what has it is a part of a
 * function (f.cold, __pfx_f), -EADDRNOTAVAIL if several functions have it,
 * -EBUSY if ftrace, by which the symbol table is reached, is switched off.
 */
int ks_symbol_resolve(const char *name, unsigned long *addr, unsigned int *count);

#endif
