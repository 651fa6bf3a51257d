// SPDX-License-Identifier: GPL-2.0
/* Parse one command, authorise it, call the engagement. */
#include <linux/capability.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/security.h>
#include <linux/string.h>

#include "control.h"
#include "engagement.h"
#include "gate.h"
#include "report.h"
#include "seal.h"

#define KS_ARGS_MAX 4
#define KS_PATH_MAX 255

struct ks_command {
	const char *name;
	unsigned int args;
	unsigned int optional;		/* so many more may follow */
	bool overrides;			/* so refused under lockdown */
	int (*run)(char *args[]);
};

bool ks_may_change(const struct file *file)
{
	if (file_ns_capable(file, &init_user_ns, CAP_SYS_ADMIN) && capable(CAP_SYS_ADMIN))
		return true;
	pr_warn_ratelimited(KS_LOG "a write refused: opener and writer need CAP_SYS_ADMIN in the initial user namespace\n");
	return false;
}

bool ks_locked_down(const char *what)
{
	/*
	 * Any reason of the integrity level will do, and none of the
	 * confidentiality level (LOCKDOWN_KPROBES is one) would.
	 */
	if (!security_locked_down(LOCKDOWN_MODULE_PARAMETERS))
		return false;
	ks_refuse("%s refused: the kernel is locked down", what);
	return true;
}

int ks_parse_retval(const char *word, long *retval)
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

int ks_parse_name(const char *word)
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
static int ks_run_request(char *args[], enum ks_phase phase, unsigned int seconds,
			  const char *guard)
{
	struct ks_request r = {
		.name = args[0],
		.phase = phase,
		.seconds = seconds,
		.guard = guard,
		.source = KS_SOURCE_CONTROL,
	};
	int err;

	err = ks_parse_retval(args[1], &r.retval);
	if (!err && guard)
		err = ks_parse_path(guard);
	return err ?: ks_engage(&r);
}

static int ks_run_engage(char *args[])
{
	return ks_run_request(args, KS_ENGAGED, 0, NULL);
}

static int ks_run_engageif(char *args[])
{
	return ks_run_request(args, KS_ENGAGED, 0, args[2]);
}

static int ks_run_engagebpf(char *args[])
{
	int err = ks_parse_path(args[1]);

	return err ?: ks_engagebpf(args[0], args[1]);
}

static int ks_run_timed(char *args[], enum ks_phase phase, unsigned int least)
{
	unsigned int seconds;
	int err;

	err = ks_parse_seconds(args[2], least, &seconds);
	return err ?: ks_run_request(args, seconds ? phase : KS_ENGAGED, seconds, args[3]);
}

static int ks_run_tryengage(char *args[])
{
	return ks_run_timed(args, KS_PROBING, 0);
}

static int ks_run_engagefor(char *args[])
{
	return ks_run_timed(args, KS_EXPIRING, 1);
}

static int ks_run_keep(char *args[])
{
	return ks_keep(args[0]);
}

static int ks_run_disengage(char *args[])
{
	return ks_disengage(args[0]);
}

static int ks_run_disengage_all(char *args[])
{
	return ks_disengage_all();
}

static int ks_run_seal(char *args[])
{
	return ks_seal(KS_SOURCE_CONTROL);
}

static const struct ks_command ks_commands[] = {
	{ "engage", 2, 0, true, ks_run_engage },
	{ "tryengage", 3, 1, true, ks_run_tryengage },
	{ "engagefor", 3, 1, true, ks_run_engagefor },
	{ "engageif", 3, 0, true, ks_run_engageif },
	{ "engagebpf", 2, 0, true, ks_run_engagebpf },
	{ "keep", 1, 0, true, ks_run_keep },
	{ "disengage", 1, 0, false, ks_run_disengage },
	{ "disengage_all", 0, 0, false, ks_run_disengage_all },
	{ "seal", 0, 0, false, ks_run_seal },
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

int ks_control(char *command)
{
	char *words[1 + KS_ARGS_MAX] = { "" };	/* NULL: not given */
	const struct ks_command *c;
	unsigned int n;
	int err;

	n = ks_split(strim(command), words, ARRAY_SIZE(words));
	c = ks_command_find(words[0]);
	if (!c) {
		ks_refuse("unknown command; there are engage, tryengage, engagefor, engageif, engagebpf, keep, disengage, disengage_all and seal");
		return -EINVAL;
	}
	if (n < 1 + c->args || n > 1 + c->args + c->optional) {
		if (c->optional)
			ks_refuse("%s takes %u to %u words after it", c->name, c->args,
				  c->args + c->optional);
		else
			ks_refuse("%s takes %u words after it", c->name, c->args);
		return -EINVAL;
	}
	if (c->args) {
		err = ks_parse_name(words[1]);
		if (err) {
			ks_refuse("%s takes a function's name, or <module>:<name>, without an offset",
				  c->name);
			return err;
		}
	}
	if (c->overrides && ks_locked_down(c->name))
		return -EPERM;
	return c->run(words + 1);
}

static int ks_modparam_entry(char *entry)
{
	struct ks_request r = {
		.name = entry,
		.phase = KS_ENGAGED,
		.source = KS_SOURCE_MODPARAM,
	};
	char *value = strchr(entry, '=');
	int err;

	if (!value)
		return -EINVAL;
	*value++ = '\0';
	err = ks_parse_name(entry);
	if (err)
		return err;
	err = ks_parse_retval(value, &r.retval);
	if (err)
		return err;
	return ks_engage(&r);
}

void ks_control_modparam(char *list)
{
	char *entry;
	int err, n = 0;

	/* What is set at load is part of how the machine boots: only confidentiality forbids it. */
	if (security_locked_down(LOCKDOWN_KPROBES)) {
		ks_refuse("parameter engage refused: the kernel is locked down (confidentiality)");
		return;
	}
	while ((entry = strsep(&list, ","))) {
		n++;
		entry = strim(entry);
		err = ks_modparam_entry(entry);
		if (err)
			ks_refuse("parameter engage: entry %d (%*pE) skipped: %pe; entries are [<module>:]<symbol>=<value>",
				  n, (int)strlen(entry), entry, ERR_PTR(err));
	}
}
