// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.fleet.Keys;
import org.killswitch.fleet.NatsServer;
import org.killswitch.fleet.RunningController;
import org.killswitch.fleet.SimulatedFleet;
import org.killswitch.fleet.agent.AgentLink;
import org.killswitch.fleet.agent.SimulatedHost;
import org.killswitch.fleet.api.FleetConfig;
import org.killswitch.fleet.api.Order;
import org.killswitch.fleet.api.Store;
import org.killswitch.fleet.controller.Controller;
import org.killswitch.fleet.controller.FleetWatch;
import org.killswitch.lab.Scratch;
import org.killswitch.policy.PolicyException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code script/dev fleet}: how long a policy takes to many hosts. */
@Command(
        name = "fleet",
        header = "Measure a roll-out to simulated hosts, over a real nats-server on this machine.",
        description =
                "The agents run in one process, at their usual pace, each with a connection and a certificate of its own, and what"
                        + " they write to their disks goes to memory. The server has the shipped configuration. Needs"
                        + " nats-server, ssh-keygen and openssl.")
final class FleetCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration IDLE = Duration.ofSeconds(30);
    /** A file system in memory: what each host writes to a disk of its own, all would write to one here. */
    private static final Path MEMORY = Path.of("/dev/shm");

    /** Between two looks, which take some time of the processors that are measured. */
    private static final Duration ROUND = Duration.ofMillis(50);

    private static final double POLICY_GOAL = 5;
    private static final double HALT_GOAL = 2;
    /** How many hosts start at a time: each has ssh-keygen check the policy, on a processor of its own, but here they share. */
    private static final int TOGETHER = 150;

    /** After how many more the bench looks how far they are: to look takes as long as there are hosts. */
    private static final int BATCH = 50;

    private static final double PER_SECOND = 1e9;

    private static final long OWN = ProcessHandle.current().pid();

    private static final String POLICY = """
            serial: 1
            expires: 2099-12-31T00:00:00Z
            rings:
              - name: first
                count: 1
                gate: {soak: 5s}
              - name: rest
                gate: {soak: 5s}
            entries: [{symbol: f, retval: -1}]
            """;

    private final Host host;

    @Option(
            names = "--agents",
            paramLabel = "N",
            defaultValue = "200",
            description = "How many (default: ${DEFAULT-VALUE}).")
    private int agents;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    private final Queue<String> log = new ConcurrentLinkedQueue<>();

    FleetCommand(Host host) {
        this.host = host;
    }

    /** As many CVEs as the catalogue has. */
    private static void judged(SimulatedHost host) {
        host.verdicts(IntStream.range(0, 106)
                .boxed()
                .collect(Collectors.toMap(i -> "CVE-2026-" + (10_000 + i), i -> i % 3 == 0 ? "affected" : "fixed")));
    }

    @Override
    public Integer call() throws Exception {
        try (Scratch scratch = Scratch.temporary("killswitch-fleet");
                Scratch states = Scratch.in(MEMORY, "killswitch-fleet")) {
            run(scratch.folder(), states.folder());
        }
        return 0;
    }

    @SuppressWarnings("try") // that closing a connection can be interrupted is no matter
    private void run(Path folder, Path states) throws Exception {
        Keys keys = new Keys(Files.createDirectory(folder.resolve("keys")));
        Path key = keys.allow("bench", "");
        List<String> names =
                IntStream.rangeClosed(1, agents).mapToObj(i -> "host" + i).toList();
        host.err().println("making " + agents + " certificates");
        try (NatsServer server = new NatsServer(Files.createDirectory(folder.resolve("nats")), names, states)) {
            FleetConfig config = server.config("controller", Map.of(), keys.signatures());
            try (RunningController controller =
                    new RunningController(config, "controller", Controller.Pace.USUAL, log::add)) {
                until("a controller leads", () -> log.contains("leads"));
                try (SimulatedFleet fleet = new SimulatedFleet(
                                server, keys.signatures(), Map.of(), AgentLink.Pace.USUAL, FleetCommand::judged);
                        Connection operator =
                                Nats.connect(Store.options(server.config("operator", Map.of(), keys.signatures()))
                                        .build())) {
                    operator.keyValue(Store.POLICY).put(Store.POLICY_KEY, Keys.signed(POLICY, key));
                    until("the roll-out waits for hosts", () -> logged("ring first has no hosts"));
                    startAll(names, fleet, operator);
                    measure(server, fleet, operator);
                }
            }
        }
    }

    /** Starts the hosts, each of which has accepted the policy when this ends. */
    private void startAll(List<String> names, SimulatedFleet fleet, Connection operator) throws Exception {
        host.err().println("starting " + agents + " agents");
        try (FleetWatch watch = new FleetWatch(operator.keyValue(Store.HOSTS), log::add)) {
            for (int i = 0; i < names.size(); i++) {
                if (i % BATCH == 0) {
                    int waited = i + BATCH - TOGETHER;
                    until("the hosts that were started have the policy", () -> haveThePolicy(watch) >= waited);
                }
                fleet.add(names.get(i), Map.of());
            }
            until("all hosts have the policy", () -> haveThePolicy(watch) == names.size());
        }
    }

    private static long haveThePolicy(FleetWatch watch) {
        return watch.fleet(PATIENCE).hosts().stream()
                .filter(h -> h.report().serial() == 1)
                .count();
    }

    private void measure(NatsServer server, SimulatedFleet fleet, Connection operator) throws Exception {
        Load idle = Load.now(server);
        Thread.sleep(IDLE);
        host.out().println("idle for " + IDLE.toSeconds() + " s");
        idle.rows(this);
        row("server, memory", memory(server.pid()), "MB", Double.NaN);
        row("all agents and the controller, on the heap", heap(), "MB", Double.NaN);
        order(operator, Order.Verb.RESUME);
        until("the second ring opens", () -> logged("engage ring rest"));
        long opened = System.nanoTime();
        Load load = Load.now(server);
        until("all have it", () -> fleet.inEffect() == agents);
        row("policy on all hosts after the ring opened", since(opened), "s", POLICY_GOAL);
        load.rows(this);
        halt(server, fleet, operator, "all hosts told of a halt, while they report");
        order(operator, Order.Verb.RESUME);
        until("it is kept", () -> logged("keep ring rest"));
        Thread.sleep(IDLE); // until they have said so
        halt(server, fleet, operator, "all hosts told of a halt, at rest");
        long ordered = System.nanoTime();
        load = Load.now(server);
        order(operator, Order.Verb.ROLLBACK);
        until("no host has it", () -> fleet.inEffect() == 0);
        row("taken back from all hosts after the order", since(ordered), "s", Double.NaN);
        load.rows(this);
    }

    private void halt(NatsServer server, SimulatedFleet fleet, Connection operator, String what) throws Exception {
        long ordered = System.nanoTime();
        Load load = Load.now(server);
        order(operator, Order.Verb.HALT);
        until("all hosts are told", () -> fleet.halted() == agents);
        row(what, since(ordered), "s", HALT_GOAL);
        load.rows(this);
    }

    /** What the processors had been doing at a time: seconds of the server, and of all agents and the controller. */
    private record Load(NatsServer server, double servers, double own) {

        static Load now(NatsServer server) throws IOException {
            return new Load(server, cpu(server.pid()), cpu(OWN));
        }

        /** What they have done since. */
        void rows(FleetCommand command) throws IOException {
            command.row("  processor time of the server", cpu(server.pid()) - servers, "s", Double.NaN);
            command.row("  of all agents and the controller", cpu(OWN) - own, "s", Double.NaN);
        }
    }

    private static void order(Connection operator, Order.Verb verb) throws IOException, JetStreamApiException {
        Order order = new Order(1, verb, "bench", "");
        operator.keyValue(Store.ORDER).put(Store.ORDER_KEY, order.message());
    }

    private boolean logged(String what) {
        return log.stream().anyMatch(l -> l.contains(what));
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / PER_SECOND;
    }

    /** Seconds of a processor that a process has had. */
    private static double cpu(long process) throws IOException {
        return ProcessHandle.of(process)
                        .flatMap(p -> p.info().totalCpuDuration())
                        .orElseThrow(() -> new IOException("process " + process + " has ended"))
                        .toMillis()
                / 1e3;
    }

    private static double memory(long process) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process + "/status")).stream()
                        .filter(l -> l.startsWith("VmRSS:"))
                        .mapToLong(l -> Long.parseLong(l.replaceAll("[^0-9]", "")))
                        .sum()
                / 1024.0;
    }

    /** What is in use of this process's heap, which is larger than that: the collector is not what is measured. */
    private static double heap() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed() / 1024.0 / 1024.0;
    }

    /** A result, and whether it is within the goal, where there is one. */
    private void row(String what, double value, String unit, double goal) {
        host.out()
                .println(String.format(Locale.ROOT, "%-45s %8.2f %s", what, value, unit)
                        + (Double.isNaN(goal)
                                ? ""
                                : String.format(
                                        Locale.ROOT,
                                        "  (goal for 10000 agents: %.0f %s)%s",
                                        goal,
                                        unit,
                                        value <= goal ? "" : " MISSED")));
        host.out().flush();
    }

    private void until(String what, Callable<Boolean> condition) throws Exception {
        long start = System.nanoTime();
        while (!condition.call()) {
            Optional<String> halted =
                    log.stream().filter(l -> l.contains("halt, take back")).findFirst();
            if (halted.isPresent()) {
                throw new PolicyException("the roll-out has halted: " + halted.get());
            }
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                List<String> last = new ArrayList<>(log);
                throw new PolicyException(
                        "never: " + what + "; the log ends with: " + (last.isEmpty() ? "nothing" : last.getLast()));
            }
            Thread.sleep(ROUND);
        }
    }
}
