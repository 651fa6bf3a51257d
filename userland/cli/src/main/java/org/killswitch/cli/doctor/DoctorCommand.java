// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.doctor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.cli.Version;
import org.killswitch.cli.output.Json;
import org.killswitch.cli.output.Messages;
import org.killswitch.cli.output.Table;
import org.killswitch.host.Programs;
import org.killswitch.host.doctor.Doctor;
import org.killswitch.host.doctor.Finding;
import org.killswitch.host.doctor.HostFacts;
import org.killswitch.posix.Architecture;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code killswitch doctor [--json]}. */
@Command(
        name = "doctor",
        header = "Check whether this host has what killswitch needs, and how to fix it.",
        description = {"", "Changes nothing and works for every user; some checks need root.", ""},
        footer = {
            "",
            "ok: as required; note: for information; unknown: could not be determined; warning: a part of killswitch does"
                    + " not work; problem: killswitch cannot work here.",
            "Exit status: 0 no problem, 1 a problem (with --strict also a warning), 2 wrong usage.",
            "",
            "Example:",
            "  killswitch doctor"
        })
public final class DoctorCommand implements Callable<Integer> {

    private final Host host;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--strict", description = "Exit with 1 also if there is a warning, as for monitoring.")
    private boolean strict;

    public DoctorCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        List<Finding> findings = Doctor.examine(
                HostFacts.of(host.files(), Architecture.nameOfHost(), Version.number(), Programs.onPath()));
        if (json) {
            host.out().println(json(findings));
        } else {
            print(findings);
        }
        Finding.Verdict least = strict ? Finding.Verdict.WARNING : Finding.Verdict.PROBLEM;
        return findings.stream().anyMatch(f -> f.verdict().compareTo(least) >= 0) ? ExitCode.SOFTWARE : ExitCode.OK;
    }

    private void print(List<Finding> findings) {
        Table table = new Table(List.of(Table.Align.LEFT, Table.Align.LEFT, Table.Align.LEFT));
        for (Finding f : findings) {
            table.row(List.of(Messages.word(f.verdict()), f.id(), f.found()));
            if (!f.fix().isEmpty()) {
                table.row(List.of("", "", "-> " + f.fix()));
            }
        }
        table.lines(host.width()).forEach(host.out()::println);
        host.out().println();
        host.out().println(summary(findings));
    }

    private static String summary(List<Finding> findings) {
        long problems = count(findings, Finding.Verdict.PROBLEM);
        long warnings = count(findings, Finding.Verdict.WARNING);
        if (problems > 0) {
            return "killswitch cannot work here: " + problems + (problems == 1 ? " problem" : " problems");
        }
        return warnings > 0
                ? "killswitch works here, but for " + warnings + (warnings == 1 ? " warning" : " warnings")
                : "killswitch works here";
    }

    private static long count(List<Finding> findings, Finding.Verdict verdict) {
        return findings.stream().filter(f -> f.verdict() == verdict).count();
    }

    private static String json(List<Finding> findings) {
        List<Map<String, @Nullable Object>> list = new ArrayList<>();
        for (Finding f : findings) {
            Map<String, @Nullable Object> node = new LinkedHashMap<>();
            node.put("id", f.id());
            node.put("verdict", Messages.word(f.verdict()));
            node.put("found", f.found());
            node.put("fix", f.fix().isEmpty() ? null : f.fix());
            list.add(node);
        }
        return Json.render(Json.document("findings", list), true);
    }
}
