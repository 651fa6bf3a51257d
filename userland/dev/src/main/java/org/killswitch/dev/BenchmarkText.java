// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.output.Json;
import org.killswitch.cli.output.Table;

/** The results of a benchmark, as tables and as JSON. */
final class BenchmarkText {

    private BenchmarkText() {}

    /** A table for each thing that was measured, with what could not be. */
    static List<String> lines(BenchmarkResult result) {
        List<String> lines = new ArrayList<>();
        lines.add("Instructions for a call, those of the loop that makes the calls included");
        lines.addAll(rows(result));
        result.rows().stream()
                .filter(r -> r.reason().isPresent())
                .forEach(r -> lines.add(r.kernel() + ": " + r.name() + ": not measured: "
                        + r.reason().orElseThrow()));
        lines.add("");
        lines.add("Instructions for an overridden call, by how many functions are engaged");
        lines.addAll(scale(result));
        lines.add("");
        lines.add(
                "Engaging and disengaging: the guest's time, waits for grace periods included, and the instructions of"
                        + " the task that writes the commands");
        lines.addAll(bulk(result));
        lines.add("");
        lines.add("Memory for an engagement: slab, vmalloc, per-CPU and page-table memory over 1000 of them, files"
                + " included, in a guest with one CPU");
        lines.addAll(memory(result));
        lines.add("");
        lines.add(
                "Instructions for an overridden call (direct) while all CPUs call: those of all CPUs over the calls of all."
                        + " They take turns, so that what caches and locks cost CPUs that run at the same time does not show");
        lines.addAll(cpus(result));
        return lines;
    }

    private static List<String> rows(BenchmarkResult result) {
        Table table = new Table(List.of(Table.Align.LEFT, Table.Align.LEFT, Table.Align.RIGHT));
        table.row(List.of("KERNEL", "CALL", "INSTRUCTIONS"));
        result.rows()
                .forEach(r -> table.row(List.of(
                        r.kernel(),
                        r.name(),
                        r.instructions().isPresent() ? decimal(r.instructions().getAsDouble()) : "-")));
        return table.lines();
    }

    private static List<String> scale(BenchmarkResult result) {
        Table table = new Table(List.of(Table.Align.LEFT, Table.Align.RIGHT, Table.Align.RIGHT));
        table.row(List.of("BACKEND", "ENGAGED", "INSTRUCTIONS"));
        result.scale()
                .forEach(
                        s -> table.row(List.of(s.backend(), Integer.toString(s.engaged()), decimal(s.instructions()))));
        return table.lines();
    }

    private static List<String> bulk(BenchmarkResult result) {
        Table table = new Table(
                List.of(Table.Align.LEFT, Table.Align.RIGHT, Table.Align.RIGHT, Table.Align.RIGHT, Table.Align.RIGHT));
        table.row(List.of("COMMAND", "FUNCTIONS", "MS", "INSTRUCTIONS", "PER FUNCTION"));
        result.bulk()
                .forEach(b -> table.row(List.of(
                        b.action(),
                        Integer.toString(b.functions()),
                        decimal(b.milliseconds()),
                        Long.toString(b.instructions()),
                        Long.toString(b.instructions() / b.functions()))));
        return table.lines();
    }

    private static List<String> memory(BenchmarkResult result) {
        Table table = new Table(List.of(Table.Align.LEFT, Table.Align.RIGHT));
        table.row(List.of("BACKEND", "BYTES"));
        result.memory().forEach(m -> table.row(List.of(m.backend(), Long.toString(m.bytes()))));
        return table.lines();
    }

    private static List<String> cpus(BenchmarkResult result) {
        Table table = new Table(List.of(Table.Align.RIGHT, Table.Align.RIGHT, Table.Align.RIGHT, Table.Align.RIGHT));
        table.row(List.of("CPUS", "INSTRUCTIONS", "CALLS", "HITS COUNTED"));
        result.cpus()
                .forEach(c -> table.row(List.of(
                        Integer.toString(c.cpus()),
                        decimal(c.instructions()),
                        Long.toString(c.calls()),
                        Long.toString(c.hits()))));
        return table.lines();
    }

    private static String decimal(double number) {
        return String.format(Locale.ROOT, "%.1f", number);
    }

    /** The same with its names in a fixed order; what could not be measured is null, and has a reason. */
    static String json(BenchmarkResult result) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("kernel", result.kernel());
        root.put(
                "rows",
                result.rows().stream()
                        .map(r -> object(
                                "kernel", r.kernel(),
                                "name", r.name(),
                                "instructions", orNull(r.instructions()),
                                "reason", r.reason().orElse(null)))
                        .toList());
        root.put(
                "scale",
                result.scale().stream()
                        .map(s -> object(
                                "backend", s.backend(),
                                "engaged", (long) s.engaged(),
                                "instructions", rounded(s.instructions())))
                        .toList());
        root.put(
                "bulk",
                result.bulk().stream()
                        .map(b -> object(
                                "action", b.action(),
                                "functions", (long) b.functions(),
                                "milliseconds", rounded(b.milliseconds()),
                                "instructions", b.instructions()))
                        .toList());
        root.put(
                "memory",
                result.memory().stream()
                        .map(m -> object("backend", m.backend(), "bytes", m.bytes()))
                        .toList());
        root.put(
                "cpus",
                result.cpus().stream()
                        .map(c -> object(
                                "cpus", (long) c.cpus(),
                                "instructions", rounded(c.instructions()),
                                "calls", c.calls(),
                                "hits", c.hits()))
                        .toList());
        return Json.render(root, true);
    }

    private static @Nullable Double orNull(OptionalDouble number) {
        return number.isPresent() ? rounded(number.getAsDouble()) : null;
    }

    private static double rounded(double number) {
        return Math.round(number * 10) / 10.0;
    }

    private static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return object;
    }
}
