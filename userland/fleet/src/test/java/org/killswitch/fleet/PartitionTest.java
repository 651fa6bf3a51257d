// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.killswitch.fleet.controller.Controller;

/** The network is cut and nobody is told: connections stay, and nothing arrives. */
class PartitionTest extends FleetFixture {

    private static final List<String> CANARY = List.of("h1");
    private static final Duration CONFIRM = Duration.ofSeconds(5);

    /** An agent that waits for an answer, two seconds for each of two, looks at its countdown after that; and some more. */
    private static final Duration LATE = Duration.ofSeconds(6);

    private final List<Relay> relays = new ArrayList<>();

    /** Those that connect by that name from now on can be cut off. */
    private Relay relay(String name) throws Exception {
        Relay relay = new Relay(server.port());
        relays.add(relay);
        server.lead(name, relay.port());
        return relay;
    }

    @AfterEach
    void end() throws Exception {
        for (Relay relay : relays) {
            relay.close();
        }
    }

    /** Another value, which only the agent can change back, and something new, which the kernel ends by itself. */
    private void pushTheSecond(Duration confirm, String soak) throws Exception {
        push(policy(2, confirm.toSeconds() + "s", soak, "symbol: f, retval: -2", "symbol: g, retval: -2"));
        untilEngaged(CANARY, "f=-2", "g=-2 expiring");
    }

    private void assertUndoneInTime(long since) throws Exception {
        untilEngaged(CANARY, "f=-1");
        assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(CONFIRM.plus(LATE));
    }

    /** Something is in effect at each moment, and nothing that was not signed. */
    private static void assertNoGap(Lookout lookout) {
        assertThat(lookout.seen(HOSTS))
                .isSubsetOf("f=-1", "f=-2", "f=-1 g=-2 expiring", "f=-2 g=-2 expiring", "f=-1 g=-2", "f=-2 g=-2");
    }

    @Test
    void aHostThatIsCutOffUndoesWhatWasNotConfirmed() throws Exception {
        Relay relay = relay("h1");
        startAll();
        keepTheFirst();
        try (Lookout lookout = new Lookout(fleet)) {
            long begun = System.nanoTime();
            pushTheSecond(CONFIRM, "4s");
            relay.cut();
            assertUndoneInTime(begun);
            untilLogged("halt, take back ring canary");
            assertThat(command(0, "status")).contains("serial 2: halted").contains("h1: lost");
            relay.mend();
            untilUndone(CANARY);
            assertThat(fleet.log).anyMatch(l -> l.startsWith("h1: ") && l.contains("not confirmed within 5 s"));
            assertThat(relay.connections()).as("nobody was told").isEqualTo(1);
            assertThat(lookout.seen(REST)).containsExactly("f=-1");
            command(0, "resume", "the cable is repaired");
            untilEngaged(HOSTS, "f=-2", "g=-2");
            assertNoGap(lookout);
        }
    }

    /** It is found well, and does not hear that it is. */
    @Test
    void aHostThatHearsNothingUndoesItAndKeepsItLater() throws Exception {
        Relay relay = relay("h1");
        startAll();
        keepTheFirst();
        try (Lookout lookout = new Lookout(fleet)) {
            long begun = System.nanoTime();
            pushTheSecond(CONFIRM, "2s");
            relay.cutFromServer();
            untilLogged("serial 2: keep ring canary");
            assertUndoneInTime(begun);
            untilEngaged(REST, "f=-2", "g=-2");
            assertThat(fleet.engaged(CANARY)).containsExactly(List.of("f=-1"));
            assertThat(relay.connections()).as("nobody was told").isEqualTo(1);
            relay.mend();
            untilEngaged(HOSTS, "f=-2", "g=-2");
            assertNoGap(lookout);
        }
    }

    /** It works, and nobody knows. */
    @Test
    void aHostThatIsNotHeardIsTakenBackLongBeforeItsCountdownEnds() throws Exception {
        Relay relay = relay("h1");
        startAll();
        keepTheFirst();
        try (Lookout lookout = new Lookout(fleet)) {
            pushTheSecond(Duration.ofMinutes(10), "4s");
            relay.cutToServer();
            untilLogged("halt, take back ring canary");
            untilEngaged(HOSTS, "f=-1");
            assertThat(command(0, "status")).contains("h1: lost");
            assertThat(lookout.seen(REST)).containsExactly("f=-1");
            relay.mend();
            until("h1 says so", () -> command(0, "hosts").contains("taken back"));
            assertNoGap(lookout);
        }
    }

    @Test
    void aControllerThatIsCutOffIsReplacedAndSpoilsNothingLater() throws Exception {
        int direct = server.port();
        Relay relay = relay("controller");
        Controller.Pace pace = new Controller.Pace(QUICK.round(), QUICK.silence(), Controller.Pace.USUAL.lease());
        startAll(pace);
        keepTheFirst();
        try (Lookout lookout = new Lookout(fleet)) {
            pushTheSecond(Duration.ofSeconds(30), "3s");
            relay.cut();
            server.lead("controller", direct);
            startController("controller c2", pace, InstantSource.system());
            untilEngaged(HOSTS, "f=-2", "g=-2");
            until("done", () -> command(0, "status").contains("serial 2: done"));
            until("all have said so", () -> command(0, "status").contains("4 kept"));
            assertThat(command(0, "status"))
                    .contains("engage ring canary (controller c1)")
                    .contains("keep ring canary (controller c2)");
            assertThat(relay.connections()).as("nobody was told").isEqualTo(1);
            String before = command(0, "status");
            relay.mend();
            Thread.sleep(1000); // it may say now what it had to say
            assertThat(command(0, "status")).isEqualTo(before);
            push(policy(3, "30s", "1s", "symbol: f, retval: -2", "symbol: g, retval: -2"));
            until("done", () -> command(0, "status").contains("serial 3: done"));
            assertThat(lookout.seen(HOSTS)).as("nothing is taken back").doesNotContain("f=-1 g=-2");
            assertNoGap(lookout);
        }
    }

    @Test
    void hostsWithoutAControllerUndoWhatWasNotConfirmed() throws Exception {
        Relay relay = relay("controller");
        startAll();
        keepTheFirst();
        try (Lookout lookout = new Lookout(fleet)) {
            long begun = System.nanoTime();
            pushTheSecond(CONFIRM, "3s");
            relay.cut();
            assertUndoneInTime(begun);
            until("somebody is told", () -> log.stream().anyMatch(l -> l.startsWith("waiting: ")));
            relay.mend();
            untilLogged("halt, take back ring canary");
            assertThat(command(0, "status"))
                    .contains("serial 2: halted")
                    .contains("h1: not confirmed within 5 s")
                    .doesNotContain("keep ring canary");
            assertThat(lookout.seen(REST)).isEqualTo(Set.of("f=-1"));
            untilUndone(CANARY);
            command(0, "resume", "the cable is repaired");
            untilEngaged(HOSTS, "f=-2", "g=-2");
            assertNoGap(lookout);
        }
    }
}
