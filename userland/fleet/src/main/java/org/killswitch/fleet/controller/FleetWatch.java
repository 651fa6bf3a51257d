// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.controller;

import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import io.nats.client.api.KeyValueEntry;
import io.nats.client.api.KeyValueOperation;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.killswitch.fleet.api.Report;
import org.killswitch.policy.PolicyException;

/** Follows the reports of the hosts. */
public final class FleetWatch implements AutoCloseable {

    /**
     * A report.
     *
     * @param isLive whether it has arrived since, rather than been there already
     * @param since when the first one of the same policy and phase arrived
     * @param troubled when the first one with the same trouble arrived
     */
    private record Heard(Report report, long at, boolean isLive, long since, long troubled) {

        static Heard after(@Nullable Heard before, Report report, boolean isLive) {
            long now = System.nanoTime();
            boolean isSame = before != null
                    && before.report.digest().equals(report.digest())
                    && before.report.phase() == report.phase();
            boolean isSameTrouble = before != null && before.report.trouble().equals(report.trouble());
            return new Heard(report, now, isLive, isSame ? before.since : now, isSameTrouble ? before.troubled : now);
        }

        Fleet.Seen seen(long now, Duration silence) {
            Duration age = Duration.ofNanos(now - at);
            return new Fleet.Seen(
                    report,
                    Optional.of(age.minus(silence)).filter(Duration::isPositive),
                    isLive ? Optional.of(age) : Optional.empty(),
                    Duration.ofNanos(now - since),
                    Duration.ofNanos(now - troubled));
        }
    }

    private final Map<String, Heard> hosts = new ConcurrentHashMap<>();
    /** Hosts of which that has been logged. */
    private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

    private final Consumer<String> log;
    private volatile boolean isRead;
    private final BucketWatch reports;

    /**
     * Begins to follow.
     *
     * @param log takes a line for each report that cannot be read
     */
    public FleetWatch(KeyValue bucket, Consumer<String> log)
            throws IOException, JetStreamApiException, InterruptedException {
        this.log = log;
        reports = new BucketWatch(bucket, this::hear);
    }

    private void hear(KeyValueEntry entry) {
        byte[] value = entry.getValue();
        if (entry.getOperation() != KeyValueOperation.PUT || value == null) {
            hosts.remove(entry.getKey());
            return;
        }
        try {
            // By when it arrives: clocks of other machines may be wrong.
            Report report = Report.of(entry.getKey(), value);
            hosts.compute(entry.getKey(), (name, before) -> Heard.after(before, report, isRead));
        } catch (PolicyException e) {
            if (unreadable.add(entry.getKey())) {
                log.accept("the report of " + entry.getKey() + " cannot be read: " + e.getMessage());
            }
        }
    }

    /** Waits until all that was there has been read; false if it takes too long. */
    public boolean await(Duration time) throws IOException, JetStreamApiException, InterruptedException {
        boolean all = reports.await(time);
        isRead = all;
        return all;
    }

    /** The hosts as they are known now. */
    public Fleet fleet(Duration silence) {
        long now = System.nanoTime();
        return new Fleet(hosts.values().stream().map(h -> h.seen(now, silence)).toList());
    }

    @Override
    public void close() {
        reports.close();
    }
}
