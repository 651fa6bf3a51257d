// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.Converters;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Table;
import org.killswitch.control.SymbolName;
import org.killswitch.fleet.api.Callers;
import org.killswitch.fleet.api.Json;
import org.killswitch.fleet.api.Report;
import org.killswitch.fleet.controller.Rings;
import org.killswitch.policy.PolicyException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code killswitch fleet callers}. */
@Command(
        name = "callers",
        header = "Show which programs call what is observed or engaged, and on how many hosts.",
        footer = {
            "",
            "Each host reports the 8 programs that call a function most since the policy began there, or since its agent was"
                    + " started; the rest is (others). A program is the name of the thread that calls, which a program can"
                    + " choose; (softirq), (hardirq) and (nmi) are interrupts. Where calls come too fast to be followed, a"
                    + " sample of them is counted: 'killswitch fleet hosts' counts all."
        })
final class CallersCommand implements Callable<Integer> {

    private static final String OTHERS = "(others)";

    private final Host host;

    @Parameters(
            paramLabel = "SYMBOL",
            arity = "0..1",
            converter = Converters.ToSymbol.class,
            description = "The function; without one, all of them.")
    private @Nullable SymbolName symbol;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private final FleetOptions options = new FleetOptions();

    CallersCommand(Host host) {
        this.host = host;
    }

    /** Calls by one program, or by those that have no line of their own, and the hosts that they were on. */
    private static final class Row {
        private final Optional<String> program;
        private final List<String> hosts = new ArrayList<>();
        private long calls;

        Row(Optional<String> program) {
            this.program = program;
        }

        void add(String name, long more) {
            calls += more;
            hosts.add(name);
        }

        Json json() {
            return Json.object().with("program", program).with("calls", calls).with("hosts", hosts);
        }
    }

    /** The calls of one function. */
    private static final class Function {
        private final Map<Optional<String>, Row> rows = new HashMap<>();
        private long followed;

        void add(String name, Callers.Programs programs) {
            followed++;
            programs.calls()
                    .forEach((program, calls) -> row(Optional.of(program)).add(name, calls));
            if (programs.others() > 0) {
                row(Optional.empty()).add(name, programs.others());
            }
        }

        private Row row(Optional<String> program) {
            return rows.computeIfAbsent(program, Row::new);
        }

        long calls() {
            return rows.values().stream().mapToLong(r -> r.calls).sum();
        }

        /** Most calls first, and the others last. */
        List<Row> sorted() {
            return rows.values().stream()
                    .sorted(Comparator.<Row, Boolean>comparing(r -> r.program.isEmpty())
                            .thenComparing(r -> r.calls, Comparator.reverseOrder())
                            .thenComparing(r -> r.program.orElse("")))
                    .toList();
        }

        Json json(String name) {
            return Json.object()
                    .with("function", name)
                    .with("calls", calls())
                    .with("followed", followed)
                    .with("callers", sorted().stream().map(Row::json).toList());
        }
    }

    /** What all hosts say together. */
    private static final class Sum {
        private final Map<SymbolName, Function> functions = new HashMap<>();
        private final List<String> followed = new ArrayList<>();
        private final List<String> sampled = new ArrayList<>();
        /** Hosts by the reason why they do not follow calls. */
        private final Map<String, List<String>> missing = new TreeMap<>();

        private void add(Report report) {
            String name = report.host().name();
            if (report.callers().isEmpty()) {
                if (isInEffect(report)) {
                    missing("its agent is of an older version", name);
                }
                return;
            }
            Callers callers = report.callers().get();
            if (!callers.missing().isEmpty()) {
                missing(callers.missing(), name);
            } else {
                followed.add(name);
            }
            if (callers.sampled()) {
                sampled.add(name);
            }
            callers.functions()
                    .forEach((function, programs) -> functions
                            .computeIfAbsent(function, f -> new Function())
                            .add(name, programs));
        }

        private void missing(String why, String name) {
            missing.computeIfAbsent(why, w -> new ArrayList<>()).add(name);
        }

        private static boolean isInEffect(Report report) {
            return switch (report.phase()) {
                case OBSERVING, TRIAL, KEPT -> true;
                case NONE, EXCLUDED, WAITING, FAILED, UNDONE -> false;
            };
        }

        /** Most calls first. */
        private List<Map.Entry<SymbolName, Function>> sorted() {
            return functions.entrySet().stream()
                    .sorted(Map.Entry.<SymbolName, Function>comparingByValue(
                                    Comparator.comparingLong(Function::calls).reversed())
                            .thenComparing(f -> f.getKey().text()))
                    .toList();
        }
    }

    @Override
    public Integer call() throws PolicyException, InterruptedException {
        List<Report> reports;
        try (Session session = new Session(options.config())) {
            reports = session.reports(host.err());
        }
        Sum sum = new Sum();
        reports.forEach(sum::add);
        SymbolName wanted = symbol;
        if (wanted != null) {
            sum.functions.keySet().removeIf(f -> !f.mayBe(wanted));
            if (sum.functions.isEmpty() && !sum.followed.isEmpty()) {
                throw new PolicyException("no host follows calls of " + wanted
                        + ": it is neither observed nor engaged; see killswitch fleet callers");
            }
        }
        if (json) {
            host.out().println(json(reports.size(), sum));
        } else {
            print(reports.size(), sum);
        }
        return 0;
    }

    private void print(int hosts, Sum sum) {
        host.out().println("calls are followed on " + sum.followed.size() + " of " + hosts + " hosts");
        if (!sum.sampled.isEmpty()) {
            host.out().println("a sample, as there were too many: " + Rings.some(sum.sampled));
        }
        sum.missing.forEach((why, names) -> host.out().println("not on " + Rings.some(names) + ": " + why));
        if (sum.functions.isEmpty()) {
            return;
        }
        Table table = new Table(
                List.of(Table.Align.LEFT, Table.Align.LEFT, Table.Align.RIGHT, Table.Align.RIGHT, Table.Align.LEFT));
        table.row(List.of("FUNCTION", "PROGRAM", "CALLS", "HOSTS", ""));
        for (Map.Entry<SymbolName, Function> f : sum.sorted()) {
            String name = f.getKey().text();
            if (f.getValue().rows.isEmpty()) {
                table.row(List.of(name, "-", "0", "0", ""));
            }
            for (Row row : f.getValue().sorted()) {
                table.row(List.of(
                        name,
                        row.program.orElse(OTHERS),
                        String.valueOf(row.calls),
                        String.valueOf(row.hosts.size()),
                        Rings.some(row.hosts)));
            }
        }
        table.lines(host.width()).forEach(host.out()::println);
    }

    private static Json json(int hosts, Sum sum) {
        return Json.object()
                .with("version", 1L)
                .with("hosts", (long) hosts)
                .with("followed", (long) sum.followed.size())
                .with("sampled", sum.sampled)
                .with(
                        "missing",
                        sum.missing.entrySet().stream()
                                .map(e -> Json.object().with("why", e.getKey()).with("hosts", e.getValue()))
                                .toList())
                .with(
                        "functions",
                        sum.sorted().stream()
                                .map(f -> f.getValue().json(f.getKey().text()))
                                .toList());
    }
}
