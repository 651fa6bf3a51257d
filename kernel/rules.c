// SPDX-License-Identifier: GPL-2.0-only
/* Which functions may be engaged on this host, and with which values. */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/glob.h>
#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/security.h>
#include <linux/string.h>

#include "foundation.h"
#include "permission.h"
#include "report.h"
#include "rules.h"
#include "symbol.h"
#include "words.h"

static struct ks_words ks_denied = KS_WORDS_INIT(ks_denied);
module_param_cb(deny, &ks_words_ops, &ks_denied, 0400);
MODULE_PARM_DESC(deny, "functions that cannot be engaged on this host: <pattern>,... as a shell has them");

static bool ks_unsafe;
module_param_named(unsafe, ks_unsafe, bool, 0400);
MODULE_PARM_DESC(unsafe, "1: accept values that make a permission check say yes; without effect under lockdown");

static bool ks_tight;		/* set once, before anything is engaged */

bool ks_is_locked_down(void)
{
	/*
	 * Any reason of the integrity level will do, and none of the
	 * confidentiality level (LOCKDOWN_KPROBES is one) would.
	 */
	return security_locked_down(LOCKDOWN_MODULE_PARAMETERS);
}

void ks_rules_tighten(void)
{
	ks_tight = true;
}

/* A function as it is known by one of its names. */
struct ks_known {
	const char *asked;	/* as it was asked for, for the log */
	const char *module;	/* empty: the kernel's, or not known */
	const char *symbol;
};

static bool ks_is_denied(const struct ks_known *k)
{
	char qualified[KS_NAME_MAX];
	const struct ks_word *w;

	snprintf(qualified, sizeof(qualified), "%s:%s", *k->module ? k->module : "vmlinux",
		 k->symbol);
	list_for_each_entry(w, &ks_denied.list, node) {
		if (glob_match(w->text, strchr(w->text, ':') ? qualified : k->symbol))
			return true;
	}
	return false;
}

static int ks_permit_symbol(const struct ks_known *k)
{
	if (ks_foundation(k->symbol, k->module)) {
		ks_refuse("%s refused: killswitch needs it", k->asked);
		return -EINVAL;
	}
	if (ks_is_denied(k)) {
		ks_refuse("%s refused: denied on this host by the parameter deny", k->asked);
		return -EPERM;
	}
	return 0;
}

static int ks_permit_value(const char *name, const char *symbol, long retval)
{
	const char *why = ks_permission_refuses(symbol, retval);

	if (why && !(ks_unsafe && !ks_is_locked_down())) {
		ks_refuse("%s=%ld refused: %s", name, retval, why);
		return -EPERM;
	}
	if (!ks_tight)
		return 0;
	if (retval < -MAX_ERRNO || retval >= 0) {
		ks_refuse("%s=%ld refused: the kernel is locked down, and then the value has to be an errno",
			  name, retval);
		return -EPERM;
	}
	if (ks_permission_decides(symbol)) {
		ks_refuse("%s=%ld refused: the kernel is locked down, and the function decides about a permission or verifies something",
			  name, retval);
		return -EPERM;
	}
	return 0;
}

static int ks_permit_one(const struct ks_known *k, const long *retval)
{
	/* what killswitch needs may decide about a permission, too, and that is the better reason */
	int err = retval ? ks_permit_value(k->asked, k->symbol, *retval) : 0;

	return err ?: ks_permit_symbol(k);
}

static int ks_permit_one_any_value(const struct ks_known *k, const long *unused)
{
	int err = ks_permit_symbol(k);

	if (err || !ks_permission_decides(k->symbol) || (ks_unsafe && !ks_is_locked_down()))
		return err;
	ks_refuse("%s refused: it decides about a permission, and a program could say yes",
		  k->asked);
	return -EPERM;
}

/* A function is refused by each of its names: the one it is called by, and the symbol table's. */
static int ks_permit_each(const struct ks_name *name, unsigned long addr,
			  int (*permit)(const struct ks_known *k, const long *retval),
			  const long *retval)
{
	struct ks_known k = { name->name, name->module, name->symbol };
	char known[KSYM_SYMBOL_LEN];
	char *module;
	int err;

	if (!addr)
		return permit(&k, retval);
	/* "symbol [module]" */
	sprint_symbol_no_offset(known, addr);
	module = strstr(known, " [");
	if (module) {
		*module = '\0';
		module += 2;
		module[strcspn(module, "]")] = '\0';
	}
	k.module = module ?: "";
	err = permit(&k, retval);
	if (err)
		return err;
	k.symbol = known;
	return permit(&k, retval);
}

int ks_permit(const struct ks_name *name, unsigned long addr, const long *retval)
{
	return ks_permit_each(name, addr, ks_permit_one, retval);
}

int ks_permit_any_value(const struct ks_name *name, unsigned long addr)
{
	return ks_permit_each(name, addr, ks_permit_one_any_value, NULL);
}

void ks_rules_exit(void)
{
	ks_words_free(&ks_denied);
}
