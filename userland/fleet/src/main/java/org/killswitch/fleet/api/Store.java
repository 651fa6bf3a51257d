// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.KeyValueOperation;
import io.nats.client.support.NatsKeyValueUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.killswitch.policy.PolicyException;

/** Where things are in NATS: the buckets of JetStream, and what both sides agree upon. */
public final class Store {

    /** The signed policy; operators write it. */
    public static final String POLICY = "fleet-policy";

    public static final String POLICY_KEY = "current";

    /** What the controller has decided; it alone writes it. */
    public static final String ROLLOUT = "fleet-rollout";

    /** For the hosts. */
    public static final String OPENING_KEY = "open";

    /** All of it, with every decision. */
    public static final String ROLLOUT_KEY = "rollout";

    /** What operators ask of the controller: halt, resume, roll back. */
    public static final String ORDER = "fleet-order";

    public static final String ORDER_KEY = "order";

    /** The controller that leads. */
    public static final String LEADER = "fleet-leader";

    public static final String LEADER_KEY = "leader";

    /** The report of each host, by its name. */
    public static final String HOSTS = "fleet-hosts";

    /** What each host says of CVEs, by its name; apart from the reports, which are sent much more often. */
    public static final String VERDICTS = "fleet-verdicts";

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);
    private static final int DOUBLINGS = 7;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int NOT_FOUND = 404;

    private Store() {}

    /** The key of the policy that a roll-out is of, next to the roll-out: it was checked, unlike the one that was pushed. */
    public static String accepted(String digest) {
        return "policy." + digest;
    }

    /** The subject that the value of a key is published on. */
    public static String subject(String bucket, String key) {
        return "$KV." + bucket + "." + key;
    }

    /** How to connect: for as long as it takes, and not all hosts at once after the server was away. */
    public static Options.Builder options(FleetConfig config) throws PolicyException {
        return new Options.Builder()
                .servers(config.server().split(",", -1))
                .sslContext(Tls.context(config))
                .connectionName(config.name())
                .inboxPrefix("_INBOX_" + config.name() + ".")
                .connectionTimeout(Duration.ofSeconds(5))
                .pingInterval(Duration.ofSeconds(10))
                .maxPingsOut(2)
                .maxReconnects(-1)
                .reconnectDelayHandler(Store::pause)
                .bufferSize(8 * 1024)
                .errorListener(new ErrorListener() {});
    }

    /**
     * Connects, now or as soon as there is a server that lets this name in. The library closes a connection for good when a
     * server has refused it twice, which one does that has too much to do, and one that does not know the name yet.
     *
     * @param log takes a line when it is refused
     * @throws PolicyException if there cannot be one by that name
     */
    public static Connection connect(FleetConfig config, Options options, Consumer<String> log)
            throws PolicyException, InterruptedException {
        for (long tries = 1; ; tries++) {
            try {
                Connection made = Nats.connectReconnectOnConnect(options);
                if (made.getStatus() != Connection.Status.CLOSED) {
                    return made;
                }
            } catch (AuthenticationException e) {
                // the same, said in another way
            } catch (IOException e) {
                throw new PolicyException(config.server() + " cannot be used: " + e.getMessage(), e);
            }
            if (tries == 1) {
                log.accept(config.server() + " refuses " + config.name()
                        + ": is it in the server's configuration, and its certificate valid?");
            }
            Thread.sleep(pause(tries));
        }
    }

    /** Before what has failed some times is tried again: longer each time, and by chance half as long. */
    public static Duration pause(long tries) {
        long longest = Math.min(
                LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(Math.max(tries - 1, 0), DOUBLINGS));
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(longest / 2, longest + 1));
    }

    /** Closes a connection, which takes the library a second that nobody need wait for. */
    public static void close(Connection connection) {
        Thread.ofVirtual().start(() -> {
            try {
                connection.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /**
     * The value of a key by one request, which is all that a host may ask for.
     *
     * @return empty if there is none
     */
    public static Optional<byte[]> get(Connection connection, String bucket, String key)
            throws PolicyException, InterruptedException {
        String subject = "$JS.API.DIRECT.GET.KV_" + bucket + "." + subject(bucket, key);
        Message reply = connection.request(subject, null, PATIENCE);
        if (reply == null) {
            throw new PolicyException("the NATS server does not answer a request for " + bucket);
        }
        if (reply.isStatusMessage()) {
            if (reply.getStatus().getCode() == NOT_FOUND) {
                return Optional.empty();
            }
            throw new PolicyException("the NATS server has no " + bucket + ": "
                    + reply.getStatus().getMessage());
        }
        return value(reply);
    }

    /** The value that a message of a key's subject gives it; empty if it was deleted or purged, which is a message too. */
    public static Optional<byte[]> value(Message message) {
        return NatsKeyValueUtil.getOperation(message.getHeaders()) == KeyValueOperation.PUT
                ? Optional.of(message.getData())
                : Optional.empty();
    }
}
