// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.cve;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.killswitch.catalogue.verdict.CveData;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.catalogue.verdict.Status;
import org.killswitch.catalogue.verdict.Verdict;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code killswitch cve scan [--all] [--json]}. */
@Command(
        name = "scan",
        header = "Show which CVEs affect this kernel.",
        description = {"", "Prints a summary, then a line for each CVE that is open, mitigated or unknown.", ""},
        footer = {
            "",
            "With --json, CVEs that are fixed or not present are listed, too.",
            "Exit status: 0 nothing known to be affected, 3 affected but mitigated, 4 affected and open; 1 failed,"
                    + " 2 wrong usage. What is unknown counts as neither; the first line has its number.",
            "",
            "Examples:",
            "  killswitch cve scan",
            "  killswitch cve scan --all --json"
        })
final class CveScanCommand extends CatalogueCommand {

    private static final int NOTHING = 0;
    private static final int MITIGATED = 3;
    private static final int OPEN = 4;

    @Option(names = "--all", description = "Every CVE of the imported data, not only those of the catalogue.")
    private boolean all;

    CveScanCommand(Host host, CvePlaces places) {
        super(host, places);
    }

    @Override
    boolean isAll() {
        return all;
    }

    @Override
    List<Verdict> shown(List<Verdict> verdicts) {
        return verdicts;
    }

    @Override
    List<String> lines(CveData data, List<Verdict> verdicts, int width) {
        List<String> lines = summary(verdicts);
        lines.add(data.age());
        lines.add("");
        lines.addAll(table(verdicts).lines(width));
        return lines;
    }

    @Override
    Map<String, @Nullable Object> json(CveData data, List<Verdict> verdicts) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        Map<String, Object> counts = new LinkedHashMap<>();
        for (Status status : Status.values()) {
            counts.put(status.toString(), count(verdicts, status));
        }
        node.put("counts", counts);
        node.put("data", data.age());
        return node;
    }

    @Override
    int exitStatus(List<Verdict> verdicts) {
        if (count(verdicts, Status.AFFECTED) > 0) {
            return OPEN;
        }
        return count(verdicts, Status.MITIGATED) > 0 ? MITIGATED : NOTHING;
    }

    private static long count(List<Verdict> verdicts, Status status) {
        return verdicts.stream().filter(v -> v.status() == status).count();
    }

    private List<String> summary(List<Verdict> verdicts) {
        List<Verdict> open = verdicts.stream().filter(Verdict::isOpen).toList();
        List<String> lines = new ArrayList<>();
        lines.add(open.size() + " of " + verdicts.size() + (all ? " CVEs" : " entries of the catalogue")
                + " are open here; " + count(verdicts, Status.MITIGATED) + " are mitigated, "
                + count(verdicts, Status.UNKNOWN) + " unknown");
        if (open.isEmpty()) {
            return lines;
        }
        lines.add("Open in code that is loaded: " + reachable(open, Verdict.Reachable.LOADED)
                + "; in code that any user can load: " + reachable(open, Verdict.Reachable.ANY_USER));
        if (all) {
            lines.add("Open with an entry in the catalogue: "
                    + open.stream().filter(v -> v.subject().entry().isPresent()).count());
        }
        Map<String, Integer> reboots = new TreeMap<>();
        open.forEach(v -> v.reboot().ifPresent(name -> reboots.merge(name, 1, Integer::sum)));
        reboots.forEach((name, count) -> lines.add(name + " is installed and fixes " + count + " of them: reboot"));
        return lines;
    }

    private static long reachable(List<Verdict> open, Verdict.Reachable reachable) {
        return open.stream().filter(v -> v.reachable() == reachable).count();
    }

    private static Table table(List<Verdict> verdicts) {
        Table table = new Table(Collections.nCopies(4, Table.Align.LEFT));
        table.row(List.of("CVE", "VERDICT", "CODE", "BECAUSE"));
        for (Status status : List.of(Status.AFFECTED, Status.MITIGATED, Status.UNKNOWN)) {
            for (Verdict v : verdicts) {
                if (v.status() == status) {
                    String name = name(v);
                    table.row(List.of(
                            v.subject().cve(),
                            status.toString(),
                            code(v),
                            (name.isEmpty() ? "" : name + ": ") + v.decisive().text()));
                }
            }
        }
        return table;
    }

    private static String code(Verdict verdict) {
        return switch (verdict.reachable()) {
            case LOADED -> "loaded";
            case ANY_USER -> "any user loads it";
            case ON_DISK -> "not loaded";
            case NOT_HERE, UNKNOWN -> "-";
        };
    }
}
