// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Dispatcher;
import io.nats.client.Options;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.killswitch.fleet.api.FleetConfig;
import org.killswitch.fleet.api.Opening;
import org.killswitch.fleet.api.Report;
import org.killswitch.fleet.api.Store;
import org.killswitch.policy.PolicyException;

/**
 * Connects an agent with the NATS server: what arrives goes to the agent, and its report to the host's own subject. All that
 * the agent does, it does on one thread.
 */
public final class AgentLink implements AutoCloseable {

    /**
     * How often things are done.
     *
     * @param tick between two looks at the countdown
     * @param least between two reports
     * @param heartbeat a report is sent and the store is asked, if nothing has happened meanwhile
     * @param judging the host is judged again, if nothing has happened meanwhile
     */
    public record Pace(Duration tick, Duration least, Duration heartbeat, Duration judging) {
        public static final Pace USUAL =
                new Pace(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofHours(6));
    }

    private static final double JITTER = 0.2;

    private final FleetConfig config;
    private final Agent agent;
    private final Pace pace;
    private final Consumer<String> log;
    private final ScheduledExecutorService thread;
    private final UnaryOperator<Options.Builder> connecting;
    private final Judging judging;
    private @Nullable Connection connection;
    private String logged = "";
    private String summary = "";
    private boolean isUnsent;
    /** Whether the server answers and has the buckets. */
    private boolean hasStore;

    /** How often it has been asked in vain since it last answered. */
    private int failures;

    private byte[] sent = new byte[0];
    private long sentAt;
    private long askedAt;
    private long heartbeat;

    /** The trial of which it has been reported that its time is over. */
    private Optional<Long> watched = Optional.empty();

    /**
     * A link; nothing happens before {@link #start}.
     *
     * @param thread that everything is done on
     * @param log takes a line when something changes
     */
    public AgentLink(
            FleetConfig config, Agent agent, Pace pace, ScheduledExecutorService thread, Consumer<String> log) {
        this(config, agent, pace, thread, log, o -> o);
    }

    /**
     * The same, where many share a process.
     *
     * @param connecting has the last word on how to connect
     */
    public AgentLink(
            FleetConfig config,
            Agent agent,
            Pace pace,
            ScheduledExecutorService thread,
            Consumer<String> log,
            UnaryOperator<Options.Builder> connecting) {
        this.connecting = connecting;
        this.config = config;
        this.agent = agent;
        this.pace = pace;
        this.thread = thread;
        this.log = log;
        judging = new Judging(agent, pace.judging(), this::onThread, this::publishVerdicts, log);
        long now = System.nanoTime();
        sentAt = now - pace.least().toNanos();
        askedAt = now;
        heartbeat = withJitter(pace.heartbeat());
    }

    /** A thread for one agent. */
    public static ScheduledExecutorService thread() {
        return Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("agent").factory());
    }

    private static long withJitter(Duration time) {
        return (long) (time.toNanos() * ThreadLocalRandom.current().nextDouble(1 - JITTER, 1 + JITTER));
    }

    /** Connects, now or as soon as there is a server, and goes on until it is closed. */
    public void start() throws PolicyException, InterruptedException {
        Options options = connecting
                .apply(Store.options(config).connectionListener((c, event) -> onThread(() -> changed(event))))
                .build();
        var _ = thread.scheduleWithFixedDelay(
                this::tick, pace.tick().toNanos(), pace.tick().toNanos(), TimeUnit.NANOSECONDS);
        Connection made = Store.connect(config, options);
        onThread(() -> use(made));
    }

    private void onThread(Runnable work) {
        try {
            thread.execute(() -> logFailure(work));
        } catch (RejectedExecutionException e) {
            // It has been closed.
        }
    }

    private void logFailure(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            log.accept("internal error: " + e);
        }
    }

    private void use(Connection made) {
        connection = made;
        Dispatcher dispatcher = made.createDispatcher();
        dispatcher.subscribe(
                Store.subject(Store.POLICY, Store.POLICY_KEY),
                m -> onThread(() -> changed(() -> agent.offer(m.getData()))));
        dispatcher.subscribe(
                Store.subject(Store.ROLLOUT, Store.OPENING_KEY), m -> onThread(() -> changed(() -> open(m.getData()))));
        agent.connected(made.getStatus() == Connection.Status.CONNECTED);
        ask();
    }

    private void changed(ConnectionListener.Events event) {
        switch (event) {
            case CONNECTED, RECONNECTED, RESUBSCRIBED -> {
                agent.connected(true);
                ask();
            }
            case DISCONNECTED, CLOSED -> {
                agent.connected(false);
                hasStore = false;
            }
            default -> {}
        }
    }

    /** What was published while there was no connection, or was lost. */
    private void ask() {
        Connection current = connection;
        if (current == null || current.getStatus() != Connection.Status.CONNECTED) {
            return;
        }
        askedAt = System.nanoTime();
        heartbeat = withJitter(pace.heartbeat());
        try {
            Optional<byte[]> policy = Store.get(current, Store.POLICY, Store.POLICY_KEY);
            Optional<byte[]> opening = Store.get(current, Store.ROLLOUT, Store.OPENING_KEY);
            failures = 0;
            if (!hasStore) {
                hasStore = true;
                judging.resend();
            }
            changed(() -> {
                policy.ifPresent(agent::offer);
                opening.ifPresent(this::open);
            });
        } catch (PolicyException e) {
            log.accept(e.getMessage());
            hasStore = false;
            // The server is there, and JetStream not yet; or it has too much to do, and must not be asked all the more.
            heartbeat = Store.pause(++failures).toNanos();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void open(byte[] message) {
        try {
            agent.open(Opening.of(message));
        } catch (PolicyException e) {
            log.accept(e.getMessage());
        }
    }

    /** Something that the report may be another after. */
    private void changed(Runnable work) {
        work.run();
        report(false);
    }

    private void tick() {
        logFailure(() -> {
            agent.tick();
            long now = System.nanoTime();
            Optional<Long> over = agent.watched();
            if (now - askedAt > heartbeat || (failures == 0 && agent.needsOpening())) {
                ask();
                report(true);
            } else if (over.isPresent() && !over.equals(watched)) {
                watched = report(true) ? over : watched;
            } else if (isUnsent || agent.isOnTrial() || !agent.summary().equals(summary)) {
                report(false);
            }
            judging.tick();
        });
    }

    private boolean publishVerdicts(byte[] verdicts) {
        Connection current = connection;
        if (current == null || !hasStore) {
            return false; // what is published where there is no store is lost
        }
        current.publish(Store.subject(Store.VERDICTS, config.name()), verdicts);
        return true;
    }

    /** Whether it has been said, now or before. */
    private boolean report(boolean evenIfTheSame) {
        Connection current = connection;
        long now = System.nanoTime();
        if (current == null
                || current.getStatus() != Connection.Status.CONNECTED
                || now - sentAt < pace.least().toNanos()) {
            isUnsent = true; // the next tick does it
            return false;
        }
        isUnsent = false;
        summary = agent.summary();
        Report report = agent.report();
        byte[] bytes = report.bytes();
        if (evenIfTheSame || !Arrays.equals(bytes, sent)) {
            current.publish(Store.subject(Store.HOSTS, config.name()), bytes);
            sent = bytes;
            sentAt = now;
        }
        String line = "serial " + report.serial() + ": " + report.phase().name().toLowerCase(Locale.ROOT)
                + (report.message().isEmpty() ? "" : ": " + report.message());
        if (!line.equals(logged)) {
            log.accept(line);
            logged = line;
        }
        return true;
    }

    @Override
    public void close() {
        thread.shutdownNow();
        Connection current = connection;
        if (current != null) {
            Store.close(current);
        }
    }
}
