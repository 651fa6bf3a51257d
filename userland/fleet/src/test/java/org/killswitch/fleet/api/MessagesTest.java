// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.killswitch.control.SymbolName;
import org.killswitch.policy.PolicyException;

/** The messages are what they were when they arrive, are bounded, and may be anybody's. */
class MessagesTest {

    private static final Opening OPENING = new Opening(
            7,
            "d",
            true,
            Map.of("canary", Opening.Stage.KEEP, "rest", Opening.Stage.TRIAL),
            Map.of("few", Set.of("h1", "h2")),
            4,
            9);

    private static Report report(String line, int count) {
        Map<String, Long> hits = new TreeMap<>();
        IntStream.range(0, count).forEach(i -> hits.put(line + i, (long) i));
        List<String> lines = IntStream.range(0, count).mapToObj(i -> line + i).toList();
        return new Report(
                new Member("h1", Map.of("role", "web"), "6.1", "debian"),
                7,
                "d",
                "e",
                Report.Phase.TRIAL,
                5,
                6,
                line,
                hits,
                lines,
                lines,
                lines,
                Optional.empty());
    }

    /** Of so many functions, each called by so many programs: the last ones most. */
    private static Callers callers(String program, int count) {
        Map<String, Long> calls = new TreeMap<>();
        IntStream.range(0, count).forEach(i -> calls.put(i + program, (long) i));
        Map<SymbolName, Callers.Programs> functions = new HashMap<>();
        IntStream.range(0, count)
                .forEach(i -> functions.put(
                        new SymbolName("f".repeat(250) + i),
                        new Callers.Programs(i == 0 ? Map.of() : calls, i == 0 ? 0 : i)));
        return new Callers(functions, true, "");
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
    void olderOnesSayNothingOfOrdersAndOfHowManyHostsThereAre() throws Exception {
        byte[] report = without("order", report("f", 1).bytes());
        assertThat(Report.of("h1", report).order()).as("newer than any").isEqualTo(Long.MAX_VALUE);
        assertThat(Opening.of(without("order", OPENING.message())).order()).isZero();
        assertThat(Opening.of(without("hosts", OPENING.message())).hosts()).isZero();
    }

    private static byte[] without(String name, byte[] message) {
        String text = new String(message, StandardCharsets.UTF_8);
        String less = text.replaceFirst(",\"" + name + "\":[0-9]+", "");
        assertThat(less).isNotEqualTo(text);
        return less.getBytes(StandardCharsets.UTF_8);
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
    void callersArriveAsTheyWere() throws Exception {
        for (Callers callers : List.of(
                callers("sshd", 3), callers("\u20ac\u0000\"", 100), Callers.missing("\u001b[2J" + "x".repeat(500)))) {
            Report report = report("f", 3).withCallers(callers);
            assertThat(Report.of("h1", report.bytes())).isEqualTo(report);
        }
    }

    @Test
    void callersAreBounded() throws Exception {
        Callers many = callers("\u20ac\u0000\"".repeat(10), 100);
        assertThat(many.functions()).hasSize(16);
        many.functions().forEach((function, programs) -> {
            assertThat(programs.calls()).hasSize(8);
            assertThat(programs.calls().keySet())
                    .allSatisfy(p -> assertThat(p).hasSizeLessThanOrEqualTo(16).doesNotContain("\u0000"));
            int i = Integer.parseInt(function.text().substring(250));
            assertThat(programs.total()).as("nothing is lost").isEqualTo(99 * 100 / 2 + i);
        });
        assertThat(many.functions().keySet().iterator().next().text()).endsWith("f99");
        assertThat(new Callers.Programs(Map.of("\u009b", 2L, "\u202e", 3L), 0).calls())
                .as("a terminal obeys those, too")
                .isEqualTo(Map.of("?", 5L));
        assertThat(new Callers.Programs(Map.of("a", -5L, "b", Long.MAX_VALUE), Long.MAX_VALUE).total() * 10_000)
                .as("the sum of a fleet")
                .isPositive();
        assertThat(new Callers(Map.of(new SymbolName("f".repeat(301)), new Callers.Programs(Map.of(), 0)), false, "")
                        .functions())
                .isEmpty();
        // A host whose report is not stored would count as lost.
        String line = "\u20ac".repeat(300);
        Map<String, Long> hits = new TreeMap<>();
        IntStream.range(0, 16).forEach(i -> hits.put(i + line, 1L));
        List<String> lines = Collections.nCopies(8, line);
        Report huge = new Report(
                        new Member("h1", Map.of("role", "x".repeat(8000)), "6.1", "debian"),
                        7,
                        "d",
                        "",
                        Report.Phase.TRIAL,
                        5,
                        6,
                        line,
                        hits,
                        lines,
                        lines,
                        lines,
                        Optional.empty())
                .withCallers(many);
        assertThat(huge.bytes()).hasSizeLessThan(Report.MAX);
        assertThat(Report.of("h1", huge.bytes()))
                .isEqualTo(huge.withCallers(Callers.missing("the report is too long for them")));
    }

    @Test
    void callersMayBeMissingOrAnything() throws Exception {
        String text = new String(report("f", 1).withCallers(callers("sshd", 2)).bytes(), StandardCharsets.UTF_8);
        String old = text.replaceFirst(",\"callers\":.*", "}");
        assertThat(old).isNotEqualTo(text);
        assertThat(Report.of("h1", old.getBytes(StandardCharsets.UTF_8))).isEqualTo(report("f", 1));
        for (String odd : List.of("7", "null", "[]", "{}")) {
            assertThat(callers(old, odd)).isEmpty();
        }
        assertThat(
                        callers(
                                old,
                                "{\"functions\":{\"no name\":{},\"f\":{\"programs\":{\"a\":1,\"b\":\"2\"},\"others\":0,\"new\":1}}}"))
                .contains(new Callers(
                        Map.of(new SymbolName("f"), new Callers.Programs(Map.of("a", 1L), 0)), false, ""));
    }

    private static Optional<Callers> callers(String report, String value) throws PolicyException {
        String text = report.substring(0, report.length() - 1) + ",\"callers\":" + value + "}";
        return Report.of("h1", text.getBytes(StandardCharsets.UTF_8)).callers();
    }

    @Test
    void whatATerminalObeysIsReplaced() throws Exception {
        String half =
                "{\"host\":\"h1\",\"kernel\":\"6\\u001b[2J\",\"distribution\":\"debian\",\"serial\":1,\"digest\":\"\","
                        + "\"phase\":\"NONE\",\"kept\":0,\"message\":\"a\\ud83d\"}";
        Report read = Report.of("h1", half.getBytes(StandardCharsets.UTF_8));
        assertThat(read.message()).isEqualTo("a?");
        assertThat(read.host().kernel()).isEqualTo("6?[2J");
        Report cut = report("x".repeat(296) + "\ud83d\ude00".repeat(10), 1);
        assertThat(Report.of("h1", cut.bytes())).isEqualTo(cut);
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
