// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.cve;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.data.ImportException;
import org.killswitch.catalogue.verdict.CveData;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.catalogue.verdict.Verdict;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Json;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that shows verdicts for many CVEs. */
abstract class CatalogueCommand implements Callable<Integer> {

    private final Host host;
    private final CvePlaces places;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    CatalogueCommand(Host host, CvePlaces places) {
        this.host = host;
        this.places = places;
    }

    /** Whether CVEs without an entry are of interest, too. */
    abstract boolean isAll();

    /** Which of the verdicts are shown. */
    abstract List<Verdict> shown(List<Verdict> verdicts);

    /** For a person, with tables for a terminal of some width. */
    abstract List<String> lines(CveData data, List<Verdict> verdicts, int width);

    /** For programs: what stands beside the list of verdicts. */
    abstract Map<String, @Nullable Object> json(CveData data, List<Verdict> verdicts);

    abstract int exitStatus(List<Verdict> verdicts);

    @Override
    public final Integer call() throws ImportException {
        CveData data = CveData.read(places, c -> isAll(), host.err());
        if (isAll() && data.records().isEmpty()) {
            host.err()
                    .println(
                            "killswitch: warning: no records of CVEs are imported, so that --all has the entries of the"
                                    + " catalogue only; see killswitch cve import --help");
        }
        List<Verdict> verdicts = shown(isAll() ? data.judgeAll() : data.judgeCatalogue());
        if (json) {
            Map<String, @Nullable Object> node = Json.document();
            node.putAll(json(data, verdicts));
            node.put(
                    "cves",
                    verdicts.stream()
                            .map(v -> VerdictJson.of(v, isEngaged(data, v)))
                            .toList());
            host.out().println(Json.render(node, true));
        } else {
            lines(data, verdicts, host.width()).forEach(host.out()::println);
        }
        return exitStatus(verdicts);
    }

    static boolean isEngaged(CveData data, Verdict verdict) {
        return verdict.subject().entry().filter(data.judge()::isEngaged).isPresent();
    }

    /** The first of its names; empty if it has none. */
    static String name(Verdict verdict) {
        return verdict.subject()
                .entry()
                .map(Entry::names)
                .filter(n -> !n.isEmpty())
                .map(List::getFirst)
                .orElse("");
    }
}
