// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.cve;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.data.ImportException;
import org.killswitch.catalogue.verdict.CveData;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.catalogue.verdict.Verdict;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Json;
import org.killswitch.cli.output.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code killswitch cve list [--affected] [--json]}. */
@Command(name = "list", header = "List the catalogue, with the verdict for this kernel.", description = "")
final class CveListCommand implements Callable<Integer> {

    private final Host host;
    private final CvePlaces places;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Option(names = "--affected", description = "Only those that are open here.")
    private boolean affected;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    CveListCommand(Host host, CvePlaces places) {
        this.host = host;
        this.places = places;
    }

    @Override
    public Integer call() throws ImportException {
        CveData data = CveData.read(places, c -> false, host.err());
        List<Verdict> verdicts = data.judgeCatalogue().stream()
                .filter(v -> !affected || v.isOpen())
                .toList();
        if (json) {
            List<Object> list = new ArrayList<>();
            verdicts.forEach(v -> list.add(VerdictJson.of(v, isEngaged(data, v))));
            host.out().println(Json.render(Map.of("cves", list), true));
            return ExitCode.OK;
        }
        Table table = new Table(Collections.nCopies(4, Table.Align.LEFT));
        table.row(List.of("CVE", "NAME", "VERDICT", "ENGAGED"));
        for (Verdict v : verdicts) {
            String name = v.subject()
                    .entry()
                    .map(Entry::names)
                    .filter(n -> !n.isEmpty())
                    .map(List::getFirst)
                    .orElse("-");
            table.row(List.of(v.subject().cve(), name, v.status().toString(), isEngaged(data, v) ? "yes" : "no"));
        }
        table.lines().forEach(host.out()::println);
        return ExitCode.OK;
    }

    private static boolean isEngaged(CveData data, Verdict verdict) {
        return verdict.subject().entry().filter(data.judge()::isEngaged).isPresent();
    }
}
