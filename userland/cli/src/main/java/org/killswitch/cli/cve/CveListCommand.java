// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.cve;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.killswitch.catalogue.verdict.CveData;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.catalogue.verdict.Verdict;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code killswitch cve list [--affected] [--json]}. */
@Command(
        name = "list",
        header = "List the catalogue, with the verdict for this kernel.",
        description = "",
        footer = {"", "Example:", "  killswitch cve list --affected"})
final class CveListCommand extends CatalogueCommand {

    @Option(names = "--affected", description = "Only those that are open here.")
    private boolean affected;

    CveListCommand(Host host, CvePlaces places) {
        super(host, places);
    }

    @Override
    boolean isAll() {
        return false;
    }

    @Override
    List<Verdict> shown(List<Verdict> verdicts) {
        return verdicts.stream().filter(v -> !affected || v.isOpen()).toList();
    }

    @Override
    List<String> lines(CveData data, List<Verdict> verdicts, int width) {
        Table table = new Table(Collections.nCopies(4, Table.Align.LEFT));
        table.row(List.of("CVE", "NAME", "VERDICT", "ENGAGED"));
        for (Verdict v : verdicts) {
            String name = name(v);
            table.row(List.of(
                    v.subject().cve(),
                    name.isEmpty() ? "-" : name,
                    v.status().toString(),
                    isEngaged(data, v) ? "yes" : "no"));
        }
        return table.lines(width);
    }

    @Override
    Map<String, @Nullable Object> json(CveData data, List<Verdict> verdicts) {
        return Map.of();
    }

    @Override
    int exitStatus(List<Verdict> verdicts) {
        return ExitCode.OK;
    }
}
