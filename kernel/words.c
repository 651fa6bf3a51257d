// SPDX-License-Identifier: GPL-2.0-only
/* Module parameters that are lists: see words.h. */
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "words.h"

static int ks_words_add(struct ks_words *words, const char *from, size_t length)
{
	struct ks_word *w;
	char *text;

	w = kmalloc(struct_size(w, text, length + 1), GFP_KERNEL);
	if (!w)
		return -ENOMEM;
	memcpy(w->text, from, length);
	w->text[length] = '\0';
	text = strim(w->text);
	memmove(w->text, text, strlen(text) + 1);
	if (!*w->text) {
		kfree(w);
		return 0;
	}
	list_add_tail(&w->node, &words->list);
	return 0;
}

static int ks_words_set(const char *text, const struct kernel_param *param)
{
	size_t length;
	int err = 0;

	while (text && *text && !err) {
		length = strcspn(text, ",");
		err = ks_words_add(param->arg, text, length);
		text += length;
		text += *text == ',';
	}
	return err;
}

/* As it was given, as far as it fits into the file. */
static int ks_words_get(char *buffer, const struct kernel_param *param)
{
	const struct ks_words *words = param->arg;
	const struct ks_word *w;
	int length = 0;

	list_for_each_entry(w, &words->list, node)
		length += scnprintf(buffer + length, PAGE_SIZE - length, "%s%s",
				    length ? "," : "", w->text);
	return length + scnprintf(buffer + length, PAGE_SIZE - length, "\n");
}

static void ks_words_free_arg(void *arg)
{
	ks_words_free(arg);
}

const struct kernel_param_ops ks_words_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,	/* an empty one must not keep the module from loading */
	.set = ks_words_set,
	.get = ks_words_get,
	.free = ks_words_free_arg,
};

void ks_words_free(struct ks_words *words)
{
	struct ks_word *w, *next;

	list_for_each_entry_safe(w, next, &words->list, node) {
		list_del(&w->node);
		kfree(w);
	}
}
