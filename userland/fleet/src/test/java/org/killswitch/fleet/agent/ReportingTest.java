// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.fleet.Keys;
import org.killswitch.fleet.api.Member;
import org.killswitch.fleet.api.Opening;
import org.killswitch.fleet.api.Opening.Stage;
import org.killswitch.fleet.api.Report;
import org.killswitch.fleet.api.Report.Phase;
import org.killswitch.fleet.api.SignedPolicy;
import org.killswitch.policy.PolicyException;

/** When a host says what. */
class ReportingTest {

    private static final Duration HEARTBEAT = Duration.ofSeconds(30);
    private static final String POLICY = """
            serial: 1
            expires: 2026-12-31T00:00:00Z
            confirm: 100s
            rings:
              - name: all
                gate: {soak: 60s, hits: 10}
            entries: [{symbol: f, retval: -1}]
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private long now = 1;
    private boolean isConnected = true;
    private final List<Report> said = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();
    private final SimulatedHost host = new SimulatedHost(() -> now);

    @SuppressWarnings("NullAway.Init")
    private byte[] policy;

    @SuppressWarnings("NullAway.Init")
    private Agent agent;

    @SuppressWarnings("NullAway.Init")
    private Reporting reporting;

    @BeforeEach
    void start() throws Exception {
        Keys keys = new Keys(folder);
        policy = Keys.signed(POLICY, keys.allow("ann", ""));
        agent = new Agent(
                new Member("web1", Map.of(), "6.1", "debian"),
                keys.signatures(),
                host,
                folder.resolve("state/fleet.json"),
                () -> Instant.parse("2026-06-01T00:00:00Z"),
                () -> now);
        agent.connected(true);
        restart(1);
        reporting.report(now, true);
        pass(2);
        tell(() -> agent.offer(policy));
        pass(4);
        assertThat(last().phase()).isEqualTo(Phase.WAITING);
    }

    private void restart(long seed) {
        reporting = new Reporting(
                agent, Duration.ofSeconds(1), HEARTBEAT, this::publish, line -> {}, new SplittableRandom(seed), now);
    }

    private boolean publish(byte[] report) {
        if (isConnected) {
            try {
                said.add(Report.of("web1", report));
            } catch (PolicyException e) {
                throw new IllegalStateException(e);
            }
            times.add(now);
        }
        return isConnected;
    }

    private Report last() {
        return said.getLast();
    }

    private void tell(Runnable work) {
        work.run();
        reporting.told(now);
    }

    private void open(Stage stage, long hosts) {
        tell(() -> agent.open(
                new Opening(1, SignedPolicy.digest(policy), false, Map.of("all", stage), Map.of(), 0, hosts)));
    }

    /** Seconds pass, each with a tick. */
    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            now += Duration.ofSeconds(1).toNanos();
            agent.tick();
            reporting.tick(now);
        }
    }

    /** After how many seconds there is a report, which there has to be within some. */
    private int untilItSays(int within) {
        int before = said.size();
        int seconds = 0;
        while (said.size() == before && seconds <= within) {
            pass(1);
            seconds++;
        }
        assertThat(seconds).isLessThanOrEqualTo(within);
        return seconds;
    }

    @Test
    void ofFewHostsOneSaysSoon() {
        open(Stage.TRIAL, 3);
        untilItSays(3);
        assertThat(last().phase()).isEqualTo(Phase.TRIAL);
    }

    @Test
    void manyHostsTakeTheirTime() {
        List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            restart(i);
            reporting.report(now, true);
            open(i % 2 == 0 ? Stage.TRIAL : Stage.BACK, 10_000);
            taken.add(untilItSays(20));
        }
        assertThat(IntStream.rangeClosed(0, 3)
                        .mapToLong(quarter -> taken.stream()
                                .filter(t -> t > quarter * 5 && t <= quarter * 5 + 5)
                                .count()))
                .as("of 500 in a second: " + taken)
                .allMatch(n -> n > 10);
    }

    @Test
    void noHostWaitsForMoreThanAHeartbeat() {
        open(Stage.TRIAL, Long.MAX_VALUE / 2);
        untilItSays(30);
    }

    @Test
    void troubleAndABurstOfCallsAreSaidAtOnce() {
        open(Stage.TRIAL, 10_000);
        host.oops();
        pass(1);
        assertThat(last().trouble()).isNotEmpty();
        pass(1);
        host.hits(11);
        pass(1);
        assertThat(last().hits()).containsValue(11L);
    }

    @Test
    void aFailureIsSaidAtOnceAndOnce() {
        host.refuse("f");
        int before = said.size();
        open(Stage.TRIAL, 10_000);
        assertThat(last().phase()).isEqualTo(Phase.FAILED);
        pass(40);
        assertThat(said).hasSize(before + 1);
    }

    @Test
    void callsAreSaidAsOftenAsAllHostsTogetherMay() {
        open(Stage.TRIAL, 5000);
        untilItSays(10);
        int before = said.size();
        for (int i = 1; i <= 10; i++) {
            host.hits(i);
            pass(1);
        }
        assertThat(said).hasSize(before + 1);
    }

    @Test
    void theEndOfATrialsTimeIsSaidEvenIfNothingIsNewAndWellBeforeTheCountdownEnds() {
        open(Stage.TRIAL, 10_000);
        pass(59);
        int before = said.size();
        assertThat(last().phase()).isEqualTo(Phase.TRIAL);
        pass(11); // a quarter of the 40 s that are left, and a tick
        assertThat(said).hasSize(before + 1);
        pass(20);
        assertThat(said).hasSize(before + 1);
    }

    @Test
    void whatCouldNotBeSentIsSentWithTheConnection() {
        isConnected = false;
        open(Stage.TRIAL, 3);
        pass(10);
        isConnected = true;
        pass(1);
        assertThat(last().phase()).isEqualTo(Phase.TRIAL);
    }

    @Test
    void neverTwoWithinTheLeastTime() {
        open(Stage.TRIAL, 3);
        for (int i = 0; i < 100; i++) {
            now += Duration.ofMillis(100).toNanos();
            host.hits(i);
            agent.tick();
            reporting.tick(now);
        }
        assertThat(times).as("calls are said each second").hasSizeGreaterThan(8);
        for (int i = 1; i < times.size(); i++) {
            assertThat(times.get(i) - times.get(i - 1))
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(1).toNanos());
        }
    }
}
