/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KS_LOCK_H
#define KS_LOCK_H

#include <linux/bug.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>

/*
 * Serialises all changes: of the set of engagements and of everything in them,
 * of the seal and the lock.
 *
 * An urgent engage waits for nothing but this, and so does every module that
 * comes or goes. So nothing is done with it held that a user can hold up: no
 * file or directory is made or removed, no memory of a user's is touched, no
 * program is run, and no grace period is waited for. What has been taken off is
 * given back after the lock was released, by grace.h. Readers do without it:
 * they go by RCU.
 *
 * Inside it: ks_kprobe_lock, and the locks of kprobes, ftrace, memory and the
 * symbol tables.
 */
extern struct mutex ks_lock;

/* Each function that does one of these things says so; a kernel with lockdep checks it. */
#ifdef CONFIG_LOCKDEP
#define ks_assert_may_wait() WARN_ON_ONCE(debug_locks && lockdep_is_held(&ks_lock))
#else
#define ks_assert_may_wait() do { } while (0)
#endif

#endif
