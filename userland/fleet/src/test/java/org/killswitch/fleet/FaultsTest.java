// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.nats.client.Connection;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.killswitch.fleet.api.Member;
import org.killswitch.fleet.api.Opening;
import org.killswitch.fleet.api.Report;
import org.killswitch.fleet.api.Store;
import org.killswitch.fleet.controller.Controller;

/** Clocks that are wrong, a full disk, and a host that floods the server. */
class FaultsTest extends FleetFixture {

    private static final Duration CENTURY = Duration.ofDays(36525);

    @Test
    @SuppressWarnings("try") // that closing a connection can be interrupted is no matter
    void aHostWithAWrongClockBeginsNothingThatNobodyOpened() throws Exception {
        startAll();
        keepTheFirst();
        fleet.setClock("h2", CENTURY);
        fleet.setClock("h3", CENTURY.negated());
        try (Lookout lookout = new Lookout(fleet)) {
            try (Connection attacker = connect("operator")) {
                attacker.keyValue(Store.POLICY).put(Store.POLICY_KEY, Keys.signed(f(2).replace("2099", "2001"), key));
            }
            until("h3 takes it", () -> fleet.log.stream().anyMatch(l -> l.startsWith("h3: serial 2: waiting")));
            untilLogged("refuse a policy");
            push(policy(3, "5s", "1s", "symbol: f, retval: -3"));
            untilEngaged(List.of("h1"), "f=-3");
            untilLogged("serial 3: halt, take back ring rest (controller c1): "
                    + "1 of 4 hosts failed: h2: refused: serial 3 has expired at 2099-12-31");
            assertThat(command(0, "hosts")).containsPattern("h2 .*refused: serial 3 has expired at 2099-12-31");
            assertThat(lookout.seen(REST)).as("one was known to refuse it").containsExactly("f=-1");
            assertThat(lookout.seen(HOSTS)).isSubsetOf("f=-1", "f=-3", "f=-3 expiring");
            fleet.setClock("h2", Duration.ZERO);
            fleet.setClock("h3", Duration.ZERO);
            command(0, "resume", "the clocks are right");
            untilEngaged(HOSTS, "f=-3");
        }
    }

    @Test
    void whomTheServerHasRefusedComesBackWhenItLetsThemIn() throws Exception {
        startAll();
        keepTheFirst();
        Path shipped = server.folder().resolve("nats-server.conf");
        Path hosts = server.folder().resolve("hosts.conf");
        String itsShipped = Files.readString(shipped);
        String itsHosts = Files.readString(hosts);
        server.kill();
        Files.writeString(shipped, itsShipped.replace("user: controller\n", "user: nobody\n"));
        Files.writeString(hosts, itsHosts.replace("{user: \"h2\"", "{user: \"nobody2\""));
        server.start();
        until(
                "h2 is refused",
                () -> fleet.log.stream().anyMatch(l -> l.startsWith("h2: ") && l.contains("refuses h2")));
        until("the controller is refused", () -> log.stream().anyMatch(l -> l.contains("refuses controller")));
        server.kill();
        Files.writeString(shipped, itsShipped);
        Files.writeString(hosts, itsHosts);
        server.start();
        push(policy(2, "30s", "1s", "symbol: f, retval: -2"));
        untilEngaged(HOSTS, "f=-2");
    }

    @Test
    void aHostWhoseClockIsRightAgainKeepsAgainWhatHadNotExpired() throws Exception {
        startAll();
        push(f(1) + "at-expiry: disengage\n");
        untilEngaged(HOSTS, "f=-1");
        untilLogged("keep ring rest");
        fleet.setClock("h2", CENTURY);
        untilEngaged(List.of("h2"));
        until("h2 says why", () -> command(0, "hosts").contains("has expired"));
        fleet.setClock("h2", Duration.ZERO);
        untilEngaged(HOSTS, "f=-1");
    }

    @Test
    void aRingIsWatchedAsLongAsThePolicySaysWhateverTheControllersClocksSay() throws Exception {
        AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
        RunningController first =
                startController("controller c1", QUICK, () -> Instant.now().plus(ahead.get()));
        untilLogged("leads");
        startFleet();
        until("all report", () -> HOSTS.stream().allMatch(command(0, "hosts")::contains));
        Duration soak = Duration.ofSeconds(5);
        long pushed = System.nanoTime();
        push(policy(1, "20s", soak.toSeconds() + "s", "symbol: f, retval: -1"));
        untilEngaged(List.of("h1"), "f=-1 expiring");
        ahead.set(Duration.ofSeconds(12));
        untilLogged("keep ring canary");
        assertThat(Duration.ofNanos(System.nanoTime() - pushed)).isGreaterThan(soak);
        untilEngaged(REST, "f=-1 expiring");
        ahead.set(Duration.ofHours(-1));
        untilLogged("keep ring rest");
        // one whose clock is another goes on
        InstantSource another = () -> Instant.now().plus(Duration.ofSeconds(12));
        startController("controller c2", QUICK, another);
        pushed = System.nanoTime();
        push(policy(2, "20s", soak.toSeconds() + "s", "symbol: f, retval: -2"));
        until("begun", () -> log.stream().anyMatch(l -> l.contains("serial 2: engage ring canary")));
        first.close();
        untilLogged("serial 2: keep ring canary (controller c2)");
        assertThat(Duration.ofNanos(System.nanoTime() - pushed)).isGreaterThan(soak);
        untilEngaged(HOSTS, "f=-2");
    }

    /** A disk of 8 MB; the test is skipped where nobody may mount one. */
    private static void mountSmallDisk(Path folder) throws InterruptedException {
        try {
            Files.createDirectories(folder);
            Keys.run("mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "tmpfs", folder.toString());
        } catch (IOException e) {
            abort("a small disk cannot be made here: " + e.getMessage());
        }
    }

    private static void fill(Path file) throws IOException {
        byte[] some = new byte[4096];
        try (OutputStream out = Files.newOutputStream(file)) {
            while (true) {
                out.write(some);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    @Test
    void aFullDiskOfTheServerLosesNothing() throws Exception {
        Path store = server.folder().resolve("jetstream");
        server.kill();
        server.forget();
        mountSmallDisk(store);
        try {
            server.start();
            startAll();
            keepTheFirst();
            try (Lookout lookout = new Lookout(fleet)) {
                push(policy(2, "6s", "3s", "symbol: f, retval: -2", "symbol: g, retval: -2"));
                untilEngaged(List.of("h1"), "f=-2", "g=-2 expiring");
                Path ballast = store.resolve("ballast");
                fill(ballast);
                until("somebody is told", () -> log.stream().anyMatch(l -> l.startsWith("waiting: ")));
                assertThat(said("status")).contains("the NATS server does not answer");
                untilEngaged(HOSTS, "f=-1");
                Files.delete(ballast);
                // nats-server 2.9 does not answer again, whatever space there is
                server.kill();
                server.start();
                untilLogged("serial 2: halt, take back ring canary");
                assertThat(command(0, "status"))
                        .contains("serial 2: halted")
                        .containsPattern("1 of 1 hosts failed: h1: (lost|not confirmed within 6 s)");
                assertThat(lookout.seen(REST)).containsExactly("f=-1");
                untilUndone(List.of("h1"));
                command(0, "resume", "there is space again");
                untilEngaged(HOSTS, "f=-2", "g=-2");
            }
        } finally {
            server.kill();
            Keys.run("umount", "--lazy", store.toString());
        }
    }

    @Test
    @SuppressWarnings("try") // that closing a connection can be interrupted is no matter
    void aPolicyAsLargeAsTheServerTakesReachesNoHost() throws Exception {
        startAll();
        keepTheFirst();
        byte[] good = Keys.signed(f(2), key);
        byte[] huge = Arrays.copyOf(good, 1024 * 1024);
        Arrays.fill(huge, good.length, huge.length, (byte) '\n');
        try (Connection attacker = connect("operator")) {
            attacker.publish(Store.subject(Store.POLICY, Store.POLICY_KEY), huge);
            until(
                    "each refuses it",
                    () -> HOSTS.stream()
                            .allMatch(h -> fleet.log.stream()
                                    .anyMatch(l -> l.startsWith(h + ": serial 1: kept: refused: too large"))));
            assertThat(Store.get(attacker, Store.POLICY, Store.POLICY_KEY).orElseThrow())
                    .isEqualTo(Keys.signed(f(1), key));
        }
        push(f(3));
        untilEngaged(HOSTS, "f=-3");
    }

    @Test
    @SuppressWarnings("try") // that closing a connection can be interrupted is no matter
    void aHostThatFloodsTheServerKeepsNoOtherFromItsPolicy() throws Exception {
        List<String> others = List.of("h1", "h3", "h4", "h5");
        startAll(Controller.Pace.USUAL);
        keepTheFirst();
        Report own;
        try (Connection operators = connect("operator")) {
            own = Report.of("h2", Store.get(operators, Store.HOSTS, "h2").orElseThrow());
        }
        fleet.killAgent("h2");
        try (Lookout lookout = new Lookout(fleet);
                Flood flood = new Flood("h2", asLargeAsIsStored(own))) {
            until("it floods", () -> flood.sent.get() > 1000);
            long start = System.nanoTime();
            Path second = Files.writeString(
                    folder.resolve("second.yaml"), f(2).replace("gate: {", "gate: {reached: 75%, failed: 25%, "));
            // a command gives up after two seconds
            until(
                    "pushed",
                    () -> said("push", second.toString(), "--key", key.toString())
                            .contains("is pushed"));
            untilEngaged(List.of("h1"), "f=-2");
            Duration canary = Duration.ofNanos(System.nanoTime() - start);
            untilLogged("serial 2: keep ring rest");
            untilEngaged(others, "f=-2");
            Duration all = Duration.ofNanos(System.nanoTime() - start);
            start = System.nanoTime();
            said("rollback", "enough");
            untilEngaged(others, "f=-1");
            System.out.println("flood: " + flood.sent + " messages; the canary has a policy after " + canary.toMillis()
                    + " ms, all keep it after " + all.toMillis() + " ms, and have undone it after "
                    + (System.nanoTime() - start) / 1_000_000 + " ms");
            assertThat(lookout.seen(HOSTS)).isSubsetOf("f=-1", "f=-2");
        }
        server.kill();
        assertThat(stored()).isLessThan(64 * 1024 * 1024);
    }

    private static byte[] asLargeAsIsStored(Report report) {
        Map<String, String> labels = new TreeMap<>();
        byte[] last = report.bytes();
        while (true) {
            for (int i = 0; i < 50; i++) {
                labels.put("label" + labels.size(), "x");
            }
            byte[] next = new Report(
                            new Member("h2", labels, "6.1", "debian"),
                            report.serial(),
                            report.digest(),
                            report.refused(),
                            report.phase(),
                            report.order(),
                            report.kept(),
                            report.message(),
                            report.hits(),
                            report.notes(),
                            report.trouble(),
                            report.reboots(),
                            report.callers())
                    .bytes();
            if (next.length > Report.MAX) {
                return last;
            }
            last = next;
        }
    }

    private long stored() throws IOException {
        try (Stream<Path> files = Files.walk(server.folder().resolve("jetstream"))) {
            return files.mapToLong(f -> f.toFile().length()).sum();
        }
    }

    /**
     * A host's own right to write, used up to a thousand times a second on each of three connections: about what a network
     * carries. More would take from this machine's processors what the server needs, which a host far away cannot.
     */
    private final class Flood implements AutoCloseable {

        private final AtomicBoolean ends = new AtomicBoolean();
        private final ExecutorService threads = Executors.newCachedThreadPool();
        final AtomicLong sent = new AtomicLong();

        Flood(String host, byte[] report) {
            byte[] open = new Opening(9, "x", false, Map.of("rest", Opening.Stage.KEEP), Map.of(), 0, 0).message();
            byte[] large = new byte[1_000_000];
            // a report in a loop, as large as is stored
            add(host, c -> c.publish(Store.subject(Store.HOSTS, host), report));
            // as large as the server takes, and all else that it may write or ask for
            add(host, c -> {
                c.publish(Store.subject(Store.HOSTS, host), large);
                c.publish(Store.subject(Store.VERDICTS, host), report);
                c.publish(
                        "$JS.API.DIRECT.GET.KV_fleet-policy.$KV.fleet-policy.current",
                        "_INBOX_" + host + ".flood",
                        new byte[0]);
            });
            // what it may not write
            add(host, c -> {
                c.publish(Store.subject(Store.HOSTS, "h3"), report);
                c.publish(Store.subject(Store.ROLLOUT, Store.OPENING_KEY), open);
                c.publish(Store.subject(Store.LEADER, Store.LEADER_KEY), open);
            });
        }

        private interface Shot {
            void at(Connection connection) throws Exception;
        }

        @SuppressWarnings("try") // that closing a connection can be interrupted is no matter
        private void add(String host, Shot shot) {
            threads.execute(() -> {
                while (!ends.get()) {
                    try (Connection connection = connect(host)) {
                        while (!ends.get()) {
                            shot.at(connection);
                            sent.incrementAndGet();
                            Thread.sleep(1);
                        }
                    } catch (Exception e) {
                        // The server has thrown it out: it comes again.
                    }
                }
            });
        }

        @Override
        public void close() {
            ends.set(true);
            threads.close();
        }
    }
}
