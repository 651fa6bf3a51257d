// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.control.SymbolName;
import org.killswitch.fleet.Keys;
import org.killswitch.fleet.api.Callers;
import org.killswitch.fleet.api.Member;
import org.killswitch.fleet.api.Opening;
import org.killswitch.fleet.api.Opening.Stage;
import org.killswitch.fleet.api.Report.Phase;
import org.killswitch.fleet.api.SignedPolicy;
import org.killswitch.policy.Policy;
import org.killswitch.policy.PolicyException;

/** What a host does with what arrives, and what it does when nothing does. */
class AgentTest {

    private static final Member WEB1 = new Member("web1", Map.of("role", "web"), "6.1.0-28-amd64", "debian");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private long now = 1;

    /** Of the last order that the controller followed. */
    private long order;

    private Instant time = Instant.parse("2026-06-01T00:00:00Z");
    private final SimulatedHost host = new SimulatedHost(() -> now);

    @SuppressWarnings("NullAway.Init")
    private Keys keys;

    @SuppressWarnings("NullAway.Init")
    private Path key;

    @SuppressWarnings("NullAway.Init")
    private Agent agent;

    @BeforeEach
    void start() throws Exception {
        keys = new Keys(folder);
        key = keys.allow("ann", "");
        restart();
    }

    /** The agent has died, or was killed; another one starts. */
    private void restart() throws PolicyException {
        agent = new Agent(WEB1, keys.signatures(), host, folder.resolve("state/fleet.json"), () -> time, () -> now);
        agent.connected(true);
    }

    private byte[] policy(long serial, String more, String... entries) throws Exception {
        return Keys.signed(
                """
                serial: %d
                expires: 2026-12-31T00:00:00Z
                confirm: 100s
                %srings:
                  - name: all
                    gate: {soak: 10s}
                entries:%s
                """.formatted(
                        serial, more, entries.length == 0 ? " []" : "\n  - {" + String.join("}\n  - {", entries) + "}"),
                key);
    }

    private byte[] f(long serial) throws Exception {
        return policy(serial, "", "symbol: f, retval: -" + serial);
    }

    private void open(byte[] policy, long serial, Stage stage) {
        open(policy, serial, stage, false);
    }

    private void open(byte[] policy, long serial, Stage stage, boolean halted) {
        now++;
        agent.open(new Opening(serial, SignedPolicy.digest(policy), halted, Map.of("all", stage), Map.of(), order, 0));
    }

    private void pass(Duration time) {
        now += time.toNanos();
        agent.tick();
    }

    private void keep(byte[] policy, long serial) {
        agent.offer(policy);
        open(policy, serial, Stage.TRIAL);
        open(policy, serial, Stage.KEEP);
        assertThat(agent.report().phase()).isEqualTo(Phase.KEPT);
    }

    private void assertPhase(Phase phase, String message) {
        assertThat(agent.report().phase()).as(agent.report().message()).isEqualTo(phase);
        assertThat(agent.report().message()).contains(message);
    }

    @Test
    void aPolicyIsOnTrialUntilTheRingWasFoundWell() throws Exception {
        byte[] one = f(1);
        agent.offer(one);
        assertPhase(Phase.WAITING, "");
        assertThat(host.engaged()).isEmpty();
        open(one, 1, Stage.OBSERVE);
        assertThat(host.engaged()).containsExactly("f observed");
        assertPhase(Phase.OBSERVING, "");
        open(one, 1, Stage.TRIAL);
        assertThat(host.engaged()).containsExactly("f=-1 expiring");
        assertThat(host.saved()).isEmpty();
        assertPhase(Phase.TRIAL, "");
        open(one, 1, Stage.KEEP);
        assertThat(host.engaged()).containsExactly("f=-1");
        assertThat(host.saved().orElseThrow()).contains("symbol: f");
        assertPhase(Phase.KEPT, "");
        assertThat(agent.report().kept()).isEqualTo(1);
    }

    /** The controller waits to be told. */
    @Test
    void theTimeForWhichItIsWatchedEnds() throws Exception {
        byte[] one = f(1);
        agent.offer(one);
        open(one, 1, Stage.OBSERVE);
        pass(Duration.ofSeconds(20));
        assertThat(agent.watched()).as("no time to observe it is given").isEmpty();
        open(one, 1, Stage.TRIAL);
        long begun = now;
        pass(Duration.ofSeconds(9));
        assertThat(agent.watched()).isEmpty();
        pass(Duration.ofSeconds(1));
        assertThat(agent.watched()).contains(new Deployment.Watch(begun, Duration.ofSeconds(90)));
        open(one, 1, Stage.KEEP);
        assertThat(agent.watched()).isEmpty();
    }

    private Callers callers() {
        return agent.report().callers().orElseThrow();
    }

    private static Callers calls(Map<String, Long> programs, String... uncalled) {
        Map<SymbolName, Callers.Programs> all = new HashMap<>();
        all.put(new SymbolName("f"), new Callers.Programs(programs, 0));
        List.of(uncalled).forEach(f -> all.put(new SymbolName(f), new Callers.Programs(Map.of(), 0)));
        return new Callers(all, false, "");
    }

    @Test
    void whoCallsIsReportedWhileAPolicyIsInEffect() throws Exception {
        host.byHand("h", -9);
        byte[] one = f(1);
        agent.offer(one);
        pass(Duration.ofSeconds(1));
        assertThat(agent.report().callers())
                .as("nothing of the fleet is in effect")
                .isEmpty();
        assertThat(host.isFollowed()).isFalse();
        open(one, 1, Stage.OBSERVE);
        host.call("f", "sshd", 3); // at once
        pass(Duration.ofSeconds(1));
        host.call("f", "cron", 1);
        pass(Duration.ofSeconds(1));
        assertThat(callers()).isEqualTo(calls(Map.of("sshd", 3L, "cron", 1L), "h"));
        open(one, 1, Stage.TRIAL);
        host.call("f", "sshd", 1);
        open(one, 1, Stage.KEEP);
        pass(Duration.ofSeconds(1));
        assertThat(callers()).as("of the same policy").isEqualTo(calls(Map.of("sshd", 4L, "cron", 1L), "h"));
        byte[] two = f(2);
        agent.offer(two);
        open(two, 2, Stage.TRIAL);
        assertThat(callers()).as("of another one").isEqualTo(calls(Map.of(), "h"));
        pass(Duration.ofSeconds(1));
        host.call("f", "ping", 2);
        pass(Duration.ofSeconds(1));
        open(two, 2, Stage.BACK);
        assertThat(callers()).as("still known").isEqualTo(calls(Map.of("ping", 2L), "h"));
        assertThat(host.isFollowed()).as("the first one is in effect again").isTrue();
        agent.unfollow();
        assertThat(host.isFollowed()).isFalse();
    }

    @Test
    void aHostThatCannotBeTracedFollowsThePolicyAllTheSame() throws Exception {
        host.untraceable("tracing is closed under lockdown");
        keep(f(1), 1);
        assertThat(callers()).isEqualTo(new Callers(Map.of(), false, "tracing is closed under lockdown"));
        assertPhase(Phase.KEPT, "");
    }

    @Test
    void aHostThatLosesContactUndoesIt() throws Exception {
        keep(f(1), 1);
        byte[] two = policy(2, "", "symbol: f, retval: -2", "symbol: g, retval: -2");
        agent.offer(two);
        open(two, 2, Stage.TRIAL);
        assertThat(host.engaged()).containsExactly("f=-2", "g=-2 expiring");
        agent.connected(false);
        pass(Duration.ofSeconds(99));
        assertThat(host.engaged()).contains("f=-2");
        pass(Duration.ofSeconds(1));
        assertThat(host.engaged()).containsExactly("f=-1");
        assertPhase(Phase.FAILED, "there was no connection");
        // It may have been the policy that cut it off: it is not tried again by itself.
        agent.connected(true);
        open(two, 2, Stage.TRIAL);
        assertThat(host.engaged()).containsExactly("f=-1");
        open(two, 2, Stage.BACK);
        open(two, 2, Stage.TRIAL);
        assertThat(host.engaged()).containsExactly("f=-2", "g=-2 expiring");
    }

    @Test
    void withoutAnAgentTheKernelUndoesIt() throws Exception {
        byte[] one = f(1);
        agent.offer(one);
        open(one, 1, Stage.TRIAL);
        now += Duration.ofSeconds(100).toNanos();
        assertThat(host.engaged()).isEmpty();
    }

    @Test
    void whatIsTakenBackIsWhatItWas() throws Exception {
        host.byHand("h", -9);
        byte[] one = policy(1, "", "symbol: f, retval: -1", "symbol: h, retval: -9");
        keep(one, 1);
        byte[] two = policy(2, "", "symbol: g, retval: -2");
        agent.offer(two);
        open(two, 2, Stage.TRIAL);
        assertThat(host.engaged()).as("nothing is opened on trial").containsExactly("f=-1", "g=-2 expiring", "h=-9");
        open(two, 2, Stage.KEEP);
        assertThat(host.engaged()).as("h is not ours to end").containsExactly("g=-2", "h=-9");
        open(two, 2, Stage.BACK);
        assertThat(host.engaged()).containsExactly("f=-1", "h=-9");
        assertPhase(Phase.UNDONE, "taken back");
        assertThat(agent.report().kept()).isEqualTo(1);
    }

    @Test
    void theHostsOwnPolicyStays() throws Exception {
        Files.writeString(folder.resolve("own.yaml"), "- {symbol: own, retval: -7}\n");
        host.ownPolicy(Policy.read(folder, ZoneOffset.UTC));
        host.byHand("own", -7);
        keep(policy(1, "", "symbol: own, retval: -7", "symbol: f, retval: -1"), 1);
        byte[] two = policy(2, "");
        agent.offer(two);
        open(two, 2, Stage.TRIAL);
        open(two, 2, Stage.KEEP);
        assertThat(host.engaged()).containsExactly("own=-7");
    }

    /** It hears of an order at once, and of the policy again when it next asks for it. */
    @Test
    void aRefusalIsOfTheLastOrderBeforeIt() throws Exception {
        byte[] one = f(1);
        time = Instant.parse("2027-01-01T00:00:00Z");
        agent.offer(one);
        assertPhase(Phase.NONE, "serial 1 has expired");
        order = 5;
        open(one, 1, Stage.TRIAL);
        assertThat(agent.report().order()).as("it has not tried again").isZero();
        agent.offer(one);
        assertThat(agent.report().order()).isEqualTo(5);
        time = Instant.parse("2026-06-01T00:00:00Z");
        agent.offer(one);
        assertPhase(Phase.TRIAL, "");
        assertThat(agent.report().order()).as("nothing is refused").isZero();
    }

    @Test
    void whatIsRefusedChangesNothing() throws Exception {
        byte[] two = f(2);
        keep(two, 2);
        for (byte[] bad : new byte[][] {
            f(1),
            policy(2, "", "symbol: g, retval: -1"),
            Keys.signed(new String(f(3), StandardCharsets.UTF_8), keys.stranger("eve")),
            "serial: 9".getBytes(StandardCharsets.UTF_8)
        }) {
            agent.offer(bad);
            assertPhase(Phase.KEPT, "refused: ");
            open(bad, 3, Stage.TRIAL);
            assertThat(host.engaged()).containsExactly("f=-2");
        }
        // A controller alone cannot make anything of what nobody has signed, nor of an older one.
        restart();
        agent.offer(f(1));
        assertPhase(Phase.KEPT, "older than 2");
    }

    @Test
    void anExpiredPolicyIsNotBegunAndOneThatSaysSoIsUndone() throws Exception {
        byte[] one = policy(1, "at-expiry: disengage\n", "symbol: f, retval: -1");
        keep(one, 1);
        byte[] two = f(2);
        agent.offer(two);
        time = Instant.parse("2027-01-01T00:00:00Z");
        open(two, 2, Stage.TRIAL);
        assertPhase(Phase.FAILED, "serial 2 has expired");
        agent.tick();
        assertThat(host.engaged()).isEmpty();
        assertThat(host.saved()).isEmpty();
        agent.offer(f(3));
        assertThat(agent.report().serial()).isEqualTo(2);
    }

    @Test
    void aClockThatIsSetRightEndsAnExpiry() throws Exception {
        Instant right = time;
        agent.offer(f(1));
        time = Instant.parse("2027-01-01T00:00:00Z");
        open(f(1), 1, Stage.TRIAL);
        agent.tick();
        assertPhase(Phase.FAILED, "serial 1 has expired");
        time = right;
        agent.tick();
        assertPhase(Phase.TRIAL, "");
        assertThat(host.engaged()).containsExactly("f=-1 expiring");
    }

    @Test
    void aRefusalOfTheKernelIsReportedAndAllIsTakenBack() throws Exception {
        keep(f(1), 1);
        byte[] two = policy(2, "", "symbol: g, retval: -2", "symbol: bad, retval: -2");
        host.refuse("bad");
        agent.offer(two);
        open(two, 2, Stage.TRIAL);
        assertPhase(Phase.FAILED, "cannot engage bad");
        assertThat(agent.report().order()).isZero();
        assertThat(host.engaged()).containsExactly("f=-1");
        order = 5;
        open(two, 2, Stage.TRIAL);
        assertPhase(Phase.FAILED, "cannot engage bad");
        assertThat(agent.report().order()).as("it has tried again").isEqualTo(5);
        host.refuse(null);
        agent.tick();
        assertThat(host.engaged()).containsExactly("f=-1");
        order = 6;
        open(two, 2, Stage.TRIAL);
        assertPhase(Phase.TRIAL, "");
        assertThat(agent.report().order()).as("nothing has failed").isZero();
    }

    @Test
    void aPolicyForOthersAndAHaltBeginNothing() throws Exception {
        byte[] other = policy(1, "targets: [{labels: [role=db]}]\n", "symbol: f, retval: -1");
        agent.offer(other);
        open(other, 1, Stage.TRIAL);
        assertPhase(Phase.EXCLUDED, "");
        byte[] two = f(2);
        agent.offer(two);
        open(two, 2, Stage.TRIAL, true);
        assertPhase(Phase.WAITING, "");
        assertThat(host.engaged()).isEmpty();
        open(two, 2, Stage.TRIAL, false);
        assertThat(host.engaged()).containsExactly("f=-2 expiring");
    }

    @Test
    void aHostThatComesLateProvesItsContactFirst() throws Exception {
        byte[] one = f(1);
        agent.offer(one);
        open(one, 1, Stage.KEEP);
        assertThat(host.engaged()).containsExactly("f=-1 expiring");
        agent.tick();
        assertThat(host.engaged()).containsExactly("f=-1 expiring");
        assertThat(agent.needsOpening()).isTrue();
        open(one, 1, Stage.KEEP);
        assertThat(host.engaged()).containsExactly("f=-1");
    }

    @Test
    void troubleOfTheKernelIsReported() throws Exception {
        host.oops();
        byte[] one = f(1);
        agent.offer(one);
        open(one, 1, Stage.TRIAL);
        assertThat(agent.report().trouble()).isEmpty();
        host.oops();
        assertThat(agent.report().trouble()).containsExactly("oops");
        host.reboot();
        restart();
        assertThat(agent.report().trouble()).containsExactly("reboot");
        open(one, 1, Stage.TRIAL);
        assertThat(host.engaged()).as("on trial again").containsExactly("f=-1 expiring");
    }

    /** Whatever it was doing: the next agent brings the host to where the policy says, or to where it was. */
    @Test
    void anAgentMayDieAtAnyMoment() throws Exception {
        byte[] one = policy(1, "", "symbol: a, retval: -1", "symbol: b, retval: -1");
        byte[] two = policy(2, "", "symbol: b, retval: -2", "symbol: c, retval: -2", "symbol: d, retval: -2");
        int deaths = 0;
        for (Stage last : new Stage[] {Stage.KEEP, Stage.BACK}) {
            for (int changes = 0; changes < 12; changes++) {
                Path state = folder.resolve("state-" + last + changes);
                SimulatedHost victim = new SimulatedHost(() -> now);
                Agent first = new Agent(WEB1, keys.signatures(), victim, state, () -> time, () -> now);
                first.connected(true);
                first.offer(one);
                feed(first, one, 1, Stage.TRIAL);
                feed(first, one, 1, Stage.KEEP);
                victim.dieAfter(changes);
                try {
                    first.offer(two);
                    feed(first, two, 2, Stage.TRIAL);
                    feed(first, two, 2, last);
                } catch (SimulatedHost.Killed e) {
                    deaths++;
                }
                victim.dieAfter(Integer.MAX_VALUE);
                Agent second = new Agent(WEB1, keys.signatures(), victim, state, () -> time, () -> now);
                second.connected(true);
                second.offer(one);
                feed(second, two, 2, last);
                feed(second, two, 2, last);
                assertThat(Set.copyOf(victim.engaged()))
                        .as(last + " after " + changes + " changes: "
                                + second.report().message())
                        .isEqualTo(last == Stage.KEEP ? Set.of("b=-2", "c=-2", "d=-2") : Set.of("a=-1", "b=-1"));
            }
        }
        assertThat(deaths).isGreaterThan(10);
    }

    private void feed(Agent to, byte[] policy, long serial, Stage stage) {
        now++;
        to.open(new Opening(serial, SignedPolicy.digest(policy), false, Map.of("all", stage), Map.of(), order, 0));
    }

    @Test
    void whatIsInUseHereIsSkippedWhereThePolicySaysSo() throws Exception {
        String cve = "CVE-2026-31431";
        host.inUse(Set.of(cve));
        byte[] one = policy(1, "in-use: skip\n", "symbol: f, retval: -1", "cve: " + cve);
        keep(one, 1);
        assertThat(host.engaged()).containsExactly("f=-1");
        assertThat(agent.report().notes()).containsExactly(cve + ": in use here: skipped");
        assertThat(host.saved().orElseThrow())
                .as("what is engaged at the next boot")
                .contains("symbol: f")
                .doesNotContain(cve);
        restart();
        pass(Duration.ofMinutes(2));
        assertThat(host.engaged()).containsExactly("f=-1");
        assertThat(agent.report().notes()).containsExactly(cve + ": in use here: skipped");
        assertPhase(Phase.KEPT, "");
        // the catalogue of this host is empty
        byte[] two = policy(2, "", "symbol: f, retval: -2", "cve: " + cve);
        agent.offer(two);
        open(two, 2, Stage.TRIAL);
        assertPhase(Phase.FAILED, "nothing is known of " + cve);
        // it is asked anew for each policy, and after a ring was taken back
        byte[] three = policy(3, "in-use: skip\n", "symbol: f, retval: -3", "cve: " + cve);
        agent.offer(three);
        host.inUse(Set.of());
        open(three, 3, Stage.TRIAL);
        assertPhase(Phase.FAILED, "nothing is known of " + cve);
        host.inUse(Set.of(cve));
        open(three, 3, Stage.BACK);
        open(three, 3, Stage.TRIAL);
        assertPhase(Phase.TRIAL, "");
        // and not while it is on trial
        host.inUse(Set.of());
        open(three, 3, Stage.KEEP);
        assertPhase(Phase.KEPT, "");
        assertThat(host.engaged()).containsExactly("f=-3");
    }
}
