// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must not be made to say yes. The list is in permission-list.h; the
 * hooks of security modules come from the kernel's own header, so that those
 * of the kernel at hand are known whatever its version.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "pattern.h"
#include "permission.h"

/* Which values of a function mean "allowed". */
enum ks_decision {
	KS_DECIDES_NOTHING,
	KS_ZERO_ALLOWS,		/* and a positive value; an errno does not */
	KS_NONZERO_ALLOWS,	/* an errno, too */
	KS_FALSE_ALLOWS,	/* a bool, of which an errno may be either */
	KS_ANY_ALLOWS,		/* no value is known to mean "denied" */
};

struct ks_decision_list {
	enum ks_decision decision;
	const char * const *patterns;
	size_t count;
};

#define KS_DECISIONS(_name, ...) static const char * const _name[] = { __VA_ARGS__ }
#include "permission-list.h"
#undef KS_DECISIONS

#define KS_DECISION_LIST(_decision, _name) \
	{ .decision = _decision, .patterns = _name, .count = ARRAY_SIZE(_name) }

/* What is special comes before the hooks, and what is general after them. */
static const struct ks_decision_list ks_special[] = {
	KS_DECISION_LIST(KS_ANY_ALLOWS, ks_any_allows),
	KS_DECISION_LIST(KS_NONZERO_ALLOWS, ks_nonzero_allows),
	KS_DECISION_LIST(KS_FALSE_ALLOWS, ks_false_allows),
};

static const struct ks_decision_list ks_general[] = {
	KS_DECISION_LIST(KS_ZERO_ALLOWS, ks_zero_allows),
};

struct ks_hook {
	const char *name;
	bool is_void;
};

/* A hook without a value cannot deny; skipped, it loses a label or a restriction. */
#define LSM_HOOK(_return, _default, _name, ...) \
	{ #_name, __builtin_types_compatible_p(_return, void) },
static const struct ks_hook ks_hooks[] = {
#include <linux/lsm_hook_defs.h>
};

#undef LSM_HOOK

static enum ks_decision ks_find(const struct ks_decision_list *lists, size_t count,
				const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (ks_pattern_find(lists[i].patterns, lists[i].count, name))
			return lists[i].decision;
	return KS_DECIDES_NOTHING;
}

/* security_file_open, selinux_file_open, hook_file_open ... are all about the hook file_open. */
static enum ks_decision ks_find_hook(const char *name)
{
	size_t i, j, len;

	for (i = 0; i < ARRAY_SIZE(ks_hook_prefixes); i++) {
		len = strlen(ks_hook_prefixes[i]);
		if (strncmp(name, ks_hook_prefixes[i], len))
			continue;
		for (j = 0; j < ARRAY_SIZE(ks_hooks); j++)
			if (!strcmp(name + len, ks_hooks[j].name))
				return ks_hooks[j].is_void ? KS_ANY_ALLOWS : KS_ZERO_ALLOWS;
	}
	return KS_DECIDES_NOTHING;
}

static enum ks_decision ks_decision(const char *symbol)
{
	enum ks_decision decision;
	char name[KS_BASE_NAME_LEN];

	ks_base_name(name, symbol);
	decision = ks_find(ks_special, ARRAY_SIZE(ks_special), name);
	if (!decision)
		decision = ks_find_hook(name);
	if (!decision)
		decision = ks_find(ks_general, ARRAY_SIZE(ks_general), name);
	return decision;
}

const char *ks_permission_refuses(const char *symbol, long retval)
{
	switch (ks_decision(symbol)) {
	case KS_DECIDES_NOTHING:
		return NULL;
	case KS_ZERO_ALLOWS:
		/* all of the long: an int of 0 may be its lower half */
		return retval < 0 && retval >= -MAX_ERRNO ? NULL :
			"it decides about permission, and only an errno (-4095 to -1) denies";
	case KS_NONZERO_ALLOWS:
		return !retval ? NULL : "it decides about permission, and only 0 denies";
	case KS_FALSE_ALLOWS:
		return retval == 1 ? NULL : "it decides about permission, and only 1 denies";
	case KS_ANY_ALLOWS:
		break;
	}
	return "it decides about permission, and no value is sure to deny";
}

bool ks_permission_decides(const char *symbol)
{
	return ks_decision(symbol) != KS_DECIDES_NOTHING;
}
