// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.fleet.NatsServer;
import org.killswitch.fleet.api.FleetConfig;
import org.killswitch.fleet.api.Signatures;
import org.killswitch.policy.PolicyException;

/** How a command connects with the real server, where that is hard. */
final class SessionTest {

    @TempDir
    private Path folder;

    /** A gate before the server: the first connection stays without an answer, the others reach it. */
    private static final class Gate implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        private final AtomicInteger connections = new AtomicInteger();

        Gate(int server) throws IOException {
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        Socket client = socket.accept();
                        if (connections.getAndIncrement() > 0) {
                            Socket behind = new Socket(InetAddress.getLoopbackAddress(), server);
                            pass(client, behind);
                            pass(behind, client);
                        }
                    }
                } catch (IOException e) {
                    // closed
                }
            });
        }

        private static void pass(Socket from, Socket to) {
            Thread.ofVirtual().start(() -> {
                try (from;
                        to) {
                    from.getInputStream().transferTo(to.getOutputStream());
                } catch (IOException e) {
                    // the other end is closed
                }
            });
        }

        int port() {
            return socket.getLocalPort();
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

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
                Gate gate = new Gate(server.port());
                Session session = new Session(at(gate.port(), operator(server)))) {
            assertThat(session).isNotNull();
            assertThat(gate.connections).hasValue(2);
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
