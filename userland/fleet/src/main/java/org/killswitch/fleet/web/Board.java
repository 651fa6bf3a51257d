// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.web;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.killswitch.fleet.controller.View;

/**
 * What is shown, made once for all who look. It keeps the newest only: a client that reads slowly misses what was between, and
 * nothing is kept for it.
 */
final class Board implements AutoCloseable {

    private static final Duration LOOK = Duration.ofMillis(500);
    static final Duration POINT = Duration.ofSeconds(5);

    /**
     * What there is to show.
     *
     * @param version another one for each change
     * @param state as JSON
     * @param points how many there have been of the calls over time
     */
    record Shown(long version, String state, long points) {}

    private final Supplier<View> source;
    private final Consumer<String> log;
    private final HitHistory history = new HitHistory();
    private final Thread thread;
    private @Nullable Snapshot snapshot;
    private long madeAt;
    private long pointAt;
    private int waiting;
    private Shown shown = new Shown(0, "", 0);

    /**
     * Begins to look.
     *
     * @param source what the controller knows
     */
    Board(Supplier<View> source, Consumer<String> log) {
        this.source = source;
        this.log = log;
        pointAt = System.nanoTime() - POINT.toNanos();
        look();
        thread = Thread.ofPlatform().daemon().name("web board").start(this::run);
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(LOOK);
                try {
                    lookIfAnybodyDoes();
                } catch (RuntimeException e) {
                    log.accept("internal error: " + e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void lookIfAnybodyDoes() {
        if (waiting > 0 || System.nanoTime() - pointAt >= POINT.toNanos()) {
            look();
        }
    }

    /** What there is to show now. */
    synchronized Shown look() {
        Snapshot now = snapshot();
        long time = System.nanoTime();
        if (time - pointAt >= POINT.toNanos()) {
            history.sample(now.view().fleet());
            pointAt += (time - pointAt) / POINT.toNanos() * POINT.toNanos();
        }
        String state = now.json().toString();
        if (!state.equals(shown.state) || history.count() != shown.points) {
            shown = new Shown(shown.version + 1, state, history.count());
            notifyAll();
        }
        return shown;
    }

    /** The fleet in numbers, at most some moments old. */
    synchronized Snapshot snapshot() {
        Snapshot last = snapshot;
        long now = System.nanoTime();
        if (last != null && now - madeAt < LOOK.toNanos() / 2) {
            return last;
        }
        Snapshot next = Snapshot.of(source.get());
        snapshot = next;
        madeAt = now;
        return next;
    }

    /** The newest, as soon as it is another one than that, or the time is over. */
    synchronized Shown await(long version, Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        long left = time.toMillis();
        waiting++;
        try {
            while (shown.version == version && left > 0) {
                wait(left);
                left = (end - System.nanoTime()) / 1_000_000;
            }
            return shown;
        } finally {
            waiting--;
        }
    }

    synchronized List<Long> pointsAfter(long first) {
        return history.after(first);
    }

    synchronized Map<String, Long> hits() {
        return history.totals();
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
