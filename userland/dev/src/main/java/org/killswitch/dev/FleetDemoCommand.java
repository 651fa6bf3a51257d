// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import io.nats.client.Connection;
import io.nats.client.Nats;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.fleet.Keys;
import org.killswitch.fleet.NatsServer;
import org.killswitch.fleet.RunningController;
import org.killswitch.fleet.SimulatedFleet;
import org.killswitch.fleet.agent.AgentLink;
import org.killswitch.fleet.api.FleetConfig;
import org.killswitch.fleet.api.Store;
import org.killswitch.fleet.api.WebConfig;
import org.killswitch.fleet.controller.Controller;
import org.killswitch.fleet.web.WebServer;
import org.killswitch.lab.Scratch;
import org.killswitch.policy.PolicyException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code script/dev fleet-demo}, which script/fleet-demo runs. */
@Command(
        name = "fleet-demo",
        header = "Show a roll-out over rings, a halt by itself, and the page; the hosts' kernels are simulated.",
        description = {
            "",
            "The NATS server, the controller and the agents are real, and talk over TLS on this machine. Nothing of it is left"
                    + " when it ends: with Enter, or with Ctrl-C. Needs nats-server, ssh-keygen and openssl.",
            ""
        })
final class FleetDemoCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int CANARIES = 3;
    private static final AgentLink.Pace QUICK = new AgentLink.Pace(
            Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(5), Duration.ofHours(1));

    private final Host host;

    @Option(
            names = "--hosts",
            paramLabel = "N",
            defaultValue = "60",
            description = "How many hosts, from 10 to 1000 (default: ${DEFAULT-VALUE}).")
    private int hosts;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8470",
            description = "Where the page is, on 127.0.0.1; 0: any free port (default: ${DEFAULT-VALUE}).")
    private int port;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    private final BlockingQueue<String> log = new LinkedBlockingQueue<>();

    FleetDemoCommand(Host host) {
        this.host = host;
    }

    private static String policy(long serial, String reason, String... functions) {
        StringBuilder text = new StringBuilder("""
                serial: %d
                expires: 2099-12-31T00:00:00Z
                confirm: 5m
                rings:
                  - name: canary
                    labels: [ring=canary]
                    observe: 4s
                    gate: {soak: 6s, hits: 1000000}
                  - name: quarter
                    share: 25%%
                    gate: {soak: 8s, failed: 5%%, reached: 90%%}
                  - name: rest
                    gate: {soak: 8s, failed: 5%%, reached: 90%%}
                entries:
                """.formatted(serial));
        for (String function : functions) {
            text.append("  - {symbol: " + function + ", retval: -1, reason: " + reason + "}\n");
        }
        return text.toString();
    }

    @Override
    public Integer call() throws Exception {
        if (hosts < 10 || hosts > 1000) {
            throw new PolicyException("--hosts is from 10 to 1000");
        }
        Thread main = Thread.currentThread();
        // On Ctrl-C: this thread ends what it has started, and the process waits for it.
        Thread hook = new Thread(() -> {
            main.interrupt();
            try {
                main.join(Duration.ofSeconds(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try (Scratch scratch = Scratch.temporary("killswitch-fleet-demo")) {
            run(scratch.folder());
        } catch (InterruptedException e) {
            say("Interrupted.");
        }
        return 0;
    }

    private void run(Path folder) throws Exception {
        Keys keys = new Keys(Files.createDirectory(folder.resolve("keys")));
        Path key = keys.allow("ann@example.org", "");
        Map<String, Map<String, String>> labels = new TreeMap<>();
        IntStream.rangeClosed(1, hosts)
                .forEach(i -> labels.put(
                        "host%03d".formatted(i),
                        i <= CANARIES
                                ? Map.of("ring", "canary", "role", "web")
                                : Map.of("role", i % 2 == 0 ? "web" : "db")));
        say("Making " + hosts + " certificates, and starting nats-server with the shipped configuration.");
        try (NatsServer server =
                new NatsServer(Files.createDirectory(folder.resolve("nats")), List.copyOf(labels.keySet()))) {
            FleetConfig config = server.config("controller", Map.of(), keys.signatures());
            String token = HexFormat.of().formatHex(new SecureRandom().generateSeed(16));
            try (RunningController controller =
                            new RunningController(config, "controller", Controller.Pace.USUAL, log::add);
                    WebServer web = WebServer.start(web(folder, token), controller::view, log::add)) {
                awaitLog("leads");
                say("The page: http://demo:" + token + "@127.0.0.1:"
                        + web.address().getPort() + "/");
                say("Starting " + hosts
                        + " agents. Their hosts' kernels are SIMULATED: nothing on this machine is overridden.");
                try (SimulatedFleet fleet = new SimulatedFleet(server, keys.signatures(), labels, QUICK, h -> {})) {
                    show(server, fleet, controller, keys, key);
                }
            }
        }
    }

    private WebConfig web(Path folder, String token) throws IOException {
        Path file = folder.resolve("token");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, token);
        return new WebConfig(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port),
                Optional.of(file),
                Optional.empty(),
                Optional.empty());
    }

    @SuppressWarnings("try") // that closing a connection can be interrupted is no matter
    private void show(NatsServer server, SimulatedFleet fleet, RunningController controller, Keys keys, Path key)
            throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (controller.view().fleet().hosts().size() < hosts) {
            if (System.nanoTime() > end) {
                throw new PolicyException("not all agents report: " + List.copyOf(fleet.log));
            }
            Thread.sleep(100);
        }
        Thread calls = Thread.ofVirtual().start(() -> callNowAndThen(fleet));
        try (Connection operator = Nats.connect(Store.options(server.config("operator", Map.of(), keys.signatures()))
                .build())) {
            say("");
            say(
                    "1. ann@example.org signs and pushes serial 1. It is observed on the canaries, then in effect there, then on");
            say("   a quarter of the hosts, then on all.");
            push(operator, policy(1, "CVE-2026-31431", "af_alg_sendmsg"), key);
            awaitLog("keep ring rest");
            say("");
            say("2. Serial 2 adds a function. On a host of the second ring the kernel oopses with it.");
            push(operator, policy(2, "demo", "af_alg_sendmsg", "n_gsm_open"), key);
            awaitLog("engage ring quarter");
            Thread.sleep(2000);
            fleet.host(aHostOfTheQuarter(controller)).oops();
            awaitLog("halt, take back ring quarter");
            say(
                    "   The controller has halted by itself. Hosts of that ring have again what they had; the canaries, which were");
            say("   found well, keep serial 2 until an operator decides: killswitch fleet resume, or rollback.");
        } finally {
            calls.interrupt();
        }
        say("");
        say("Look at the page as long as you like. Enter ends the demo.");
        awaitEnter();
    }

    private static void push(Connection operator, String policy, Path key) throws Exception {
        operator.keyValue(Store.POLICY).put(Store.POLICY_KEY, Keys.signed(policy, key));
    }

    private String aHostOfTheQuarter(RunningController controller) throws PolicyException {
        return controller.view().fleet().hosts().stream()
                .map(h -> h.report().host())
                .filter(h -> h.labels().get("ring") == null && h.place() < 0.25)
                .map(h -> h.name())
                .findFirst()
                .orElseThrow(() -> new PolicyException("no host is in the ring of a quarter"));
    }

    /** Attacks, say: some functions are called on some hosts. */
    private void callNowAndThen(SimulatedFleet fleet) {
        Random random = new Random(1);
        long[] calls = new long[hosts + 1];
        try {
            while (true) {
                int i = random.nextInt(1, hosts + 1);
                calls[i] += random.nextInt(1, 20);
                fleet.host("host%03d".formatted(i)).hits(calls[i]);
                Thread.sleep(300);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Prints what the controller does, until it has done something. */
    private void awaitLog(String what) throws InterruptedException, PolicyException {
        String line = "";
        while (!line.contains(what)) {
            line = log.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (line == null) {
                throw new PolicyException("never: " + what);
            }
            if (!line.equals("leads")) {
                say("   " + line);
            }
        }
    }

    /** Reading cannot be interrupted. */
    private static void awaitEnter() throws IOException, InterruptedException {
        Thread reader = Thread.ofPlatform().daemon().start(() -> {
            try {
                int c = System.in.read();
                while (c != -1 && c != '\n') {
                    c = System.in.read();
                }
            } catch (IOException e) {
                // as if it had ended
            }
        });
        reader.join();
    }

    private void say(String line) {
        host.out().println(line);
        host.out().flush();
    }
}
