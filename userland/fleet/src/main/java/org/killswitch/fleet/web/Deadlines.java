// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.web;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Ends a write to a client that does not read. The server has no time limit for one; a thread that is interrupted while it
 * writes to a channel closes it.
 */
final class Deadlines implements AutoCloseable {

    /** Something that writes. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("web deadlines").factory());

    Deadlines() {
        timer.setRemoveOnCancelPolicy(true); // there is one for each write
    }

    /** Does something on this thread, which is interrupted if it takes too long. */
    void within(Duration time, Work work) throws IOException {
        Thread thread = Thread.currentThread();
        boolean[] done = new boolean[1];
        ScheduledFuture<?> end = timer.schedule(
                () -> {
                    synchronized (done) {
                        if (!done[0]) {
                            thread.interrupt();
                        }
                    }
                },
                time.toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            work.run();
        } finally {
            synchronized (done) {
                done[0] = true;
            }
            end.cancel(false);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
