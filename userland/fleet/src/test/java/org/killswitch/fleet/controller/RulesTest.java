// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.killswitch.fleet.api.Admission;
import org.killswitch.fleet.api.FleetPolicy;
import org.killswitch.fleet.api.FleetPolicyReader;
import org.killswitch.fleet.api.Member;
import org.killswitch.fleet.api.Opening.Stage;
import org.killswitch.fleet.api.Order;
import org.killswitch.fleet.api.Report;
import org.killswitch.fleet.api.Report.Phase;
import org.killswitch.fleet.api.Rollout;
import org.killswitch.fleet.api.SignedPolicy;

/** When a ring is opened, kept and taken back. */
class RulesTest {

    private static final String POLICY = """
            serial: 7
            expires: 2026-12-31T00:00:00Z
            confirm: 100s
            rings:
              - name: canary
                labels: [canary=yes]
                observe: 5s
                gate: {soak: 10s, hits: 100}
              - name: few
                count: 2
                gate: {soak: 10s, failed: 50%, reached: 50%, trouble: 1}
              - name: rest
                gate: {soak: 10s, failed: 10%, reached: 80%}
            entries: [{symbol: f, retval: -1}]
            """;

    private final Rules rules = new Rules("controller c1");
    private final List<Fleet.Seen> hosts = new ArrayList<>();
    private Duration lost = Duration.ofDays(1);
    private Optional<Duration> age = Optional.of(Duration.ZERO);
    private Duration same = Duration.ofDays(1);

    /** For how long hosts have said that they had trouble. */
    private Duration known = Duration.ZERO;

    /** The last order that hosts had heard of when they failed. */
    private long heard;

    private String refused = "";
    private Instant now = Instant.parse("2026-06-01T00:00:00Z");

    @SuppressWarnings("NullAway.Init")
    private FleetPolicy policy;

    @SuppressWarnings("NullAway.Init")
    private Rollout rollout;

    @BeforeEach
    void begin() throws Exception {
        policy = FleetPolicyReader.read(Path.of("p.yaml"), POLICY);
        rollout = Rollout.of(new Admission(new SignedPolicy("", POLICY), policy, "ann"), 0, now);
        for (int i = 0; i < 12; i++) {
            hosts.add(seen(i, Phase.WAITING, false, 0));
        }
    }

    private Fleet.Seen seen(int i, Phase phase, boolean silent, long hits, String... trouble) {
        return new Fleet.Seen(
                new Report(
                        new Member("h" + i, i == 0 ? Map.of("canary", "yes") : Map.of(), "6.1", "debian"),
                        7,
                        rollout == null || !refused.isEmpty() ? "" : rollout.digest(),
                        refused,
                        phase,
                        heard,
                        0,
                        phase == Phase.FAILED ? "refused" : "",
                        Map.of("f", hits),
                        List.of(),
                        List.of(trouble),
                        List.of(),
                        Optional.empty()),
                silent ? Optional.of(lost) : Optional.empty(),
                age,
                same,
                known);
    }

    private void all(Phase phase) {
        for (int i = 0; i < hosts.size(); i++) {
            hosts.set(i, seen(i, phase, false, 0));
        }
    }

    private void set(int i, Phase phase, boolean silent, String... trouble) {
        hosts.set(i, seen(i, phase, silent, 0, trouble));
    }

    private Optional<Rollout> next() {
        return rules.next(rollout, policy, new Fleet(hosts), Duration.between(rollout.since(), now), now);
    }

    /** The decisions that are made after a time. */
    private List<String> after(int seconds) {
        now = now.plus(Duration.ofSeconds(seconds));
        int before = rollout.decisions().size();
        Optional<Rollout> next = next();
        while (next.isPresent()) {
            rollout = next.get();
            next = next();
        }
        return rollout.decisions().subList(before, rollout.decisions().size()).stream()
                .map(d -> d.what() + ": " + d.why())
                .toList();
    }

    private void order(Order.Verb verb) {
        rollout = rules.ordered(rollout, new Order(7, verb, "bob", "why"), rollout.order() + 1, policy, now);
    }

    /** The hosts of the last ring. */
    private List<Integer> rest() {
        return IntStream.range(1, hosts.size())
                .filter(i -> !rollout.chosen().get("few").contains("h" + i))
                .boxed()
                .toList();
    }

    private void canaryIsKept() {
        after(0);
        all(Phase.OBSERVING);
        after(5);
        all(Phase.TRIAL);
        after(10);
    }

    @Test
    void ringAfterRing() {
        assertThat(after(0)).containsExactly("observe ring canary: 1 host");
        assertThat(after(5)).as("not reached").isEmpty();
        all(Phase.OBSERVING);
        assertThat(after(0)).containsExactly("engage ring canary: observed for 5 s");
        assertThat(after(60)).as("not reached").isEmpty();
        all(Phase.TRIAL);
        assertThat(after(0))
                .containsExactly("keep ring canary: 1 of 1 hosts well after 60 s", "engage ring few: 2 hosts");
        assertThat(rollout.chosen().get("few")).hasSize(2).doesNotContain("h0");
        assertThat(after(9)).isEmpty();
        assertThat(after(1))
                .containsExactly("keep ring few: 2 of 2 hosts well after 10 s", "engage ring rest: 9 hosts");
        assertThat(after(10)).containsExactly("keep ring rest: 9 of 9 hosts well after 10 s");
        assertThat(after(1000)).isEmpty();
        assertThat(rollout.stages()).containsOnlyKeys("canary", "few", "rest").containsValue(Stage.KEEP);
    }

    @Test
    void theHostsAreToldHowManyTheOpenedRingsHave() throws Exception {
        assertThat(rollout.opening().hosts()).isZero();
        canaryIsKept();
        assertThat(rollout.opening().hosts()).as("canary and few").isEqualTo(3);
        all(Phase.TRIAL);
        after(10);
        assertThat(rollout.opening().hosts()).isEqualTo(12);
        assertThat(Rollout.of(rollout.message())).isEqualTo(rollout);
    }

    @Test
    void aFailedCanaryIsTakenBackAndNothingElseIsOpened() {
        after(0);
        set(0, Phase.FAILED, false);
        assertThat(after(1)).containsExactly("halt, take back ring canary: 1 of 1 hosts failed: h0: refused");
        assertThat(rollout.halted()).isTrue();
        assertThat(rollout.stages()).containsExactly(Map.entry("canary", Stage.BACK));
        set(0, Phase.UNDONE, false);
        assertThat(after(1000)).isEmpty();
        order(Order.Verb.RESUME);
        assertThat(after(0)).containsExactly("observe ring canary: 1 host");
    }

    @Test
    void afterAResumeAHostHasFailedIfItSaysSoAgain() {
        after(0);
        set(0, Phase.FAILED, false);
        after(1);
        order(Order.Verb.RESUME);
        assertThat(after(0)).as("it said so before").containsExactly("observe ring canary: 1 host");
        set(0, Phase.FAILED, false);
        assertThat(after(60)).as("it has not heard of it yet").isEmpty();
        heard = rollout.order();
        set(0, Phase.FAILED, false);
        assertThat(after(0)).containsExactly("halt, take back ring canary: 1 of 1 hosts failed: h0: refused");
    }

    @Test
    void aHostThatFailedAndIsLostAfterAResumeHasFailed() {
        after(0);
        set(0, Phase.FAILED, false);
        after(1);
        order(Order.Verb.RESUME);
        lost = Duration.ofSeconds(6);
        set(0, Phase.FAILED, true);
        assertThat(after(0)).as("lost before").containsExactly("observe ring canary: 1 host");
        assertThat(after(7)).singleElement().asString().contains("1 of 1 hosts failed: h0: lost");
    }

    @Test
    void troubleThatWasThereAtAResumeIsKnown() {
        canaryIsKept();
        all(Phase.TRIAL);
        assertThat(after(10)).endsWith("engage ring rest: 9 hosts");
        set(0, Phase.KEPT, false, "oops");
        assertThat(after(5)).singleElement().asString().contains("kernel trouble in ring canary");
        order(Order.Verb.RESUME);
        known = Duration.ofSeconds(30);
        set(0, Phase.KEPT, false, "oops");
        assertThat(after(5)).containsExactly("engage ring rest: 9 hosts");
        known = Duration.ofSeconds(1);
        set(0, Phase.KEPT, false, "oops", "another oops");
        assertThat(after(1)).singleElement().asString().contains("kernel trouble in ring canary");
    }

    @Test
    void aHostThatDoesNotTakeThePolicyIsNamed() {
        refused = rollout.digest();
        hosts.set(0, seen(0, Phase.KEPT, false, 0));
        assertThat(hosts.getFirst().phase(Optional.of(rollout))).isEqualTo(Phase.FAILED);
        assertThat(after(0))
                .containsExactly(
                        "observe ring canary: 1 host", "halt, take back ring canary: 1 of 1 hosts failed: h0: ");
        refused = "of another";
        assertThat(seen(0, Phase.KEPT, false, 0).phase(Optional.of(rollout))).isEqualTo(Phase.WAITING);
    }

    @Test
    void troubleBurstsAndSilenceAreFailures() {
        after(0);
        Rollout opened = rollout;
        set(0, Phase.OBSERVING, false, "oops");
        assertThat(after(1)).containsExactly("halt, take back ring canary: kernel trouble on h0: oops");
        rollout = opened;
        hosts.set(0, seen(0, Phase.OBSERVING, false, 101));
        assertThat(after(0)).containsExactly("halt, take back ring canary: hits: h0: 101 calls of f");
        rollout = opened;
        hosts.set(0, seen(0, Phase.OBSERVING, false, 100));
        assertThat(after(0)).doesNotContain("halt, take back ring canary");
        rollout = opened;
        set(0, Phase.OBSERVING, true);
        assertThat(after(0))
                .containsExactly(
                        "halt, take back ring canary: 1 of 1 hosts failed: h0: lost: it does not report any more");
    }

    @Test
    void aShareMayFailAndWhatWasAwayDoesNotCount() {
        canaryIsKept();
        after(10);
        set(11, Phase.WAITING, true);
        List<Integer> rest = rest();
        set(rest.getFirst(), Phase.WAITING, false);
        set(rest.get(1), Phase.WAITING, false);
        assertThat(after(10)).as("6 of 8 is less than 80%").isEmpty();
        set(rest.get(1), Phase.TRIAL, false);
        assertThat(after(0)).singleElement().asString().startsWith("keep ring rest: 7 of 8");
    }

    /** Its kernel may have hung while it engaged, before it could say that it did. */
    @Test
    void aHostThatIsLostWhileTheRingIsOpenCountsWhateverItSaidLast() {
        after(0);
        lost = Duration.ofSeconds(7);
        set(0, Phase.WAITING, true);
        assertThat(after(7)).as("lost before it was opened").isEmpty();
        lost = Duration.ofSeconds(6);
        set(0, Phase.WAITING, true);
        assertThat(after(0)).singleElement().asString().contains("1 of 1 hosts failed: h0: lost");
    }

    /** Enough of the others have said that they are well. */
    @Test
    void whoHasNotBeenHeardOfYetMayHaveFailed() {
        canaryIsKept();
        after(10);
        List<Integer> rest = rest();
        assertThat(rest).hasSize(9);
        age = Optional.of(Duration.ofSeconds(11));
        set(rest.getFirst(), Phase.TRIAL, false);
        assertThat(after(10))
                .as("8 of 9 are well; none may fail, since 10% is less than one")
                .isEmpty();
        age = Optional.of(Duration.ZERO);
        set(rest.getFirst(), Phase.WAITING, false);
        assertThat(after(0)).singleElement().asString().startsWith("keep ring rest: 8 of 9");
    }

    /** The server may have been away for hours. */
    @Test
    void aReportThatWasThereBeforeTheControllerProvesNothing() {
        after(0);
        all(Phase.OBSERVING);
        age = Optional.empty();
        all(Phase.OBSERVING);
        assertThat(after(1000)).isEmpty();
        age = Optional.of(Duration.ZERO);
        all(Phase.OBSERVING);
        assertThat(after(0)).hasSize(1);
    }

    /** It may have hung since. */
    @Test
    void aHostIsWellIfItSaysSoWhenTheTimeIsOver() {
        after(0);
        age = Optional.of(Duration.ofSeconds(2));
        all(Phase.OBSERVING);
        assertThat(after(6)).as("heard of one second before it was over").isEmpty();
        age = Optional.of(Duration.ofSeconds(1));
        all(Phase.OBSERVING);
        assertThat(after(0)).containsExactly("engage ring canary: observed for 6 s");
        age = Optional.of(Duration.ofSeconds(3));
        all(Phase.TRIAL);
        assertThat(after(12)).isEmpty();
        set(0, Phase.TRIAL, true);
        assertThat(after(90)).singleElement().asString().contains("h0: lost");
    }

    /** What has waited in a buffer while the server was away says that the host is on trial, and it no longer is. */
    @Test
    void whatIsHeardOfATrialAfterItsCountdownIsOfALaterOne() {
        after(0);
        all(Phase.OBSERVING);
        after(5);
        same = Duration.ZERO;
        all(Phase.TRIAL);
        assertThat(after(100)).as("the countdown is over").isEmpty();
        same = Duration.ofSeconds(9);
        all(Phase.TRIAL);
        assertThat(after(9)).isEmpty();
        same = Duration.ofSeconds(10);
        all(Phase.TRIAL);
        assertThat(after(1)).first().asString().startsWith("keep ring canary: 1 of 1 hosts well");
    }

    @Test
    void troubleInARingThatWasKeptHaltsTheNext() {
        canaryIsKept();
        after(10);
        set(0, Phase.KEPT, false, "reboot");
        assertThat(after(1))
                .containsExactly(
                        "halt, take back ring rest: kernel trouble in ring canary, which was kept: h0: reboot");
    }

    @Test
    void aFirstRingWithoutHostsIsAMistake() {
        hosts.removeFirst();
        assertThat(after(0)).containsExactly("halt: ring canary has no hosts");
        assertThat(rollout.stages()).isEmpty();
    }

    @Test
    void ordersOfOperators() throws Exception {
        canaryIsKept();
        order(Order.Verb.HALT);
        assertThat(rollout.opening().halted()).isTrue();
        assertThat(after(1000)).isEmpty();
        order(Order.Verb.RESUME);
        assertThat(after(0)).as("it soaks anew").isEmpty();
        assertThat(after(10)).hasSize(2);
        order(Order.Verb.ROLLBACK);
        assertThat(rollout.stages().values()).containsOnly(Stage.BACK);
        assertThat(after(1000)).isEmpty();
        order(Order.Verb.RESUME);
        assertThat(rollout.halted()).isTrue();
        assertThat(rollout.decisions().getLast().why()).contains("new serial");
        rollout = rules.ordered(rollout, new Order(6, Order.Verb.HALT, "bob", ""), 99, policy, now);
        assertThat(rollout.decisions().getLast().what()).isEqualTo("ignore HALT");
        assertThat(rollout.order()).isEqualTo(99);
        assertThat(Rollout.of(rollout.message())).isEqualTo(rollout);
    }
}
