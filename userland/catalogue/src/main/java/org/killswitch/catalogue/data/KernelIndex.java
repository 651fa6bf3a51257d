// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.killswitch.catalogue.version.FixRange;
import org.killswitch.catalogue.version.UpstreamVersion;

/**
 * What was imported of the kernel CNA's records.
 *
 * @param records by their CVE
 * @param headers where the data is from and when it was imported
 */
public record KernelIndex(SortedMap<String, CveRecord> records, Map<String, String> headers) {

    private static final String FILE = "kernel.tsv.gz";
    private static final String UNKNOWN = "0";
    private static final int COLUMNS = 5;

    public KernelIndex {
        records = Collections.unmodifiableSortedMap(records);
        headers = Map.copyOf(headers);
    }

    /**
     * Reads what was imported.
     *
     * @param folder {@link Imports#OF_THIS_HOST}, or a test's
     * @param wanted of which CVEs
     * @return empty if nothing was imported
     */
    public static Optional<KernelIndex> read(Path folder, Predicate<String> wanted) throws ImportException {
        SortedMap<String, CveRecord> records = new TreeMap<>();
        Map<String, String> headers = new HashMap<>();
        boolean isThere = IndexFile.read(folder.resolve(FILE), headers, line -> {
            String cve = line.substring(0, line.indexOf('\t'));
            if (wanted.test(cve)) {
                records.put(cve, parse(line));
            }
        });
        return isThere ? Optional.of(new KernelIndex(records, headers)) : Optional.empty();
    }

    /** Writes it; what was imported before is gone. */
    static void write(Path folder, Collection<CveRecord> records, Map<String, String> headers) throws ImportException {
        SortedMap<String, String> lines = new TreeMap<>();
        records.forEach(r -> lines.put(r.cve(), format(r)));
        IndexFile.write(folder.resolve(FILE), headers, lines.values());
    }

    private static CveRecord parse(String line) {
        List<String> columns = IndexFile.columns(line, COLUMNS);
        List<FixRange> ranges = new ArrayList<>();
        for (String range : split(columns.get(4), ';')) {
            List<String> parts = split(range, ':');
            ranges.add(new FixRange(version(parts.get(0)), version(parts.get(1)), parts.get(2)));
        }
        return new CveRecord(columns.get(0), columns.get(1), columns.get(2), split(columns.get(3), ','), ranges);
    }

    private static String format(CveRecord r) {
        return String.join(
                "\t",
                r.cve(),
                IndexFile.oneLine(r.title()),
                IndexFile.oneLine(r.cvss()),
                String.join(",", r.files()),
                String.join(
                        ";",
                        r.ranges().stream()
                                .map(f -> text(f.introduced()) + ":" + text(f.fixed()) + ":" + f.fix())
                                .toList()));
    }

    static Optional<UpstreamVersion> version(String text) {
        return text.equals(UNKNOWN) ? Optional.empty() : UpstreamVersion.parse(text);
    }

    private static String text(Optional<UpstreamVersion> version) {
        return version.map(UpstreamVersion::toString).orElse(UNKNOWN);
    }

    /** Without regular expressions: there are some 15,000 lines. */
    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, from)) {
            parts.add(text.substring(from, at));
            from = at + 1;
        }
        if (!text.isEmpty()) {
            parts.add(text.substring(from));
        }
        return parts;
    }
}
