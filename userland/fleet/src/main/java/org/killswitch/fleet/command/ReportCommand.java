// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.command;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Table;
import org.killswitch.cli.output.Times;
import org.killswitch.fleet.api.Json;
import org.killswitch.fleet.api.Member;
import org.killswitch.fleet.api.Report;
import org.killswitch.fleet.api.Verdicts;
import org.killswitch.policy.PolicyException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code killswitch fleet report}. */
@Command(
        name = "report",
        header = "Show which hosts a CVE affects, or how many hosts each CVE does.",
        footer = {
            "",
            "A host is judged by itself, as by 'killswitch cve scan', when its agent begins, when what it has engaged has"
                    + " changed, and every six hours. One that was judged with another kernel than it runs now, or not at all,"
                    + " is counted as not judged.",
            "Exit status: 0 nothing is known to be affected, 3 affected but mitigated, 4 affected and open; 1 failed, 2 wrong"
                    + " usage."
        })
final class ReportCommand implements Callable<Integer> {

    private static final int MITIGATED = 3;
    private static final int OPEN = 4;

    /** What needs attention, the worst first. */
    private static final List<String> SHOWN = List.of("affected", "mitigated", "unknown");

    private static final String NOT_JUDGED = "not judged";

    private final Host host;

    @Parameters(paramLabel = "CVE", arity = "0..1", description = "The CVE; without one, a line for each.")
    private @Nullable String cve;

    @Option(names = "--json", description = "Print JSON; with a CVE, a host that it does not affect is listed, too.")
    private boolean json;

    @Mixin
    private final FleetOptions options = new FleetOptions();

    ReportCommand(Host host) {
        this.host = host;
    }

    /** A host, and what it says. */
    private record Line(Member member, Optional<Verdicts> verdicts, Optional<Verdicts.Cve> cve) {

        String verdict() {
            return cve.map(Verdicts.Cve::verdict).orElse(NOT_JUDGED);
        }

        /** Its place among others: what needs attention comes first. */
        int rank() {
            int place = SHOWN.indexOf(verdict());
            return place < 0 ? SHOWN.size() : place;
        }
    }

    @Override
    public Integer call() throws PolicyException, InterruptedException {
        List<Member> members;
        Map<String, Verdicts> verdicts;
        try (Session session = new Session(options.config())) {
            members = session.reports(host.err()).stream().map(Report::host).toList();
            verdicts = session.verdicts(host.err());
        }
        // of another kernel than it runs now, they say nothing
        members.forEach(m ->
                verdicts.computeIfPresent(m.name(), (n, v) -> v.kernel().equals(m.kernel()) ? v : null));
        String wanted = cve;
        return wanted == null ? all(members, verdicts) : one(wanted.toUpperCase(Locale.ROOT), members, verdicts);
    }

    private int one(String name, List<Member> members, Map<String, Verdicts> verdicts) throws PolicyException {
        List<Line> lines = members.stream()
                .map(m -> {
                    Optional<Verdicts> said = Optional.ofNullable(verdicts.get(m.name()));
                    return new Line(m, said, said.flatMap(v -> v.of(name)));
                })
                .sorted(Comparator.comparingInt(Line::rank))
                .toList();
        if (lines.stream().allMatch(l -> l.cve().isEmpty()) && !verdicts.isEmpty()) {
            throw new PolicyException("no host knows " + name
                    + ": it is in the catalogue of none; put an entry into /etc/killswitch/mitigations.d there");
        }
        Map<String, Long> counts =
                lines.stream().collect(Collectors.groupingBy(Line::verdict, TreeMap::new, Collectors.counting()));
        if (json) {
            host.out()
                    .println(Json.object()
                            .with("version", 1L)
                            .with("cve", name)
                            .with("counts", counts)
                            .with(
                                    "hosts",
                                    lines.stream().map(ReportCommand::json).toList()));
        } else {
            host.out().println(name + ": " + counted(members.size(), counts));
            Table table = new Table(Collections.nCopies(6, Table.Align.LEFT));
            table.row(List.of("HOST", "KERNEL", "VERDICT", "CODE", "JUDGED", "REBOOT INTO"));
            lines.stream()
                    .filter(l -> l.rank() < SHOWN.size() || l.cve().isEmpty())
                    .forEach(l -> table.row(row(l)));
            if (lines.stream().anyMatch(l -> l.rank() < SHOWN.size() || l.cve().isEmpty())) {
                table.lines(host.width()).forEach(host.out()::println);
            }
        }
        return status(counts);
    }

    private List<String> row(Line line) {
        return List.of(
                line.member().name(),
                line.member().kernel(),
                line.verdict(),
                line.cve().map(c -> c.reachable().replace('_', ' ')).orElse("-"),
                line.verdicts()
                        .map(v -> Times.forPeople(v.judged(), host.zone()))
                        .orElse("-"),
                line.cve().flatMap(Verdicts.Cve::reboot).orElse("-"));
    }

    private static Json json(Line line) {
        return Json.object()
                .with("host", line.member().name())
                .with("kernel", line.member().kernel())
                .with("verdict", line.verdict())
                .with("reachable", line.cve().map(Verdicts.Cve::reachable))
                .with("judged", line.verdicts().map(v -> Times.forPrograms(v.judged())))
                .with("reboot", line.cve().flatMap(Verdicts.Cve::reboot));
    }

    private int all(List<Member> members, Map<String, Verdicts> verdicts) {
        Map<String, Map<String, Long>> counts = new TreeMap<>();
        members.stream()
                .flatMap(m -> Optional.ofNullable(verdicts.get(m.name())).stream())
                .forEach(v -> v.cves()
                        .forEach((name, c) -> counts.computeIfAbsent(name, n -> new TreeMap<>())
                                .merge(c.verdict(), 1L, Long::sum)));
        long judged =
                members.stream().filter(m -> verdicts.containsKey(m.name())).count();
        long omitted = verdicts.values().stream().filter(v -> v.omitted() > 0).count();
        if (json) {
            host.out()
                    .println(Json.object()
                            .with("version", 1L)
                            .with("hosts", (long) members.size())
                            .with("judged", judged)
                            .with("cves", counts));
            return status(total(counts));
        }
        host.out().println(judged + " of " + members.size() + " hosts are judged");
        if (omitted > 0) {
            host.out().println(omitted + " hosts know more CVEs than they report");
        }
        List<String> names = new ArrayList<>(counts.keySet());
        names.removeIf(n -> SHOWN.stream().noneMatch(counts.get(n)::containsKey));
        if (!names.isEmpty()) {
            Table table = new Table(List.of(Table.Align.LEFT, Table.Align.RIGHT, Table.Align.RIGHT, Table.Align.RIGHT));
            table.row(List.of("CVE", "AFFECTED", "MITIGATED", "UNKNOWN"));
            names.forEach(n -> {
                List<String> row = new ArrayList<>(List.of(n));
                SHOWN.forEach(s -> row.add(String.valueOf(counts.get(n).getOrDefault(s, 0L))));
                table.row(row);
            });
            table.lines(host.width()).forEach(host.out()::println);
        }
        return status(total(counts));
    }

    private static Map<String, Long> total(Map<String, Map<String, Long>> counts) {
        Map<String, Long> total = new TreeMap<>();
        counts.values().forEach(c -> c.forEach((verdict, n) -> total.merge(verdict, n, Long::sum)));
        return total;
    }

    private static String counted(int hosts, Map<String, Long> counts) {
        String parts = counts.entrySet().stream()
                .map(e -> e.getValue() + " " + e.getKey())
                .collect(Collectors.joining(", "));
        return hosts + (hosts == 1 ? " host: " : " hosts: ") + parts;
    }

    private static int status(Map<String, Long> counts) {
        return counts.containsKey("affected") ? OPEN : counts.containsKey("mitigated") ? MITIGATED : 0;
    }
}
