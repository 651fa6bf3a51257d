// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Connection;
import io.nats.client.Subscription;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.killswitch.fleet.api.Opening;
import org.killswitch.fleet.api.Store;

/** What somebody can do who has the store, or a host. */
class ForgeryTest extends FleetFixture {

    @Test
    @SuppressWarnings("try") // that closing a connection can be interrupted is no matter
    void onlyWhatSomebodyHasSignedReachesAHost() throws Exception {
        startAll();
        push(f(5));
        untilEngaged(HOSTS, "f=-5");
        untilLogged("keep ring rest");
        byte[] good = Keys.signed(f(6), key);
        List<byte[]> bad = List.of(
                f(6).getBytes(StandardCharsets.UTF_8),
                Keys.signed(f(6), keys.stranger("eve")),
                new String(good, StandardCharsets.UTF_8)
                        .replace("retval: -6", "retval: -7")
                        .getBytes(StandardCharsets.UTF_8),
                Arrays.copyOf(good, good.length - 20),
                Keys.signed(f(4), key),
                Keys.signed(policy(5, "40s", "1s", "symbol: g, retval: -1"), key),
                Keys.signed(f(7).replace("2099", "2001"), key));
        try (Connection attacker = connect("operator")) {
            for (byte[] policy : bad) {
                long before = refusals();
                attacker.keyValue(Store.POLICY).put(Store.POLICY_KEY, policy);
                until("refused", () -> refusals() > before);
                assertThat(fleet.engaged(HOSTS)).allMatch(List.of("f=-5")::equals);
            }
        }
        until(
                "each host says so",
                () -> HOSTS.stream()
                        .allMatch(
                                h -> fleet.log.stream().anyMatch(l -> l.startsWith(h + ": serial 5: kept: refused"))));
        push(f(8));
        untilEngaged(HOSTS, "f=-8");
    }

    private long refusals() {
        return log.stream().filter(l -> l.contains("refuse a policy")).count();
    }

    @Test
    @SuppressWarnings("try") // that closing a connection can be interrupted is no matter
    void aHostCanWriteItsOwnReportAndNothingElse() throws Exception {
        startAll();
        until("both have said all", () -> {
            try (Connection operators = connect("operator")) {
                return Store.get(operators, Store.VERDICTS, "h2").isPresent()
                        && Store.get(operators, Store.VERDICTS, "h3").isPresent();
            }
        });
        fleet.killAgent("h2");
        fleet.killAgent("h3");
        try (Connection host = connect("h2")) {
            Subscription others = host.subscribe(Store.subject(Store.HOSTS, ">"));
            byte[] open = new Opening(1, "x", false, Map.of("rest", Opening.Stage.KEEP), Map.of(), 0, 0).message();
            host.publish(Store.subject(Store.ROLLOUT, Store.OPENING_KEY), open);
            host.publish(Store.subject(Store.POLICY, Store.POLICY_KEY), open);
            host.publish(Store.subject(Store.ORDER, Store.ORDER_KEY), open);
            host.publish(Store.subject(Store.LEADER, Store.LEADER_KEY), open);
            host.publish(Store.subject(Store.HOSTS, "h3"), "by h2".getBytes(StandardCharsets.UTF_8));
            host.publish(Store.subject(Store.VERDICTS, "h3"), "by h2".getBytes(StandardCharsets.UTF_8));
            host.publish(Store.subject(Store.VERDICTS, "h2"), "by h2".getBytes(StandardCharsets.UTF_8));
            // The answer would be a message on a subject that it must not write.
            host.publish(
                    Store.subject(Store.HOSTS, "h2"),
                    Store.subject(Store.HOSTS, "h3"),
                    "by h2".getBytes(StandardCharsets.UTF_8));
            host.publish(
                    Store.subject(Store.HOSTS, "h2"),
                    Store.subject(Store.ROLLOUT, Store.OPENING_KEY),
                    "by h2".getBytes(StandardCharsets.UTF_8));
            host.flush(Duration.ofSeconds(5));
            assertThat(host.request("$JS.API.STREAM.NAMES", new byte[0], Duration.ofMillis(500)))
                    .as("no API of JetStream")
                    .isNull();
            assertThat(host.request(
                            "$JS.API.DIRECT.GET.KV_fleet-hosts.$KV.fleet-hosts.h1", null, Duration.ofMillis(500)))
                    .as("no other's report")
                    .isNull();
            assertThat(others.nextMessage(Duration.ofMillis(500))).isNull();
        }
        try (Connection operators = connect("operator")) {
            assertThat(Store.get(operators, Store.HOSTS, "h2"))
                    .as("its own report")
                    .contains("by h2".getBytes(StandardCharsets.UTF_8));
            assertThat(new String(Store.get(operators, Store.HOSTS, "h3").orElseThrow(), StandardCharsets.UTF_8))
                    .contains("\"host\":\"h3\"");
            assertThat(Store.get(operators, Store.VERDICTS, "h2"))
                    .as("its own verdicts")
                    .contains("by h2".getBytes(StandardCharsets.UTF_8));
            assertThat(new String(Store.get(operators, Store.VERDICTS, "h3").orElseThrow(), StandardCharsets.UTF_8))
                    .contains("\"host\":\"h3\"");
            assertThat(Store.get(operators, Store.ROLLOUT, Store.OPENING_KEY)).isEmpty();
            assertThat(Store.get(operators, Store.POLICY, Store.POLICY_KEY)).isEmpty();
            assertThat(Store.get(operators, Store.ORDER, Store.ORDER_KEY)).isEmpty();
        }
    }
}
