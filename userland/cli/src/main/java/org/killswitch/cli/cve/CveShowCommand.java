// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.cve;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.data.CveRecord;
import org.killswitch.catalogue.data.ImportException;
import org.killswitch.catalogue.data.Verification;
import org.killswitch.catalogue.verdict.CveData;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.catalogue.verdict.Evidence;
import org.killswitch.catalogue.verdict.Subject;
import org.killswitch.catalogue.verdict.Verdict;
import org.killswitch.cli.Converters;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code killswitch cve show CVE [--shell] [--json]}. */
@Command(
        name = "show",
        header = "Show a CVE, the verdict for this kernel, and the evidence.",
        description = {"", "Evidence that decided the verdict is marked with '*'.", ""},
        footer = {
            "",
            "Examples:",
            "  killswitch cve show CVE-2026-31431",
            "  killswitch cve show --shell CVE-2026-31431"
        })
final class CveShowCommand implements Callable<Integer> {

    private static final String CONTROL = "/sys/kernel/security/killswitch/control";

    private final Host host;
    private final CvePlaces places;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Parameters(paramLabel = "CVE", converter = Converters.ToCve.class, description = "Its number: CVE-2026-31431.")
    @SuppressWarnings("NullAway.Init")
    private String cve;

    @Option(names = "--shell", description = "Print the commands for a host that has only the kernel module.")
    private boolean shell;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    CveShowCommand(Host host, CvePlaces places) {
        this.host = host;
        this.places = places;
    }

    @Override
    public Integer call() throws ImportException {
        CveData data = CveData.readOnly(places, cve::equals, host.err());
        Optional<Subject> subject = data.subject(cve);
        if (subject.isEmpty()) {
            host.err()
                    .println("killswitch: nothing is known about " + cve
                            + ": neither the catalogue nor imported data has it; see killswitch cve import --help");
            return ExitCode.SOFTWARE;
        }
        Optional<Entry> entry = subject.get().entry();
        Optional<Entry.Engagement> chosen = entry.flatMap(e -> data.judge().choose(e));
        if (shell) {
            return shell(entry, chosen);
        }
        Verdict verdict = data.judge().judge(subject.get());
        if (json) {
            boolean isEngaged = entry.filter(data.judge()::isEngaged).isPresent();
            Map<String, @Nullable Object> node = Json.document();
            node.putAll(VerdictJson.of(verdict, isEngaged));
            node.put("title", data.record(cve).map(CveRecord::title).orElse(null));
            node.put(
                    "cvss",
                    data.record(cve)
                            .map(CveRecord::cvss)
                            .filter(v -> !v.isEmpty())
                            .orElse(null));
            node.put("entry", entry.map(VerdictJson::of).orElse(null));
            node.put("verified", Verified.json(verified(entry)));
            host.out().println(Json.render(node, true));
        } else {
            text(data, verdict, chosen, verified(entry)).forEach(host.out()::println);
        }
        return ExitCode.OK;
    }

    private List<Verification> verified(Optional<Entry> entry) throws ImportException {
        return entry.isPresent() ? Verified.of(entry.get(), places) : List.of();
    }

    private int shell(Optional<Entry> entry, Optional<Entry.Engagement> chosen) {
        if (chosen.isEmpty()) {
            host.err()
                    .println("killswitch: there is no engagement for " + cve + ": "
                            + entry.flatMap(Entry::noEngagement).orElse("the catalogue has none for this kernel"));
            return ExitCode.SOFTWARE;
        }
        for (Entry.Function f : chosen.get().functions()) {
            if (f.when().isPresent()) {
                host.err()
                        .println("killswitch: " + f.symbol()
                                + " needs a guard, which only the killswitch command can make:"
                                + " killswitch engage " + f.symbol() + " "
                                + f.retval().value() + " --when '"
                                + f.when().get() + "'");
                return ExitCode.SOFTWARE;
            }
        }
        chosen.get()
                .functions()
                .forEach(f -> host.out()
                        .println("echo 'engage " + f.symbol() + " " + f.retval().value() + " # " + cve + "' > "
                                + CONTROL));
        return ExitCode.OK;
    }

    private static List<String> text(
            CveData data, Verdict verdict, Optional<Entry.Engagement> chosen, List<Verification> verified) {
        List<String> lines = new ArrayList<>();
        Subject subject = verdict.subject();
        String name = subject.entry()
                .map(Entry::names)
                .filter(n -> !n.isEmpty())
                .map(n -> " (" + String.join(", ", n) + ")")
                .orElse("");
        lines.add(subject.cve() + name + ": " + verdict.status());
        for (Evidence e : verdict.evidence()) {
            lines.add((e.decides() ? "* " : "  ") + e.source() + ": " + e.text());
        }
        lines.add(data.age());
        lines.add("");
        subject.entry()
                .ifPresentOrElse(
                        e -> {
                            addEntry(e, chosen, lines);
                            Verified.lines(verified, data.facts()).forEach(l -> add(lines, "Verified", l));
                            e.references().forEach(r -> add(lines, "See", r));
                        },
                        () -> data.record(subject.cve()).ifPresent(r -> {
                            add(lines, "Title", r.title());
                            add(lines, "CVSS", r.cvss());
                            add(lines, "Files", String.join(", ", r.files()));
                            lines.add("The catalogue has no entry for it.");
                        }));
        return lines;
    }

    private static void addEntry(Entry entry, Optional<Entry.Engagement> chosen, List<String> lines) {
        add(lines, "Flaw", entry.summary());
        add(lines, "Reached by", entry.reach() + ": " + entry.reachNote());
        chosen.ifPresentOrElse(
                e -> {
                    for (Entry.Function f : e.functions()) {
                        add(
                                lines,
                                "Engage",
                                f.symbol() + " " + f.retval()
                                        + f.when().map(w -> " when " + w).orElse(""));
                    }
                    add(lines, "Why", e.why());
                    add(lines, "Breaks", e.breaks());
                    e.dangerousBecause().ifPresent(d -> add(lines, "Dangerous, but", d));
                },
                () -> add(
                        lines, "No engagement", entry.noEngagement().orElse("the catalogue has none for this kernel")));
        entry.inUse()
                .ifPresent(u -> add(
                        lines,
                        "In use",
                        u.text() + u.test().map(t -> " Test: " + t).orElse("")));
        entry.doesNotUndo().ifPresent(d -> add(lines, "Does not undo", d));
        for (Entry.Measure m : entry.otherMeasures()) {
            add(
                    lines,
                    "Other measure",
                    m.measure() + m.failsWhen().map(f -> "; fails when: " + f).orElse(""));
        }
    }

    private static void add(List<String> lines, String title, String text) {
        if (!text.isEmpty()) {
            lines.add(title + ": " + text);
        }
    }
}
