// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Dispatcher;
import io.nats.client.Options;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.killswitch.fleet.api.FleetConfig;
import org.killswitch.fleet.api.Opening;
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
     * @param tick between two looks at the countdown; where there is nothing to count, they are some times as far apart
     * @param least between two reports
     * @param heartbeat a report is sent and the store is asked, if nothing has happened meanwhile
     * @param judging the host is judged again, if nothing has happened meanwhile
     */
    public record Pace(Duration tick, Duration least, Duration heartbeat, Duration judging) {
        public static final Pace USUAL =
                new Pace(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofHours(6));
    }

    private static final double JITTER = 0.2;

    /** How much longer it is between two ticks where there is nothing to count. */
    private static final int IDLE = 5;

    private final FleetConfig config;
    private final Agent agent;
    private final Pace pace;
    private final Consumer<String> log;
    private final ScheduledExecutorService thread;
    private final UnaryOperator<Options.Builder> connecting;
    private final Judging judging;
    private final Reporting reporting;
    private @Nullable Connection connection;

    /** The tick that is planned. */
    private @Nullable ScheduledFuture<?> next;

    private long nextAt;

    /** Whether the server answers and has the buckets. */
    private boolean hasStore;

    /** How often it has been asked in vain since it last answered. */
    private int failures;

    private long askedAt;
    private long heartbeat;

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
        reporting =
                new Reporting(agent, pace.least(), pace.heartbeat(), this::publish, log, new SplittableRandom(), now);
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
        onThread(this::tick);
        connect();
    }

    private void connect() throws PolicyException, InterruptedException {
        Options options = connecting
                .apply(Store.options(config).connectionListener((of, event) -> onThread(() -> changed(of, event))))
                .build();
        Connection made = Store.connect(config, options, log);
        onThread(() -> use(made));
        if (thread.isShutdown()) {
            Store.close(made);
        }
    }

    /** After the library has closed the connection, which it does for good. */
    private void connectAgain() {
        connection = null;
        Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(Store.pause(1));
                connect();
            } catch (PolicyException e) {
                log.accept(e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void onThread(Runnable work) {
        try {
            thread.execute(() -> perform(work));
        } catch (RejectedExecutionException e) {
            // It has been closed.
        }
    }

    private void perform(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            log.accept("internal error: " + e);
        }
        plan();
    }

    /** Has the next tick come as soon as is needed now. */
    private void plan() {
        boolean isIdle = failures == 0 && !agent.counts();
        long now = System.nanoTime();
        long least = pace.tick().toNanos();
        long delay = isIdle
                ? Math.clamp(Math.min(heartbeat - (now - askedAt), reporting.due(now)), least, least * IDLE)
                : least;
        ScheduledFuture<?> planned = next;
        if (planned != null) {
            if (nextAt - now <= delay) {
                return;
            }
            planned.cancel(false);
        }
        nextAt = now + delay;
        next = thread.schedule(
                () -> {
                    next = null;
                    perform(this::tick);
                },
                delay,
                TimeUnit.NANOSECONDS);
    }

    private void use(Connection made) {
        if (made.getStatus() == Connection.Status.CLOSED) {
            connectAgain();
            return;
        }
        connection = made;
        Dispatcher dispatcher = made.createDispatcher();
        dispatcher.subscribe(
                Store.subject(Store.POLICY, Store.POLICY_KEY),
                m -> Store.value(m).ifPresent(v -> onThread(() -> told(() -> agent.offer(v)))));
        dispatcher.subscribe(
                Store.subject(Store.ROLLOUT, Store.OPENING_KEY),
                m -> Store.value(m).ifPresent(v -> onThread(() -> told(() -> read(v).ifPresent(agent::open)))));
        agent.connected(made.getStatus() == Connection.Status.CONNECTED);
        catchUp();
    }

    private void changed(Connection of, ConnectionListener.Events event) {
        switch (event) {
            case CONNECTED, RECONNECTED, RESUBSCRIBED -> {
                agent.connected(true);
                catchUp();
            }
            case DISCONNECTED, CLOSED -> {
                agent.connected(false);
                hasStore = false;
                if (event == ConnectionListener.Events.CLOSED && of.equals(connection)) {
                    connectAgain();
                }
            }
            default -> {}
        }
    }

    /** The connection is new: what came meanwhile is asked for, and it is said what has become of it. */
    private void catchUp() {
        if (ask()) {
            reporting.report(System.nanoTime(), false);
        }
    }

    /** Asks for what was published while there was no connection, or was lost; whether there is an answer. */
    private boolean ask() {
        Connection current = connection;
        if (current == null || current.getStatus() != Connection.Status.CONNECTED) {
            return false;
        }
        askedAt = System.nanoTime();
        heartbeat = withJitter(pace.heartbeat());
        try {
            Optional<Opening> opening =
                    Store.get(current, Store.ROLLOUT, Store.OPENING_KEY).flatMap(this::read);
            boolean isMissed = !hasStore
                    || opening.filter(o -> !agent.hasTaken(o.digest())).isPresent();
            Optional<byte[]> policy = isMissed ? Store.get(current, Store.POLICY, Store.POLICY_KEY) : Optional.empty();
            failures = 0;
            if (!hasStore) {
                hasStore = true;
                judging.resend();
            }
            policy.ifPresent(agent::offer);
            opening.ifPresent(agent::open);
            return true;
        } catch (PolicyException e) {
            log.accept(e.getMessage());
            hasStore = false;
            // The server is there, and JetStream not yet; or it has too much to do, and must not be asked all the more.
            heartbeat = Store.pause(++failures).toNanos();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    /** What the controller has opened; empty, and logged, if it cannot be read. */
    private Optional<Opening> read(byte[] message) {
        try {
            return Optional.of(Opening.of(message));
        } catch (PolicyException e) {
            log.accept(e.getMessage());
            return Optional.empty();
        }
    }

    /** A message came that all hosts get at once. */
    private void told(Runnable work) {
        work.run();
        reporting.told(System.nanoTime());
    }

    private void tick() {
        agent.tick();
        long now = System.nanoTime();
        if (now - askedAt > heartbeat || (failures == 0 && agent.needsOpening())) {
            ask();
            reporting.report(System.nanoTime(), true);
        } else {
            reporting.tick(now);
        }
        judging.tick();
    }

    private boolean publishVerdicts(byte[] verdicts) {
        Connection current = connection;
        if (current == null || !hasStore) {
            return false; // what is published where there is no store is lost
        }
        current.publish(Store.subject(Store.VERDICTS, config.name()), verdicts);
        return true;
    }

    private boolean publish(byte[] report) {
        Connection current = connection;
        if (current == null || current.getStatus() != Connection.Status.CONNECTED) {
            return false;
        }
        current.publish(Store.subject(Store.HOSTS, config.name()), report);
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
