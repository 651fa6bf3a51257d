// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.killswitch.advice.Check;
import org.killswitch.advice.HostKernel;
import org.killswitch.advice.Verdict;
import org.killswitch.cli.output.Messages;
import org.killswitch.cli.output.Table;

/**
 * How {@code check} does on functions that nobody has chosen, each by a kernel that was opened anew from its cache, as
 * the command does it. Times are those of the processor, in a JVM that is warm.
 *
 * @param verdicts how many have which
 * @param failures functions on which it threw something
 * @param opening how long the kernel took to open from the cache
 * @param slowest how long the slowest check took, the opening included
 * @param slowestFunction the function of that
 * @param most how long 95 of 100 took at most
 */
record RandomChecks(
        String kernel,
        Map<Verdict, Integer> verdicts,
        List<String> failures,
        Duration opening,
        Duration slowest,
        String slowestFunction,
        Duration most) {

    /** Also without a value, and with one for which there are callers that wait for it. */
    private static final List<OptionalLong> VALUES =
            List.of(OptionalLong.of(-1), OptionalLong.of(0), OptionalLong.empty());

    /** Its time is not that of whatever else the machine does. */
    private static final ThreadMXBean PROCESSOR = ManagementFactory.getThreadMXBean();

    private record Run(String function, Duration time) {}

    static RandomChecks of(String kernel, Path root, int count, long seed) throws IOException {
        List<String> functions = drawn(root, count, seed);
        Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
        List<String> failures = new ArrayList<>();
        List<Run> runs = new ArrayList<>();
        Duration opening = Duration.ZERO;
        for (String function : functions) {
            OptionalLong value = VALUES.get(runs.size() % VALUES.size());
            long start = PROCESSOR.getCurrentThreadCpuTime();
            try (HostKernel host = HostKernel.open(root)) {
                Duration opened = Duration.ofNanos(PROCESSOR.getCurrentThreadCpuTime() - start);
                opening = opened.compareTo(opening) > 0 ? opened : opening;
                verdicts.merge(Check.of(host.kernel(), function, value).verdict(), 1, Integer::sum);
            } catch (RuntimeException e) {
                failures.add(function + ": " + e);
            }
            runs.add(new Run(function, Duration.ofNanos(PROCESSOR.getCurrentThreadCpuTime() - start)));
        }
        runs.sort((a, b) -> a.time.compareTo(b.time));
        return new RandomChecks(
                kernel,
                verdicts,
                failures,
                opening,
                runs.getLast().time,
                runs.getLast().function,
                runs.get((runs.size() * 95 + 99) / 100 - 1).time);
    }

    private static List<String> drawn(Path root, int count, long seed) throws IOException {
        try (HostKernel host = HostKernel.open(root)) {
            List<String> all = new ArrayList<>(host.functions());
            Collections.shuffle(all, new Random(seed));
            return all.subList(0, Math.min(count, all.size()));
        }
    }

    static Table table(List<RandomChecks> results) {
        List<Table.Align> columns = new ArrayList<>(List.of(Table.Align.LEFT, Table.Align.RIGHT));
        List<String> header = new ArrayList<>(List.of("", "GOAL"));
        for (RandomChecks result : results) {
            columns.add(Table.Align.RIGHT);
            header.add(result.kernel);
        }
        Table table = new Table(columns);
        table.row(header);
        row(table, results, "functions", "500", r -> Integer.toString(r.count()));
        for (Verdict verdict : Verdict.values()) {
            row(
                    table,
                    results,
                    "  " + Messages.word(verdict),
                    "",
                    r -> Integer.toString(r.verdicts.getOrDefault(verdict, 0)));
        }
        row(table, results, "  failed", "0", r -> Integer.toString(r.failures.size()));
        row(table, results, "processor time of 95 of 100, at most", "", r -> seconds(r.most));
        row(table, results, "  of the slowest", "1 s", r -> seconds(r.slowest));
        row(table, results, "    which is", "", RandomChecks::slowestFunction);
        row(table, results, "  of the longest opening", "", r -> seconds(r.opening));
        return table;
    }

    private static void row(
            Table table, List<RandomChecks> results, String what, String goal, Function<RandomChecks, String> value) {
        List<String> row = new ArrayList<>(List.of(what, goal));
        results.forEach(r -> row.add(value.apply(r)));
        table.row(row);
    }

    private int count() {
        return verdicts.values().stream().mapToInt(Integer::intValue).sum() + failures.size();
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.2f s", time.toMillis() / 1e3);
    }

    Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        node.put("kernel", kernel);
        node.put("functions", (long) count());
        verdicts.forEach((verdict, number) -> node.put(Messages.word(verdict), (long) number));
        node.put("failures", failures);
        node.put("opening_ms", opening.toMillis());
        node.put("slowest_ms", slowest.toMillis());
        node.put("slowest", slowestFunction);
        node.put("most_ms", most.toMillis());
        return node;
    }
}
