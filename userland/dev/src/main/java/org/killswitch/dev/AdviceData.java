// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.killswitch.catalogue.Catalogue;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.version.UpstreamVersion;
import org.killswitch.lab.LabException;

/**
 * What {@code killswitch advise} is measured with: bench/advice-data.
 *
 * @param modules to load
 */
record AdviceData(List<Fix> fixes, List<Never> nevers, List<String> modules, Catalogue catalogue) {

    private static final int COLUMNS_OF_FIX = 6;
    private static final int COLUMNS_OF_NEVER = 3;

    /**
     * A fix.
     *
     * @param kernels the releases of the lab that it is asked about on
     * @param functions that it changes
     * @param callers of those that may be inlined, in the source, the nearest first
     * @param chosen what a careful person chose, with the values; empty: see the catalogue
     * @param also what does the same as well
     */
    record Fix(
            String cve,
            List<String> kernels,
            List<String> functions,
            Map<String, List<String>> callers,
            Map<String, Long> chosen,
            List<String> also) {}

    /** An engagement that must be called dangerous. */
    record Never(String function, long value, String kind) {}

    static AdviceData read(Path bench, Path mitigations) {
        Path folder = bench.resolve("advice-data");
        List<Fix> fixes = rows(folder.resolve("fixes.tsv"), COLUMNS_OF_FIX).stream()
                .map(AdviceData::fix)
                .toList();
        List<Never> nevers = rows(folder.resolve("never.tsv"), COLUMNS_OF_NEVER).stream()
                .map(c -> new Never(c.get(0), Long.parseLong(c.get(1)), c.get(2)))
                .toList();
        List<String> modules = rows(folder.resolve("modules.tsv"), 1).stream()
                .map(List::getFirst)
                .toList();
        return new AdviceData(fixes, nevers, modules, Catalogue.read(List.of(mitigations)));
    }

    private static Fix fix(List<String> row) {
        List<String> functions = new ArrayList<>();
        Map<String, List<String>> callers = new LinkedHashMap<>();
        for (String text : list(row.get(2))) {
            List<String> chain = List.of(text.split("<", -1));
            functions.add(chain.getFirst());
            callers.put(chain.getFirst(), chain.subList(1, chain.size()));
        }
        return new Fix(row.get(0), list(row.get(1)), functions, callers, values(row.get(3)), list(row.get(4)));
    }

    private static List<List<String>> rows(Path file, int columns) {
        try {
            List<List<String>> rows = new ArrayList<>();
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                if (line.startsWith("#") || line.isEmpty()) {
                    continue;
                }
                List<String> row = List.of(line.split("\t", -1));
                if (row.size() != columns) {
                    throw new LabException(file + ": not " + columns + " columns: " + line);
                }
                rows.add(row);
            }
            return rows;
        } catch (IOException e) {
            throw new LabException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<String> list(String text) {
        return text.isEmpty() ? List.of() : Arrays.asList(text.split(",", -1));
    }

    private static Map<String, Long> values(String text) {
        Map<String, Long> values = new LinkedHashMap<>();
        for (String one : list(text)) {
            int equals = one.indexOf('=');
            values.put(one.substring(0, equals), Long.valueOf(one.substring(equals + 1)));
        }
        return values;
    }

    /** What was chosen for a fix on a kernel, with the values. */
    Map<String, Long> chosen(Fix fix, String kernel) {
        if (!fix.chosen.isEmpty()) {
            return fix.chosen;
        }
        Entry entry = catalogue
                .entry(fix.cve)
                .orElseThrow(() -> new LabException(
                        "fixes.tsv: nothing is chosen for " + fix.cve + ", and mitigations/ has no entry"));
        UpstreamVersion version = UpstreamVersion.parse(kernel).orElseThrow();
        Map<String, Long> values = new LinkedHashMap<>();
        for (Entry.Engagement engagement : entry.engagementsFor(version)) {
            engagement
                    .functions()
                    .forEach(f -> values.put(f.symbol().toString(), f.retval().value()));
        }
        return values;
    }
}
