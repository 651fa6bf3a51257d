// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.fleet.NatsServer;
import org.killswitch.fleet.Relay;
import org.killswitch.fleet.api.FleetConfig;
import org.killswitch.fleet.api.Signatures;
import org.killswitch.policy.PolicyException;

/** How a command connects with the real server, where that is hard. */
final class SessionTest {

    @TempDir
    private Path folder;

    private static FleetConfig at(int port, FleetConfig config) {
        return new FleetConfig(
                config.name(),
                config.labels(),
                "tls://127.0.0.1:" + port,
                config.ca(),
                config.certificate(),
                config.key(),
                config.signatures(),
                config.state(),
                Optional.empty());
    }

    private FleetConfig operator(NatsServer server) {
        return server.config(
                "operator", Map.of(), new Signatures(folder.resolve("allowed"), folder.resolve("revoked")));
    }

    @Test
    void whatTookTooLongIsTriedOnceMore() throws IOException, InterruptedException, PolicyException {
        try (NatsServer server = new NatsServer(folder, List.of("web1"));
                Relay relay = new Relay(server.port())) {
            relay.cut();
            Thread mending = Thread.ofVirtual().start(() -> mendForTheSecond(relay));
            try (Session session = new Session(at(relay.port(), operator(server)))) {
                assertThat(session).isNotNull();
                assertThat(relay.connections()).isEqualTo(2);
            } finally {
                mending.interrupt();
            }
        }
    }

    private static void mendForTheSecond(Relay relay) {
        try {
            while (relay.connections() < 2) {
                Thread.sleep(10);
            }
            relay.mend();
        } catch (InterruptedException e) {
            // The test has ended without a second.
        }
    }

    @Test
    void aRefusalComesAtOnce() throws IOException, InterruptedException {
        try (NatsServer server = new NatsServer(folder, List.of("web1"))) {
            FleetConfig config = operator(server);
            server.kill();
            long start = System.nanoTime();
            assertThatThrownBy(() -> new Session(config))
                    .isInstanceOf(PolicyException.class)
                    .hasMessageContaining("no connection with tls://127.0.0.1:");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        }
    }
}
