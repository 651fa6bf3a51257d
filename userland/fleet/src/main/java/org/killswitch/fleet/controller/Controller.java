// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.controller;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import io.nats.client.api.KeyValueEntry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.killswitch.fleet.api.Admission;
import org.killswitch.fleet.api.FleetConfig;
import org.killswitch.fleet.api.Order;
import org.killswitch.fleet.api.Rollout;
import org.killswitch.fleet.api.SignedPolicy;
import org.killswitch.fleet.api.Store;
import org.killswitch.policy.PolicyException;

/**
 * The controller: reads the policy, the orders and the reports, and decides by the rules. Several may run; one leads. It can
 * be killed at any moment: what it has decided is written before anybody is told, and told again by the next one.
 */
public final class Controller {

    /**
     * How often things are done.
     *
     * @param round between two looks
     * @param silence after which a host that does not report is taken for lost
     * @param lease after which another controller leads
     */
    public record Pace(Duration round, Duration silence, Duration lease) {
        public static final Pace USUAL =
                new Pace(Duration.ofMillis(250), Duration.ofSeconds(90), Duration.ofSeconds(6));
    }

    private static final Duration FIRST_READING = Duration.ofSeconds(30);

    /** How often one that does not lead reads what the other one has decided. */
    private static final Duration FOLLOWING = Duration.ofSeconds(1);

    private final FleetConfig config;
    private final Pace pace;
    private final InstantSource clock;
    private final Consumer<String> log;
    private final Rules rules;

    /** What it knows of the store while it leads. */
    private @Nullable Rollout rollout;

    /** When its stage began. */
    private long stageBegan;

    private long revision;
    private @Nullable Admission policy;
    private String refused = "";
    private byte[] told = new byte[0];
    private long toldRevision;
    private boolean leads;
    private long loadedAt = System.nanoTime() - FOLLOWING.toNanos();

    /** For other threads. */
    private volatile View view = View.NOTHING;

    /**
     * A controller.
     *
     * @param who it is, for the record of its decisions
     * @param log takes a line for each decision, and for what goes wrong
     */
    public Controller(FleetConfig config, String who, Pace pace, InstantSource clock, Consumer<String> log) {
        this.config = config;
        this.pace = pace;
        this.clock = clock;
        this.log = log;
        rules = new Rules(who);
    }

    /** Runs until the thread is interrupted. */
    public void run() throws PolicyException, InterruptedException {
        Connection connection = connect();
        try {
            String said = "";
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    serve(connection);
                } catch (IOException | JetStreamApiException | PolicyException | IllegalStateException e) {
                    // The server is away, or full: it is tried again, with all that is known read anew.
                    forget();
                    view = view.disconnected();
                    String now = String.valueOf(e.getMessage());
                    if (!now.equals(said)) {
                        log.accept("waiting: " + now);
                        said = now;
                    }
                    Thread.sleep(pace.round().multipliedBy(2));
                    if (connection.getStatus() == Connection.Status.CLOSED) {
                        connection = connect();
                    }
                }
            }
        } finally {
            connection.close();
        }
    }

    private Connection connect() throws PolicyException, InterruptedException {
        return Store.connect(config, Store.options(config).build(), log);
    }

    /** What it knows, which may be some moments old. */
    public View view() {
        return view;
    }

    private void forget() {
        leads = false;
        rollout = null;
        policy = null;
        told = new byte[0];
    }

    private void serve(Connection connection)
            throws IOException, JetStreamApiException, PolicyException, InterruptedException {
        if (connection.getStatus() != Connection.Status.CONNECTED) {
            throw new IOException("no connection with " + config.server());
        }
        Buckets.make(connection, pace.lease());
        Lock lock = new Lock(
                connection.keyValue(Store.LEADER),
                rules.who() + ", process " + ProcessHandle.current().pid(),
                pace.lease());
        try (FleetWatch watch = new FleetWatch(connection.keyValue(Store.HOSTS), log)) {
            if (!watch.await(FIRST_READING)) {
                throw new IOException("the reports of the hosts do not arrive");
            }
            while (true) {
                boolean held = lock.isHeld(System.nanoTime());
                if (held && !leads) {
                    log.accept("leads");
                }
                boolean reads = held != leads || (!held && System.nanoTime() - loadedAt > FOLLOWING.toNanos());
                if (reads) {
                    load(connection, held);
                }
                leads = held;
                if (leads || reads) {
                    Fleet fleet = watch.fleet(pace.silence());
                    if (leads && round(connection, fleet)) {
                        // Hosts that had reported before it was pushed are to be known before its first ring opens.
                        watch.await(FIRST_READING);
                    }
                    view = new View(
                            Optional.ofNullable(rollout),
                            Optional.ofNullable(policy).map(Admission::policy),
                            fleet,
                            true,
                            leads);
                }
                Thread.sleep(pace.round());
            }
        }
    }

    /**
     * What the controller before this one has decided.
     *
     * @param held whether this one has just got the lock
     */
    private void load(Connection connection, boolean held) throws IOException, JetStreamApiException, PolicyException {
        forget();
        loadedAt = System.nanoTime();
        KeyValue store = connection.keyValue(Store.ROLLOUT);
        KeyValueEntry opening = store.get(Store.OPENING_KEY);
        toldRevision = opening == null ? 0 : opening.getRevision();
        told = opening == null || opening.getValue() == null ? new byte[0] : opening.getValue();
        KeyValueEntry entry = store.get(Store.ROLLOUT_KEY);
        revision = entry == null ? 0 : entry.getRevision();
        rollout = entry == null || entry.getValue() == null ? null : Rollout.of(entry.getValue());
        if (rollout != null) {
            // Not the current policy, which may be one that was refused.
            KeyValueEntry accepted = store.get(Store.accepted(rollout.digest()));
            policy = accepted == null || accepted.getValue() == null
                    ? null
                    : Admission.accepted(accepted.getValue(), rollout.digest());
        }
        if (held && entry != null) {
            stageBegan = System.nanoTime() - age(connection, entry).toNanos();
        }
    }

    /**
     * How old the last decision is. The clock of the controller that made it may be another than this one's: what counts is
     * the server's, by which the lock has just been written.
     */
    private static Duration age(Connection connection, KeyValueEntry decision)
            throws IOException, JetStreamApiException {
        KeyValueEntry lock = connection.keyValue(Store.LEADER).get(Store.LEADER_KEY);
        Duration age = lock == null ? Duration.ZERO : Duration.between(decision.getCreated(), lock.getCreated());
        return age.isNegative() ? Duration.ZERO : age;
    }

    /** Whether the roll-out of a new policy has begun, for which nothing else is done yet. */
    private boolean round(Connection connection, Fleet fleet)
            throws IOException, JetStreamApiException, PolicyException {
        KeyValue store = connection.keyValue(Store.ROLLOUT);
        KeyValueEntry order = connection.keyValue(Store.ORDER).get(Store.ORDER_KEY);
        boolean isBegun = readPolicy(connection, store, order);
        Admission current = policy;
        if (isBegun || current == null || rollout == null) {
            return isBegun;
        }
        if (order != null && order.getValue() != null && order.getRevision() > rollout.order()) {
            Order given = order(order, rollout.serial());
            decide(store, rules.ordered(rollout, given, order.getRevision(), current.policy(), now()));
        }
        Optional<Rollout> next = next(rollout, current, fleet);
        while (next.isPresent()) {
            decide(store, next.get());
            next = next(rollout, current, fleet);
        }
        tell(store);
        return false;
    }

    private Optional<Rollout> next(Rollout current, Admission of, Fleet fleet) {
        return rules.next(current, of.policy(), fleet, Duration.ofNanos(System.nanoTime() - stageBegan), now());
    }

    private Instant now() {
        return clock.instant();
    }

    /** An order that cannot be read is one to halt: somebody wanted something. */
    private static Order order(KeyValueEntry entry, long serial) {
        try {
            return Order.of(entry.getValue());
        } catch (PolicyException e) {
            return new Order(serial, Order.Verb.HALT, "an unreadable order", String.valueOf(e.getMessage()));
        }
    }

    /** Begins a roll-out when there is a new policy, and says whether it has. */
    private boolean readPolicy(Connection connection, KeyValue store, @Nullable KeyValueEntry order)
            throws IOException, JetStreamApiException, PolicyException {
        KeyValueEntry entry = connection.keyValue(Store.POLICY).get(Store.POLICY_KEY);
        if (entry == null || entry.getValue() == null) {
            return false;
        }
        String digest = SignedPolicy.digest(entry.getValue());
        Admission known = policy;
        if (digest.equals(refused) || (known != null && known.signed().digest().equals(digest))) {
            return false;
        }
        Rollout before = rollout;
        try {
            Admission admission = Admission.check(entry.getValue(), config.signatures());
            boolean isBegun = before != null && before.digest().equals(digest);
            if (!isBegun) {
                admission.requireNewer(
                        before == null ? 0 : before.serial(), before == null ? "" : before.digest(), now());
                if (before != null) {
                    store.put("past." + before.serial(), before.message());
                }
                store.put(Store.accepted(digest), entry.getValue());
                decide(store, Rollout.of(admission, order == null ? 0 : order.getRevision(), now()));
                if (before != null) {
                    store.purge(Store.accepted(before.digest()));
                }
            }
            policy = admission;
            return !isBegun;
        } catch (PolicyException e) {
            refused = digest;
            log.accept(String.valueOf(e.getMessage()));
            if (before != null) {
                decide(store, before.decided(now(), rules.who(), "refuse a policy", String.valueOf(e.getMessage())));
            }
            return false;
        }
    }

    /** Writes what is decided, unless another controller has decided something meanwhile: then all is read anew. */
    private void decide(KeyValue store, Rollout next) throws IOException, JetStreamApiException {
        revision = write(store, Store.ROLLOUT_KEY, next.message(), revision);
        if (rollout == null || !rollout.since().equals(next.since())) {
            stageBegan = System.nanoTime();
        }
        rollout = next;
        Rollout.Decision decision = next.decisions().getLast();
        log.accept("serial " + next.serial() + ": " + decision.what() + " (" + decision.who() + "): " + decision.why());
    }

    private static long write(KeyValue store, String key, byte[] value, long revision)
            throws IOException, JetStreamApiException {
        return revision == 0 ? store.create(key, value) : store.update(key, value, revision);
    }

    /** Tells the hosts, after it is written; what a controller that was killed has not told, the next one does. */
    private void tell(KeyValue store) throws IOException, JetStreamApiException {
        Rollout current = rollout;
        if (current == null) {
            return;
        }
        byte[] opening = current.opening().message();
        if (!Arrays.equals(opening, told)) {
            toldRevision = write(store, Store.OPENING_KEY, opening, toldRevision);
            told = opening;
        }
    }
}
