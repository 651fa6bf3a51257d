/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <stdbool.h>
#include <stddef.h>

#define NOBODY 65534
#define MSEC_PER_SEC 1000
#define USEC_PER_MSEC 1000
#define KS_FN KS_ROOT "fn"

/* What an attack may achieve; everything else it must not. */
enum {
	/* A command takes effect at once, but need not return: root is in the way of its files. */
	COMMANDS_WAIT = 1,
	/* To unload killswitch takes for as long as the attack lasts. */
	UNLOAD_WAITS = 2,
	/* A command waits for as long as root lets it. */
	ENGAGE_WAITS = 4,
};

struct attack {
	const char *name;
	/*
	 * Runs in a process of its own, as the user whose attack it is, and
	 * returns when the attack is under way. It ends when all processes of the
	 * process group are killed.
	 */
	void (*begin)(void);
	unsigned int may;
};

/* By a user without any capability; by root, and by root once all is sealed. */
extern const struct attack user_attacks[], root_attacks[], sealed_attacks[];
extern const size_t user_attack_count, root_attack_count, sealed_attack_count;

/*
 * For attacks. Each takes what printf(3) does: something to tell; the reason
 * why it cannot be tried here; what it has achieved and must not.
 */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void skip(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void won(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* @count processes, each of which does @work over and over again. */
void start_workers(unsigned int count, void (*work)(void));
extern unsigned int worker;	/* its number */

/* Run in the worker: 0 to @n - 1. */
unsigned int below(unsigned int n);

/* Attacks that both have. */
void be_held(bool by_fuse);
void keep_cpu_busy(void);
void spread_limits(void);

/* From now on on the last CPU only; and a worker that leaves it to nobody. */
void use_one_cpu(void);
void spin(void);

struct held_call {
	const char *path;	/* what is opened for it; NULL: nothing */
	int flags;
	/* At least once, touches the page. */
	long (*call)(int fd, void *page);
};

/* Have each call wait for its page; for users, and more for root. */
void hold_calls(const struct held_call *calls, size_t count, bool by_fuse);
extern const struct held_call user_calls[], root_calls[];
extern const size_t user_call_count, root_call_count;
long list_into(int fd, void *page);
long read_into(int fd, void *page);
long write_from(int fd, void *page);

/*
 * Whether the kernel has found fault with nothing since the last time: see
 * health.c. What it found before the first time does not count.
 */
bool kernel_is_well(void);

/*
 * What the administrator needs: see check.c. Prints what is wrong, and counts it,
 * and what is late. @may: as above; @sealed, @locked: whether the module is.
 */
struct times {
	long engage, disengage, countdown, load, unload, reload;	/* in ms; -1: not tried */
};

extern long limit;		/* ms that an engage may take */
extern unsigned int wrongs;

/* Before all: which functions can be engaged. Return: false if there are too few. */
bool find_shown(void);

bool check(unsigned int may, bool sealed, bool locked, struct times *t);

/* Wait for the commands that did not return, and see that all is as before; after an attack. */
bool check_after(bool sealed);

long now_ms(void);

#endif
