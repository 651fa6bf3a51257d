// SPDX-License-Identifier: GPL-2.0-only
/* Parse one command, authorise it, call the engagement. */
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "control.h"
#include "engagement.h"
#include "gate.h"
#include "report.h"
#include "rules.h"
#include "seal.h"
#include "symbol.h"

#define KS_ARGS_MAX 4
#define KS_PATH_MAX 255

/* One command as it was written. */
struct ks_call {
	char *args[KS_ARGS_MAX];	/* NULL: not given */
	const char *reason;		/* NULL: not given */
	u64 id;				/* what was engaged and armed, or 0 */
};

struct ks_command {
	const char *name;
	unsigned int args;
	unsigned int optional;		/* so many more may follow */
	bool overrides;			/* so refused under lockdown */
	int (*run)(struct ks_call *call);
};

static bool ks_refuse_locked_down(const char *what)
{
	if (!ks_is_locked_down())
		return false;
	ks_refuse("%s refused: the kernel is locked down", what);
	return true;
}

/* -EINVAL if it is no number, -ERANGE if it does not fit a long */
static int ks_parse_retval(const char *word, long *retval)
{
	/* kstrtol() forgives a newline at the end */
	if (strchr(word, '\n'))
		return -EINVAL;
	return kstrtol(word, 0, retval);
}

static int ks_parse_seconds(const char *word, unsigned int least, unsigned int *seconds)
{
	if (strchr(word, '\n') || kstrtouint(word, 10, seconds) || *seconds < least ||
	    *seconds > KS_SECONDS_MAX) {
		ks_refuse("the time is in whole seconds, %u to %d", least, KS_SECONDS_MAX);
		return -EINVAL;
	}
	return 0;
}

static size_t ks_span_identifier(const char *s, const char *more)
{
	size_t n = 0;

	while (s[n] && isascii(s[n]) && (isalnum(s[n]) || strchr(more, s[n])))
		n++;
	return n;
}

/*
 * Is this a function's name? "symbol" and "module:symbol" are; -EINVAL for
 * anything else, such as a symbol with an offset; -ENOENT for one longer than
 * any symbol.
 */
static int ks_parse_name(const char *word)
{
	const char *symbol = word;
	size_t len = ks_span_identifier(word, "_");

	if (word[len] == ':') {
		if (!len)
			return -EINVAL;
		symbol = word + len + 1;
	}
	/* the compiler's suffixes: f.constprop.0, f.cold, f.llvm.123, f$1 */
	len = ks_span_identifier(symbol, "_.$");
	if (!len || symbol[len] || isdigit(*symbol))
		return -EINVAL;
	return len < KSYM_NAME_LEN && symbol - word <= MODULE_NAME_LEN ? 0 : -ENOENT;
}

/* A path that can stand in a log line and an audit record as it is. */
static int ks_parse_path(const char *word)
{
	size_t len = 0;

	while (ks_is_plain(word[len]))
		len++;
	if (*word == '/' && !word[len] && len <= KS_PATH_MAX)
		return 0;
	ks_refuse("a BPF program is named by its full path, of at most %d visible ASCII characters without \\ ' and \"",
		  KS_PATH_MAX);
	return -EINVAL;
}

/* @guard: the word that names one, or NULL */
static int ks_run_request(struct ks_call *call, enum ks_phase phase, unsigned int seconds,
			  const char *guard)
{
	struct ks_request r = {
		.name = call->args[0],
		.phase = phase,
		.seconds = seconds,
		.guard = guard,
		.reason = call->reason,
		.source = KS_SOURCE_CONTROL,
	};
	int err = 0;

	if (phase != KS_OBSERVING)
		err = ks_parse_retval(call->args[1], &r.retval);
	if (!err && guard)
		err = ks_parse_path(guard);
	return err ?: ks_engage(&r, &call->id);
}

static int ks_run_engage(struct ks_call *call)
{
	return ks_run_request(call, KS_ENGAGED, 0, NULL);
}

static int ks_run_engageif(struct ks_call *call)
{
	return ks_run_request(call, KS_ENGAGED, 0, call->args[2]);
}

static int ks_run_engagebpf(struct ks_call *call)
{
	int err = ks_parse_path(call->args[1]);

	return err ?: ks_engagebpf(call->args[0], call->args[1], call->reason);
}

static int ks_run_timed(struct ks_call *call, enum ks_phase phase, unsigned int least)
{
	unsigned int seconds;
	int err;

	err = ks_parse_seconds(call->args[2], least, &seconds);
	return err ?: ks_run_request(call, seconds ? phase : KS_ENGAGED, seconds, call->args[3]);
}

static int ks_run_tryengage(struct ks_call *call)
{
	return ks_run_timed(call, KS_PROBING, 0);
}

static int ks_run_engagefor(struct ks_call *call)
{
	return ks_run_timed(call, KS_EXPIRING, 1);
}

static int ks_run_keep(struct ks_call *call)
{
	return ks_keep(call->args[0], call->reason);
}

static int ks_run_observe(struct ks_call *call)
{
	return ks_run_request(call, KS_OBSERVING, 0, call->args[1]);
}

static int ks_run_enforce(struct ks_call *call)
{
	long retval;
	int err = ks_parse_retval(call->args[1], &retval);

	return err ?: ks_enforce(call->args[0], retval, call->reason);
}

static int ks_run_disengage(struct ks_call *call)
{
	return ks_disengage(call->args[0], call->reason);
}

static int ks_run_disengage_all(struct ks_call *call)
{
	return ks_disengage_all();
}

static int ks_run_seal(struct ks_call *call)
{
	return ks_seal(KS_SOURCE_CONTROL);
}

static int ks_run_lock(struct ks_call *call)
{
	ks_lock_down(KS_SOURCE_CONTROL);
	return 0;
}

static const struct ks_command ks_commands[] = {
	{ "engage", 2, 0, true, ks_run_engage },
	{ "tryengage", 3, 1, true, ks_run_tryengage },
	{ "engagefor", 3, 1, true, ks_run_engagefor },
	{ "engageif", 3, 0, true, ks_run_engageif },
	{ "engagebpf", 2, 0, true, ks_run_engagebpf },
	{ "keep", 1, 0, true, ks_run_keep },
	{ "observe", 1, 1, true, ks_run_observe },
	{ "enforce", 2, 0, true, ks_run_enforce },
	{ "disengage", 1, 0, false, ks_run_disengage },
	{ "disengage_all", 0, 0, false, ks_run_disengage_all },
	{ "seal", 0, 0, false, ks_run_seal },
	{ "lock", 0, 0, false, ks_run_lock },
};

static const struct ks_command *ks_command_find(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(ks_commands); i++) {
		if (!strcmp(ks_commands[i].name, name))
			return &ks_commands[i];
	}
	return NULL;
}

/* Split at blanks and tabs; returns the number of words, one too many at most. */
static unsigned int ks_split(char *line, char *words[], unsigned int max)
{
	unsigned int n = 0;
	char *word;

	while ((word = strsep(&line, " \t"))) {
		if (!*word)
			continue;
		if (n == max)
			return max + 1;
		words[n++] = word;
	}
	return n;
}

/*
 * Cut " # <reason>" off the end of a command. A name, a value and a path have no
 * blank in them, so the first # that stands alone begins it.
 */
static int ks_cut_reason(char *command, const char **reason)
{
	char *hash = command;
	const char *c;

	while ((hash = strchr(hash, '#'))) {
		if (hash > command && strchr(" \t", hash[-1]) && strchr(" \t", hash[1]))
			break;
		hash++;
	}
	if (!hash)
		return 0;
	*hash = '\0';
	*reason = strim(hash + 1);
	for (c = *reason; *c; c++) {
		if (!isascii(*c) || !isprint(*c))
			break;
	}
	if (**reason && !*c && c - *reason <= KS_REASON_MAX)
		return 0;
	ks_refuse("a reason is 1 to %d printable ASCII characters", KS_REASON_MAX);
	return -EINVAL;
}

static int ks_refuse_count(const struct ks_command *c)
{
	if (c->optional)
		ks_refuse("%s takes %u to %u words after it", c->name, c->args,
			  c->args + c->optional);
	else
		ks_refuse("%s takes %u words after it", c->name, c->args);
	return -EINVAL;
}

/* @n: how many words there are, the command's name among them */
static int ks_check_words(const struct ks_command *c, const struct ks_call *call, unsigned int n)
{
	int err;

	if (n < 1 + c->args || n > 1 + c->args + c->optional)
		return ks_refuse_count(c);
	if (call->reason && !c->args) {
		ks_refuse("%s takes no reason: it names no function", c->name);
		return -EINVAL;
	}
	if (!c->args)
		return 0;
	err = ks_parse_name(call->args[0]);
	if (err)
		ks_refuse("%s takes a function's name, or <module>:<name>, without an offset",
			  c->name);
	return err;
}

int ks_control(char *command, u64 *id)
{
	char *words[1 + KS_ARGS_MAX] = { "" };
	struct ks_call call = { };
	const struct ks_command *c;
	unsigned int n;
	int err;

	*id = 0;
	err = ks_cut_reason(command, &call.reason);
	if (err)
		return err;
	n = ks_split(strim(command), words, ARRAY_SIZE(words));
	c = ks_command_find(words[0]);
	if (!c) {
		ks_refuse("unknown command; there are engage, tryengage, engagefor, engageif, engagebpf, keep, observe, enforce, disengage, disengage_all, seal and lock");
		return -EINVAL;
	}
	memcpy(call.args, words + 1, sizeof(call.args));
	err = ks_check_words(c, &call, n);
	if (err)
		return err;
	if (c->overrides && ks_refuse_locked_down(c->name))
		return -EPERM;
	err = c->run(&call);
	*id = call.id;
	return err;
}

int ks_control_retval(u64 id, char *text)
{
	long retval;
	int err;

	err = ks_parse_retval(strim(text), &retval);
	if (err)
		return err;
	if (ks_refuse_locked_down("retval"))
		return -EPERM;
	return ks_engagement_set_retval(id, retval);
}

int ks_control_entry(char *entry)
{
	struct ks_request r = { .phase = KS_ENGAGED, .source = KS_SOURCE_MODPARAM };
	char *value;
	u64 id;
	int err;

	err = ks_cut_reason(entry, &r.reason);
	if (err)
		return err;
	r.name = strim(entry);
	value = strchr(r.name, '=');
	if (!value)
		return -EINVAL;
	*value++ = '\0';
	err = ks_parse_name(r.name);
	if (!err)
		err = ks_parse_retval(value, &r.retval);
	return err ?: ks_engage(&r, &id);
}
