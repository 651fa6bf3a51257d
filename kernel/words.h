/* SPDX-License-Identifier: GPL-2.0-only */
/* Module parameters that are lists: what is given more than once adds up, of any length. */
#ifndef KS_WORDS_H
#define KS_WORDS_H

#include <linux/list.h>
#include <linux/moduleparam.h>

/* One entry, without blanks around it. */
struct ks_word {
	struct list_head node;
	char text[];
};

struct ks_words {
	struct list_head list;
};

#define KS_WORDS_INIT(name) { .list = LIST_HEAD_INIT((name).list) }

/* For module_param_cb() with a struct ks_words. Entries are separated by commas. */
extern const struct kernel_param_ops ks_words_ops;

void ks_words_free(struct ks_words *words);

#endif
