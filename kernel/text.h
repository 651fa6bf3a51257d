/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KS_TEXT_H
#define KS_TEXT_H

#include <linux/kernel.h>
#include <linux/types.h>

/* Text that is put together in a buffer, and measured where that is too small. */
struct ks_text {
	char *buffer;
	size_t size;
	size_t length;		/* what it takes, without a NUL at the end */
};

static inline __printf(2, 3) void ks_text_add(struct ks_text *t, const char *fmt, ...)
{
	size_t left = t->length < t->size ? t->size - t->length : 0;
	va_list args;

	va_start(args, fmt);
	t->length += vsnprintf(left ? t->buffer + t->length : NULL, left, fmt, args);
	va_end(args);
}

#endif
