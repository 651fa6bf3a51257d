// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.killswitch.policy.PolicyException;

/** The messages are what they were when they arrive, are bounded, and may be anybody's. */
class MessagesTest {

    private static final Opening OPENING = new Opening(
            7,
            "d",
            true,
            Map.of("canary", Opening.Stage.KEEP, "rest", Opening.Stage.TRIAL),
            Map.of("few", Set.of("h1", "h2")));

    private static Report report(String line, int count) {
        Map<String, Long> hits = new TreeMap<>();
        IntStream.range(0, count).forEach(i -> hits.put(line + i, (long) i));
        List<String> lines = IntStream.range(0, count).mapToObj(i -> line + i).toList();
        return new Report(
                new Member("h1", Map.of("role", "web"), "6.1", "debian"),
                7,
                "d",
                Report.Phase.TRIAL,
                6,
                line,
                hits,
                lines,
                lines,
                lines);
    }

    @Test
    void theyArriveAsTheyWere() throws Exception {
        assertThat(Opening.of(OPENING.message())).isEqualTo(OPENING);
        Order order = new Order(7, Order.Verb.ROLLBACK, "ann", "\"why\"\n\\");
        assertThat(Order.of(order.message())).isEqualTo(order);
        Report report = report("f", 3);
        assertThat(Report.of("h1", report.bytes())).isEqualTo(report);
        assertThat(Report.of("h2", report.bytes()).host().name())
                .as("by the subject that it came on")
                .isEqualTo("h2");
    }

    @Test
    void aReportIsBounded() throws Exception {
        Report huge = report("\u20ac\u0000\"".repeat(2000), 500);
        assertThat(huge.bytes().length).isLessThan(Report.MAX);
        assertThat(huge.message()).hasSize(300).endsWith("...").doesNotContain("\u0000");
        assertThat(huge.hits()).hasSizeLessThanOrEqualTo(16);
        assertThat(report("f", 500).hits()).hasSize(16).containsEntry("f499", 499L);
        assertThat(Report.of("h1", huge.bytes())).isEqualTo(huge);
    }

    @Test
    void whatANewerVersionHasAddedIsIgnored() throws Exception {
        String text = new String(OPENING.message(), StandardCharsets.UTF_8);
        byte[] newer =
                text.replaceFirst("\\{", "{\"colour\":{\"a\":[1,2.5e3,null]},").getBytes(StandardCharsets.UTF_8);
        assertThat(Opening.of(newer)).isEqualTo(OPENING);
    }

    /** Whatever bytes arrive: a message, or a refusal in one line. */
    @Test
    void damagedMessagesAreRefused() {
        Random random = new Random(1);
        int refused = 0;
        for (byte[] message : List.of(OPENING.message(), report("f", 3).bytes())) {
            for (int i = 0; i < 3000; i++) {
                byte[] damaged = message.clone();
                for (int n = random.nextInt(1, 6); n > 0; n--) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
                }
                try {
                    Opening.of(damaged);
                    Report.of("h1", damaged);
                } catch (PolicyException e) {
                    refused++;
                    assertThat(e.getMessage()).isNotEmpty();
                }
            }
        }
        assertThat(refused).isGreaterThan(3000);
        String deep = "{\"a\":".repeat(5000) + "1" + "}".repeat(5000);
        assertThatThrownBy(() -> Json.parse(deep.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(PolicyException.class);
        assertThatThrownBy(() -> Json.parse("{\"a\":99999999999999999999}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(PolicyException.class);
    }

    @Test
    void hostsDoNotReconnectAllAtOnce() {
        Set<Duration> pauses = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            assertThat(Store.pause(1)).isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
            assertThat(Store.pause(1000)).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(20));
            pauses.add(Store.pause(1000));
        }
        assertThat(pauses).hasSizeGreaterThan(50);
    }
}
