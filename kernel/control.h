/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KS_CONTROL_H
#define KS_CONTROL_H

#include <linux/types.h>

#define KS_COMMAND_MAX 4096		/* bytes in one write to control */
#define KS_NUMBER_MAX 64		/* bytes in one write to fn/<symbol>/retval */

/**
 * ks_control() - carry out one command for the writer
 * @command: the command; it is changed
 * @id: set to the number of what it has engaged and armed, else to 0
 *
 * Return: 0 or a negative errno as in SPEC.md section 2.
 */
int ks_control(char *command, u64 *id);

/**
 * ks_control_retval() - change the value of an engagement for the writer
 * @id: its number
 * @text: the value in C notation; it is changed
 *
 * Return: 0 or a negative errno as in SPEC.md section 2.
 */
int ks_control_retval(u64 id, char *text);

/* Carry out one entry of the module parameter "engage": <symbol>=<value>[ # <reason>]. It is changed. */
int ks_control_entry(char *entry);

#endif
