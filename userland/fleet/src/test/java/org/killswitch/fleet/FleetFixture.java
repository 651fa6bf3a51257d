// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Connection;
import io.nats.client.Nats;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.cli.Host;
import org.killswitch.control.Killswitch;
import org.killswitch.control.log.KernelLog;
import org.killswitch.fleet.agent.AgentLink;
import org.killswitch.fleet.agent.SimulatedHost;
import org.killswitch.fleet.api.Store;
import org.killswitch.fleet.command.FleetMain;
import org.killswitch.fleet.controller.Controller;
import org.killswitch.host.SystemFiles;
import org.killswitch.policy.PolicyException;

/** A real nats-server with its shipped configuration, real keys, real agents, and hosts whose kernels are simulated. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
abstract class FleetFixture {

    static final List<String> HOSTS = List.of("h1", "h2", "h3", "h4", "h5");
    static final List<String> REST = HOSTS.subList(1, 5);
    static final Controller.Pace QUICK =
            new Controller.Pace(Duration.ofMillis(50), Duration.ofSeconds(3), Duration.ofSeconds(2));
    private static final AgentLink.Pace QUICK_AGENT = new AgentLink.Pace(
            Duration.ofMillis(50), Duration.ofMillis(50), Duration.ofMillis(700), Duration.ofHours(1));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    Keys keys;

    @SuppressWarnings("NullAway.Init")
    Path key;

    @SuppressWarnings("NullAway.Init")
    NatsServer server;

    @SuppressWarnings("NullAway.Init")
    SimulatedFleet fleet;

    @SuppressWarnings("NullAway.Init")
    private Path operator;

    private final List<RunningController> controllers = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void start() throws Exception {
        Path own = Files.createDirectory(folder.resolve("keys"));
        keys = new Keys(own);
        key = keys.allow("ann@example.org", "");
        server = new NatsServer(Files.createDirectory(folder.resolve("nats")), HOSTS);
        operator = server.configFile("operator", keys.signatures());
    }

    @AfterEach
    void stop() throws Exception {
        for (RunningController controller : controllers) {
            controller.close();
        }
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        if (fleet != null) {
            fleet.close();
        }
        server.close();
    }

    final RunningController startController() {
        return startController("controller c1", QUICK, InstantSource.system());
    }

    /** The same by another name, and by a clock of its own. */
    final RunningController startController(String name, Controller.Pace pace, InstantSource clock) {
        RunningController controller = new RunningController(
                server.config("controller", Map.of(), keys.signatures()), name, pace, clock, log::add);
        controllers.add(controller);
        return controller;
    }

    /** With buckets, hosts need not wait for them. */
    final void startFleet() throws PolicyException {
        startFleet(h -> {});
    }

    /** The same, with hosts that have been prepared. */
    final void startFleet(Consumer<SimulatedHost> prepare) throws PolicyException {
        Map<String, Map<String, String>> labels = new TreeMap<>();
        HOSTS.forEach(h -> labels.put(h, h.equals("h1") ? Map.of("ring", "canary") : Map.of()));
        fleet = new SimulatedFleet(server, keys.signatures(), labels, QUICK_AGENT, prepare);
    }

    final void startAll() throws Exception {
        startAll(QUICK);
    }

    final void startAll(Controller.Pace pace) throws Exception {
        startController("controller c1", pace, InstantSource.system());
        untilLogged("leads");
        startFleet();
        until("all report", () -> HOSTS.stream().allMatch(command(0, "hosts")::contains));
    }

    /** The real program, which can be killed. */
    final Process startControllerProcess() throws Exception {
        return startControllerProcess("");
    }

    /** The same with something more in its configuration. */
    final Process startControllerProcess(String more) throws Exception {
        Path config = server.configFile("controller", keys.signatures());
        Files.writeString(config, more, StandardOpenOption.APPEND);
        return startProcess(
                ProcessBuilder.Redirect.appendTo(
                        folder.resolve("controller.log").toFile()),
                "serve",
                config);
    }

    /** A command of an operator's that does not end by itself; what it prints is read from the process. */
    final Process startOperator(String command) throws Exception {
        return startProcess(ProcessBuilder.Redirect.PIPE, command, operator);
    }

    private Process startProcess(ProcessBuilder.Redirect output, String command, Path config) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FleetMain.class.getName(),
                        command,
                        "--config",
                        config.toString())
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        processes.add(process);
        return process;
    }

    final Connection connect(String name) throws Exception {
        return Nats.connect(Store.options(server.config(name, Map.of(), keys.signatures()))
                .maxReconnects(0)
                .build());
    }

    /** A policy that all hosts keep, which is f(1). */
    final void keepTheFirst() throws Exception {
        push(f(1));
        untilEngaged(HOSTS, "f=-1");
        untilLogged("keep ring rest");
    }

    /** Until hosts say that they have undone the newest policy: what they said before may be why it was halted. */
    final void untilUndone(List<String> hosts) throws Exception {
        until(hosts + " have undone it", () -> {
            List<String> lines = command(0, "hosts").lines().toList();
            return hosts.stream().allMatch(h -> lines.stream().anyMatch(l -> l.matches(h + " .* undone .*")));
        });
    }

    static String f(long serial) {
        return policy(serial, "40s", "1s", "symbol: f, retval: -" + serial);
    }

    static String policy(long serial, String confirm, String soak, String... entries) {
        return """
                serial: %d
                expires: 2099-12-31T00:00:00Z
                confirm: %s
                rings:
                  - name: canary
                    labels: [ring=canary]
                    gate: {soak: %s}
                  - name: rest
                    gate: {soak: %s}
                entries:
                  - {%s}
                """.formatted(serial, confirm, soak, soak, String.join("}\n  - {", entries));
    }

    /** Runs a command as an operator does; what it printed. */
    final String command(int expected, String... arguments) {
        StringWriter out = new StringWriter();
        assertThat(run(out, arguments))
                .as(() -> String.join(" ", arguments) + ": " + out)
                .isEqualTo(expected);
        return out.toString();
    }

    /** The same, whatever its exit status is. */
    final String said(String... arguments) {
        StringWriter out = new StringWriter();
        run(out, arguments);
        return out.toString();
    }

    private int run(StringWriter out, String... arguments) {
        PrintWriter both = new PrintWriter(out, true);
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(1, List.of("--config", operator.toString()));
        Host host = new Host(
                new Killswitch(folder, KernelLog.ofThisHost()),
                new SystemFiles(folder),
                both,
                both,
                () -> false,
                ZoneOffset.UTC,
                seconds -> false);
        return FleetMain.run(host, all.toArray(String[]::new));
    }

    final void push(String policy) throws IOException {
        Path file = Files.writeString(folder.resolve("p.yaml"), policy);
        command(0, "push", file.toString(), "--key", key.toString());
    }

    final void until(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                Path ofProcesses = folder.resolve("controller.log");
                throw new AssertionError("never: " + what + "\n" + String.join("\n", log) + "\n"
                        + (Files.exists(ofProcesses) ? Files.readString(ofProcesses) : "")
                        + (fleet == null ? "" : String.join("\n", fleet.log) + "\n" + fleet.engaged()));
            }
            Thread.sleep(20);
        }
    }

    final void untilLogged(String what) throws Exception {
        until(what, () -> log.stream().anyMatch(l -> l.contains(what)));
    }

    final void untilEngaged(List<String> hosts, String... engaged) throws Exception {
        until(
                String.join(" ", hosts) + " have " + List.of(engaged),
                () -> fleet.engaged(hosts).stream().allMatch(List.of(engaged)::equals));
    }
}
