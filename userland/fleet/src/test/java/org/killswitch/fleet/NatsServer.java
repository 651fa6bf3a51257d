// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.killswitch.fleet.api.FleetConfig;
import org.killswitch.fleet.api.Signatures;
import org.killswitch.host.Programs;

/** A real nats-server with the configuration that is shipped, on the loopback device and with a folder of its own. */
public final class NatsServer implements AutoCloseable {

    /** Below the clone, where the tests of a module and script/dev find it by where they are started from. */
    private static final Path SHIPPED =
            Path.of(System.getProperty("killswitch.root", "../..")).resolve("packaging/fleet");

    private static final int PATIENCE_MS = 20_000;

    private final Path folder;
    private final Path states;
    private final int port;
    private final Map<String, Integer> ways = new ConcurrentHashMap<>();
    private @Nullable Process process;

    /** Makes certificates for some hosts, and starts it. */
    public NatsServer(Path folder, List<String> hosts) throws IOException, InterruptedException {
        this(folder, hosts, folder.resolve("state"));
    }

    /**
     * The same.
     *
     * @param states where the agents keep what they must not forget
     */
    public NatsServer(Path folder, List<String> hosts, Path states) throws IOException, InterruptedException {
        this.folder = folder;
        this.states = states;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        certificates("server", List.of("localhost", "127.0.0.1"));
        certificates("role", List.of("controller"));
        certificates("role", List.of("operator"));
        certificates("host", hosts);
        String shipped = Files.readString(SHIPPED.resolve("nats-server.conf"));
        Files.writeString(
                folder.resolve("nats-server.conf"),
                replace(
                        replace(
                                replace(shipped, "port: 4222", "listen: \"127.0.0.1:" + port + "\""),
                                "/var/lib/nats/jetstream",
                                folder.resolve("jetstream").toString()),
                        "/etc/killswitch/nats/",
                        folder + "/"));
        start();
    }

    private static String replace(String text, String old, String by) {
        if (!text.contains(old)) {
            throw new IllegalStateException("the shipped configuration has no " + old);
        }
        return text.replace(old, by);
    }

    private void certificates(String kind, List<String> names) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(SHIPPED.resolve("fleet-certificate").toAbsolutePath().toString(), folder.toString(), kind));
        command.addAll(names);
        Keys.run(command.toArray(String[]::new));
    }

    /** Starts it, and waits until it listens. */
    public void start() throws IOException, InterruptedException {
        String program = Programs.onPathOrOfRoot()
                .find("nats-server")
                .orElseThrow(() -> new IOException("no nats-server: script/bootstrap installs it"))
                .toString();
        process = new ProcessBuilder(
                        program, "-c", folder.resolve("nats-server.conf").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("server.log").toFile()))
                .start();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MS);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end || !process.isAlive()) {
                    throw new IOException(
                            "nats-server does not start: " + Files.readString(folder.resolve("server.log")), e);
                }
                Thread.sleep(50);
            }
        }
    }

    /** As kill -9 does. */
    public void kill() throws InterruptedException {
        Process current = process;
        if (current != null) {
            current.destroyForcibly().waitFor();
        }
    }

    /** Of one that does not run: all that it has stored is gone. */
    public void forget() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("jetstream"))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Its process. */
    public long pid() {
        return Objects.requireNonNull(process).pid();
    }

    public Path folder() {
        return folder;
    }

    /** Where it listens, of the loopback device. */
    public int port() {
        return port;
    }

    /** Has those connect by another port whose configuration is made from now on. */
    void lead(String name, int way) {
        ways.put(name, way);
    }

    /** The configuration of one that connects, by the certificate of that name. */
    public FleetConfig config(String name, Map<String, String> labels, Signatures signatures) {
        return new FleetConfig(
                name,
                labels,
                "tls://127.0.0.1:" + ways.getOrDefault(name, port),
                folder.resolve("ca.pem"),
                folder.resolve(name + ".pem"),
                folder.resolve(name + ".key"),
                signatures,
                states.resolve(name + "/fleet.json"),
                Optional.empty());
    }

    /** The same as a file. */
    public Path configFile(String name, Signatures signatures) throws IOException {
        FleetConfig config = config(name, Map.of(), signatures);
        Path file = folder.resolve(name + ".yaml");
        Files.writeString(file, """
                name: %s
                server: %s
                ca: %s
                certificate: %s
                key: %s
                allowed-signers: %s
                revoked-keys: %s
                """.formatted(
                        config.name(),
                        config.server(),
                        config.ca(),
                        config.certificate(),
                        config.key(),
                        signatures.allowedSigners(),
                        signatures.revoked()));
        return file;
    }

    @Override
    public void close() {
        try {
            kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
