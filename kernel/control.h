/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KS_CONTROL_H
#define KS_CONTROL_H

#include <linux/fs.h>
#include <linux/types.h>

#define KS_COMMAND_MAX 4096		/* bytes in one write to control */
#define KS_NUMBER_MAX 64		/* bytes in one write to fn/<symbol>/retval */

/**
 * ks_may_change() - may the writer of @file make changes at all?
 *
 * Both the task that opened the file and the one that writes need
 * CAP_SYS_ADMIN in the initial user namespace.
 */
bool ks_may_change(const struct file *file);

/* Does the lockdown level forbid overriding functions at run time? Logs @what. */
bool ks_locked_down(const char *what);

/**
 * ks_parse_retval() - a signed long in C notation
 *
 * Return: 0, -EINVAL if it is no number, -ERANGE if it does not fit a long.
 */
int ks_parse_retval(const char *word, long *retval);

/**
 * ks_parse_name() - is this a function's name?
 *
 * Return: 0 for "symbol" and "module:symbol"; -EINVAL for anything else,
 * such as a symbol with an offset; -ENOENT for one longer than any symbol.
 */
int ks_parse_name(const char *word);

/**
 * ks_control() - carry out one command for the writer
 * @command: the command; it is changed
 *
 * Return: 0 or a negative errno as in SPEC.md section 2.
 */
int ks_control(char *command);

/* Carry out the module parameter "engage": <symbol>=<value>,... It is changed. */
void ks_control_modparam(char *list);

#endif
