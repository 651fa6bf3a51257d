// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.command;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.KeyValueEntry;
import io.nats.client.api.KeyValueOperation;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.killswitch.fleet.api.Admission;
import org.killswitch.fleet.api.FleetConfig;
import org.killswitch.fleet.api.FleetPolicy;
import org.killswitch.fleet.api.Order;
import org.killswitch.fleet.api.Report;
import org.killswitch.fleet.api.Rollout;
import org.killswitch.fleet.api.Store;
import org.killswitch.fleet.api.Verdicts;
import org.killswitch.fleet.controller.BucketWatch;
import org.killswitch.fleet.controller.Fleet;
import org.killswitch.fleet.controller.FleetWatch;
import org.killswitch.policy.PolicyException;

/** A connection of one command with the NATS server. */
final class Session implements AutoCloseable {

    private static final String MADE = "; killswitch fleet serve makes what is missing in JetStream when it starts";
    /** As long as the server of packaging/fleet gives a connection. */
    private static final Duration CONNECTED = Duration.ofSeconds(10);

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration ROUND = Duration.ofMillis(100);
    private static final Duration FOLLOWED = Duration.ofSeconds(10);

    private final Connection connection;

    Session(FleetConfig config) throws PolicyException, InterruptedException {
        try {
            connection = connect(Store.options(config)
                    .maxReconnects(0)
                    .connectionTimeout(CONNECTED)
                    .build());
        } catch (IOException e) {
            throw new PolicyException(
                    "no connection with " + config.server() + ": " + e.getMessage()
                            + "; see the server's log, and the certificate " + config.certificate(),
                    e);
        }
    }

    /**
     * Connects, and tries once more if that took long: on a busy machine a Java that has just begun may need more for its
     * first TLS connection than the server gives it, and never again. A refusal comes at once.
     */
    private static Connection connect(Options options) throws IOException, InterruptedException {
        long start = System.nanoTime();
        try {
            return Nats.connect(options);
        } catch (IOException e) {
            if (System.nanoTime() - start < CONNECTED.toNanos() / 2) {
                throw e;
            }
            return Nats.connect(options);
        }
    }

    /** How far the current policy has come; empty if there never was one. */
    Optional<Rollout> rollout() throws PolicyException, InterruptedException {
        Optional<byte[]> message = Store.get(connection, Store.ROLLOUT, Store.ROLLOUT_KEY);
        return message.isPresent() ? Optional.of(Rollout.of(message.get())) : Optional.empty();
    }

    /** The same; refuses where there never was one. */
    Rollout requireRollout() throws PolicyException, InterruptedException {
        return rollout()
                .orElseThrow(() -> new PolicyException(
                        "there is no roll-out: push a policy, and see that killswitch fleet serve runs"));
    }

    /** A roll-out and the policy that it is of. */
    record Current(Rollout rollout, FleetPolicy policy) {}

    /** The current ones; refuses where there never was one. The policy of the one before is removed when another begins. */
    Current current() throws PolicyException, InterruptedException {
        Rollout rollout = requireRollout();
        while (true) {
            Optional<byte[]> message = Store.get(connection, Store.ROLLOUT, Store.accepted(rollout.digest()));
            if (message.isPresent()) {
                return new Current(
                        rollout,
                        Admission.accepted(message.get(), rollout.digest()).policy());
            }
            Rollout now = requireRollout();
            if (now.digest().equals(rollout.digest())) {
                throw new PolicyException("the policy of serial " + rollout.serial() + " is not there");
            }
            rollout = now;
        }
    }

    /** The hosts by their last reports, in the order of their names. */
    Fleet fleet(PrintWriter err) throws PolicyException, InterruptedException {
        try (FleetWatch watch = watch(err)) {
            return new Fleet(watch.fleet(PATIENCE).hosts().stream()
                    .sorted(Comparator.comparing(h -> h.report().host().name()))
                    .toList());
        }
    }

    /** Their last reports, in the same order. */
    List<Report> reports(PrintWriter err) throws PolicyException, InterruptedException {
        return fleet(err).hosts().stream().map(Fleet.Seen::report).toList();
    }

    /** What the hosts say of CVEs, by host. */
    Map<String, Verdicts> verdicts(PrintWriter err) throws PolicyException, InterruptedException {
        Map<String, Verdicts> verdicts = new ConcurrentHashMap<>();
        try (BucketWatch watch = new BucketWatch(connection.keyValue(Store.VERDICTS), e -> hear(e, verdicts, err))) {
            if (!watch.await(PATIENCE)) {
                throw new PolicyException("the verdicts of the hosts do not arrive");
            }
        } catch (IOException | JetStreamApiException e) {
            throw new PolicyException("the verdicts of the hosts cannot be read: " + e.getMessage() + MADE, e);
        }
        return verdicts;
    }

    private static void hear(KeyValueEntry entry, Map<String, Verdicts> verdicts, PrintWriter err) {
        byte[] value = entry.getValue();
        if (entry.getOperation() != KeyValueOperation.PUT || value == null) {
            verdicts.remove(entry.getKey());
            return;
        }
        try {
            verdicts.put(entry.getKey(), Verdicts.of(entry.getKey(), value));
        } catch (PolicyException e) {
            err.println("the verdicts of " + entry.getKey() + " cannot be read: " + e.getMessage());
        }
    }

    /** Follows the reports of the hosts until it is closed. */
    FleetWatch watch(PrintWriter err) throws PolicyException, InterruptedException {
        try {
            FleetWatch watch = new FleetWatch(connection.keyValue(Store.HOSTS), err::println);
            if (!watch.await(PATIENCE)) {
                throw new PolicyException("the reports of the hosts do not arrive");
            }
            return watch;
        } catch (IOException | JetStreamApiException e) {
            throw new PolicyException("the reports of the hosts cannot be read: " + e.getMessage() + MADE, e);
        }
    }

    void push(byte[] message) throws PolicyException {
        put(Store.POLICY, Store.POLICY_KEY, message);
    }

    /** Gives an order; whether a controller has followed it soon. */
    boolean order(Order order) throws PolicyException, InterruptedException {
        long revision = put(Store.ORDER, Store.ORDER_KEY, order.message());
        long end = System.nanoTime() + FOLLOWED.toNanos();
        while (System.nanoTime() < end) {
            if (requireRollout().order() >= revision) {
                return true;
            }
            Thread.sleep(ROUND);
        }
        return false;
    }

    private long put(String bucket, String key, byte[] value) throws PolicyException {
        try {
            return connection.keyValue(bucket).put(key, value);
        } catch (IOException | JetStreamApiException e) {
            throw new PolicyException(bucket + " cannot be written: " + e.getMessage() + MADE, e);
        }
    }

    @Override
    public void close() {
        Store.close(connection);
    }
}
