// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.controller;

import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import io.nats.client.api.KeyValueEntry;
import io.nats.client.api.KeyValueWatcher;
import io.nats.client.impl.NatsKeyValueWatchSubscription;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Reads all of a bucket of JetStream, and follows it after that. */
public final class BucketWatch implements AutoCloseable {

    /** A value that was replaced while all was read is delivered at once; if not, it was removed. */
    private static final Duration CATCHING_UP = Duration.ofSeconds(5);

    private static final long NANOS_PER_MS = 1_000_000;

    private final KeyValue bucket;
    private final NatsKeyValueWatchSubscription subscription;
    private long seen;
    private boolean isRead;

    /**
     * Begins.
     *
     * @param heard takes each entry, on a thread of the connection's
     */
    public BucketWatch(KeyValue bucket, Consumer<KeyValueEntry> heard)
            throws IOException, JetStreamApiException, InterruptedException {
        this.bucket = bucket;
        subscription = bucket.watchAll(new KeyValueWatcher() {
            @Override
            public void watch(KeyValueEntry entry) {
                heard.accept(entry);
                reached(entry.getRevision());
            }

            @Override
            public void endOfData() {
                read();
            }
        });
    }

    private synchronized void reached(long revision) {
        seen = Math.max(seen, revision);
        notifyAll();
    }

    private synchronized void read() {
        isRead = true;
        notifyAll();
    }

    /**
     * Waits until each key that was there has been heard of; false if it takes too long. The server delivers what is there,
     * and says so when it comes to its end: a value that is replaced meanwhile is not there any more when its turn has
     * come, and the new one comes after the end. With thousands of hosts that report, that happens to some each time.
     */
    public boolean await(Duration time) throws IOException, JetStreamApiException, InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        if (!waitFor(() -> isRead, end)) {
            return false;
        }
        long last = bucket.getStatus().getBackingStreamInfo().getStreamState().getLastSequence();
        waitFor(() -> seen >= last, Math.min(end, System.nanoTime() + CATCHING_UP.toNanos()));
        return true;
    }

    private synchronized boolean waitFor(BooleanSupplier condition, long end) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            long left = (end - System.nanoTime()) / NANOS_PER_MS;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    @Override
    public void close() {
        subscription.unsubscribe();
    }
}
