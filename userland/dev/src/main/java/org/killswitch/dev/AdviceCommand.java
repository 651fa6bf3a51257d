// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.cli.lab.LabOfHost;
import org.killswitch.cli.output.Json;
import org.killswitch.cli.output.Table;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.KernelRelease;
import org.killswitch.lab.Lab;
import org.killswitch.lab.SourceTree;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code script/dev advice}, which {@code bench/advice} is. */
@Command(
        name = "advice",
        header = "Measure how good the advice of 'killswitch advise' and 'check' is.",
        description = {
            "",
            "Asks about the fixes of bench/advice-data on stock kernels, which are recorded once in a guest with their"
                    + " modules loaded. bench/README.md says what is counted.",
            ""
        })
final class AdviceCommand implements Callable<Integer> {

    private final Host host;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Option(
            names = "--kernel",
            paramLabel = "KERNEL",
            split = ",",
            defaultValue = "6.1,6.12",
            description = "The kernels (default: ${DEFAULT-VALUE}).")
    private List<String> kernels = List.of();

    @Option(
            names = "--random",
            paramLabel = "N",
            description = "Measure instead how check does on N functions that are taken at random.")
    private int random;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "What the random functions are drawn with (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--quiet", description = "Print the numbers only.")
    private boolean quiet;

    AdviceCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws IOException {
        SourceTree sources = LabOfHost.sources();
        AdviceData data = AdviceData.read(sources.bench(), sources.root().resolve("mitigations"));
        Lab lab = LabOfHost.open(host);
        Map<String, Path> roots = new LinkedHashMap<>();
        for (String name : kernels) {
            Kernel kernel = lab.kernel(KernelRelease.named(name));
            roots.put(name, KernelRecorder.record(lab, kernel, data.modules()));
        }
        if (random > 0) {
            return random(roots);
        }
        List<AdviceScore> scores = new ArrayList<>();
        for (Map.Entry<String, Path> root : roots.entrySet()) {
            scores.add(AdviceScore.of(data, root.getKey(), root.getValue()));
        }
        if (json) {
            host.out()
                    .println(Json.render(
                            Json.document(
                                    "kernels",
                                    scores.stream().map(AdviceCommand::json).toList()),
                            true));
        } else {
            table(scores).lines().forEach(host.out()::println);
            if (!quiet) {
                scores.forEach(this::explain);
            }
        }
        return ExitCode.OK;
    }

    /** Fails where check does. */
    private int random(Map<String, Path> roots) throws IOException {
        List<RandomChecks> results = new ArrayList<>();
        for (Map.Entry<String, Path> root : roots.entrySet()) {
            results.add(RandomChecks.of(root.getKey(), root.getValue(), random, seed));
        }
        if (json) {
            List<Map<String, @Nullable Object>> nodes =
                    results.stream().map(RandomChecks::json).toList();
            host.out().println(Json.render(Json.document("kernels", nodes), true));
        } else {
            RandomChecks.table(results).lines().forEach(host.out()::println);
            results.forEach(r -> explain(r.kernel() + ", failed:", r.failures()));
        }
        return results.stream().allMatch(r -> r.failures().isEmpty()) ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private static Table table(List<AdviceScore> scores) {
        List<Table.Align> columns = new ArrayList<>(List.of(Table.Align.LEFT, Table.Align.RIGHT));
        List<String> header = new ArrayList<>(List.of("", "GOAL"));
        for (AdviceScore score : scores) {
            columns.add(Table.Align.RIGHT);
            header.add(score.kernel());
        }
        Table table = new Table(columns);
        table.row(header);
        rows(table, scores, "fixes", "60", AdviceScore::all);
        rows(table, scores, "of these, with an even number", "", AdviceScore::even);
        rows(table, scores, "of these, with an odd number", "", AdviceScore::odd);
        row(table, scores, "good engagements", "", s -> Integer.toString(s.good()));
        row(table, scores, "false alarms", "< 5 %", s -> share(s.falseAlarms().size(), s.good()));
        row(table, scores, "bad engagements", "100", s -> Integer.toString(s.bad()));
        row(
                table,
                scores,
                "missed dangers",
                "0",
                s -> Integer.toString(s.missed().size()));
        return table;
    }

    private static void rows(
            Table table,
            List<AdviceScore> scores,
            String what,
            String goal,
            Function<AdviceScore, AdviceScore.Asked> asked) {
        boolean goals = !goal.isEmpty();
        row(table, scores, what, goal, s -> Integer.toString(asked.apply(s).fixes()));
        share(table, scores, "  the first is the chosen one", "", asked, AdviceScore.Asked::first);
        share(table, scores, "    or does the same as well", goals ? "60 %" : "", asked, AdviceScore.Asked::firstAlike);
        share(table, scores, "  one of three is the chosen one", "", asked, AdviceScore.Asked::three);
        share(table, scores, "    or does the same as well", goals ? "80 %" : "", asked, AdviceScore.Asked::threeAlike);
    }

    private static void share(
            Table table,
            List<AdviceScore> scores,
            String what,
            String goal,
            Function<AdviceScore, AdviceScore.Asked> asked,
            ToIntFunction<AdviceScore.Asked> part) {
        row(
                table,
                scores,
                what,
                goal,
                s -> share(part.applyAsInt(asked.apply(s)), asked.apply(s).fixes()));
    }

    private static void row(
            Table table, List<AdviceScore> scores, String what, String goal, Function<AdviceScore, String> value) {
        List<String> row = new ArrayList<>(List.of(what, goal));
        scores.forEach(s -> row.add(value.apply(s)));
        table.row(row);
    }

    private static String share(int part, int whole) {
        return whole == 0 ? "-" : part + " (" + Math.round(100.0 * part / whole) + " %)";
    }

    private void explain(AdviceScore score) {
        explain(score.kernel() + ", not among the first three:", score.misses());
        explain(score.kernel() + ", false alarms:", score.falseAlarms());
        explain(score.kernel() + ", missed dangers:", score.missed());
        explain(score.kernel() + ", not asked:", score.skipped());
    }

    private void explain(String title, List<String> lines) {
        if (!lines.isEmpty()) {
            host.out().println();
            host.out().println(title);
            lines.forEach(l -> host.out().println("  " + l));
        }
    }

    private static Map<String, @Nullable Object> json(AdviceScore score) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        node.put("kernel", score.kernel());
        node.put("all", json(score.all()));
        node.put("even", json(score.even()));
        node.put("odd", json(score.odd()));
        node.put("good", (long) score.good());
        node.put("false_alarms", score.falseAlarms());
        node.put("bad", (long) score.bad());
        node.put("missed", score.missed());
        node.put("misses", score.misses());
        node.put("skipped", score.skipped());
        return node;
    }

    private static Map<String, @Nullable Object> json(AdviceScore.Asked asked) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        node.put("fixes", (long) asked.fixes());
        node.put("first", (long) asked.first());
        node.put("first_alike", (long) asked.firstAlike());
        node.put("three", (long) asked.three());
        node.put("three_alike", (long) asked.threeAlike());
        return node;
    }
}
