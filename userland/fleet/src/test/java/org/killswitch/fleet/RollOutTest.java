// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Connection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.killswitch.fleet.api.SignedPolicy;
import org.killswitch.fleet.api.Store;

/** Ring after ring, and back: by itself, or by an order. */
class RollOutTest extends FleetFixture {

    @Test
    @SuppressWarnings("try") // that closing a connection can be interrupted is no matter
    void canaryThenAllThenBack() throws Exception {
        startAll();
        Path file = Files.writeString(folder.resolve("plan.yaml"), f(1));
        assertThat(command(0, "plan", file.toString()))
                .containsPattern("canary +ring=canary +1 +h1")
                .containsPattern("rest +all others +4 +h2 h3 h4 h5");
        String first = policy(1, "40s", "2s", "symbol: f, retval: -1");
        push(first);
        untilEngaged(List.of("h1"), "f=-1 expiring");
        assertThat(fleet.engaged(REST)).allMatch(List::isEmpty);
        untilEngaged(REST, "f=-1 expiring");
        assertThat(fleet.engaged(List.of("h1"))).containsExactly(List.of("f=-1"));
        untilEngaged(HOSTS, "f=-1");
        untilLogged("keep ring rest");
        String status = command(0, "status");
        assertThat(status)
                .contains("serial 1: done")
                .contains("push (ann@example.org): signed by ann@example.org")
                .contains("engage ring canary (controller c1): 1 host")
                .contains("keep ring canary (controller c1): 1 of 1 hosts well");
        assertThat(command(1, "push", "--key", key.toString(), file.toString()))
                .as("another one of that serial")
                .contains("refused: another policy has had serial 1 already");
        push(f(2));
        untilEngaged(HOSTS, "f=-2");
        try (Connection operator = connect("operator")) {
            assertThat(accepted(operator, f(2))).isPresent();
            assertThat(accepted(operator, first)).as("purged").isEmpty();
        }
        command(0, "rollback", "it", "is", "slow");
        untilEngaged(HOSTS, "f=-1");
        assertThat(command(0, "status", "--json"))
                .contains("\"state\":\"taken back\"")
                .contains("\"what\":\"take back all rings\",\"why\":\"it is slow\"");
        until("reported", () -> command(0, "hosts").split("undone", -1).length == HOSTS.size() + 1);
    }

    private Optional<byte[]> accepted(Connection operator, String policy) throws Exception {
        return Store.get(operator, Store.ROLLOUT, Store.accepted(SignedPolicy.digest(Keys.signed(policy, key))));
    }

    @Test
    void aHostThatFailsHaltsItByItself() throws Exception {
        startAll();
        push(f(1));
        untilEngaged(HOSTS, "f=-1");
        fleet.host("h3").refuse("g");
        push(policy(2, "40s", "1s", "symbol: f, retval: -2", "symbol: g, retval: -2"));
        untilLogged("halt, take back ring rest");
        untilEngaged(REST, "f=-1");
        assertThat(fleet.engaged(List.of("h1"))).as("found well").containsExactly(List.of("f=-2", "g=-2"));
        assertThat(command(0, "status"))
                .contains("serial 2: halted")
                .contains("h3: ")
                .contains("cannot engage g");
        fleet.host("h3").refuse(null);
        command(0, "resume", "h3 is repaired");
        untilEngaged(HOSTS, "f=-2", "g=-2");
        fleet.host("h3").refuse("h");
        push(policy(3, "40s", "1s", "symbol: h, retval: -3"));
        untilLogged("serial 3: halt, take back ring rest");
        fleet.host("h3").refuse(null);
        // before h3 can say that it has heard of the halt
        command(0, "resume", "h3 is repaired");
        untilEngaged(HOSTS, "h=-3");
        assertThat(log).filteredOn(l -> l.contains("serial 3: halt")).as("once").hasSize(1);
    }

    @Test
    void anOopsOfTheCanaryReachesNobodyElse() throws Exception {
        startAll();
        push(policy(1, "40s", "10s", "symbol: f, retval: -1"));
        untilEngaged(List.of("h1"), "f=-1 expiring");
        fleet.host("h1").oops();
        untilLogged("kernel trouble on h1: oops");
        untilEngaged(HOSTS);
        // One that is gone with its kernel says nothing any more.
        push(policy(2, "40s", "10s", "symbol: f, retval: -2"));
        untilEngaged(List.of("h1"), "f=-2 expiring");
        until("reported", () -> command(0, "hosts").contains("trial"));
        fleet.killAgent("h1");
        untilLogged("h1: lost");
        assertThat(fleet.engaged(REST)).allMatch(List::isEmpty);
    }
}
