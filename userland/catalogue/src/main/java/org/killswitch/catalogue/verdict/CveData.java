// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.verdict;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.killswitch.catalogue.Catalogue;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.data.CveRecord;
import org.killswitch.catalogue.data.DistroIndex;
import org.killswitch.catalogue.data.ImportException;
import org.killswitch.catalogue.data.Imports;
import org.killswitch.catalogue.data.KernelIndex;
import org.killswitch.catalogue.facts.HostFacts;
import org.killswitch.posix.Architecture;

/** The catalogue, the imported data and this host, read for one command. */
public record CveData(
        Catalogue catalogue,
        Optional<KernelIndex> records,
        Map<String, DistroIndex> distributions,
        HostFacts facts,
        Judge judge) {

    /**
     * Reads what a command needs.
     *
     * @param wanted the CVEs without an entry that are of interest; of those with an entry all is read
     * @param err takes a line for each file of the catalogue that is no entry
     */
    public static CveData read(CvePlaces places, Predicate<String> wanted, PrintWriter err) throws ImportException {
        return read(places, Catalogue.read(places.catalogue()), wanted, err);
    }

    /** Reads what a command needs that has to do with some CVEs only: the other entries are as if they were not there. */
    public static CveData readOnly(CvePlaces places, Predicate<String> wanted, PrintWriter err) throws ImportException {
        return read(places, Catalogue.read(places.catalogue(), wanted), wanted, err);
    }

    private static CveData read(CvePlaces places, Catalogue catalogue, Predicate<String> wanted, PrintWriter err)
            throws ImportException {
        catalogue.problems().forEach(p -> err.println("killswitch: " + p));
        Optional<KernelIndex> records =
                KernelIndex.read(places.data(), c -> catalogue.entries().containsKey(c) || wanted.test(c));
        HostFacts facts = new HostFacts(places.root(), Architecture.host());
        Map<String, DistroIndex> distributions = new HashMap<>();
        for (String name : facts.distributions()) {
            DistroIndex.read(places.data(), name).ifPresent(index -> distributions.put(name, index));
        }
        return new CveData(catalogue, records, distributions, facts, new Judge(facts, distributions));
    }

    /** What is known of a CVE; empty if nothing is. */
    public Optional<Subject> subject(String cve) {
        Optional<CveRecord> record = record(cve);
        Optional<Entry> entry = catalogue.entry(cve);
        return entry.isPresent() ? Optional.of(Subject.of(entry.get(), record)) : record.map(Subject::of);
    }

    public Optional<CveRecord> record(String cve) {
        return records.flatMap(r -> Optional.ofNullable(r.records().get(cve)));
    }

    /** The verdicts for all entries, by their CVEs. */
    public List<Verdict> judgeCatalogue() {
        return catalogue.entries().values().stream()
                .map(e -> judge.judge(Subject.of(e, record(e.cve()))))
                .toList();
    }

    /** The verdicts for all that has an entry or was imported. */
    public List<Verdict> judgeAll() {
        List<Verdict> all = new ArrayList<>(judgeCatalogue());
        records.ifPresent(index -> index.records().values().stream()
                .filter(r -> !catalogue.entries().containsKey(r.cve()))
                .forEach(r -> all.add(judge.judge(Subject.of(r)))));
        return all;
    }

    /** A line that says how old the data is, and what is missing. */
    public String age() {
        List<String> parts = new ArrayList<>();
        parts.add(records.map(r -> "the kernel CNA's records were imported " + day(r.headers()))
                .orElse("no records of the kernel's CNA are imported"));
        for (String name : facts.distributions()) {
            DistroIndex index = distributions.get(name);
            parts.add(
                    index == null
                            ? "no data of " + name + " is imported"
                            : "the data of " + name + " " + day(index.headers()));
        }
        return "Data: " + String.join(", ", parts);
    }

    private static String day(Map<String, String> headers) {
        return Imports.imported(headers).map(i -> i.toString().substring(0, 10)).orElse("at an unknown time");
    }
}
