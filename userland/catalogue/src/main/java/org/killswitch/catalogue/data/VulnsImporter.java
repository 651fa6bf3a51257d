// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.killswitch.catalogue.version.FixRange;
import org.killswitch.catalogue.version.UpstreamVersion;

/** Reads cve/published of the kernel CNA's repository: two files per CVE are of use, its dyad and its json. */
final class VulnsImporter {

    /** A file of it, wherever the repository's folder lies in a path. */
    private static final Pattern FILE = Pattern.compile("(?:.*/)?cve/published/\\d{4}/(CVE-\\d{4}-\\d+)\\.(dyad|json)");

    private static final Pattern PAIR = Pattern.compile("([0-9.]+):([0-9a-f]+|0):([0-9.]+):([0-9a-f]+|0)");
    private static final int HASH = 12;
    private static final String UNKNOWN = "0";

    private final Map<String, List<FixRange>> ranges = new TreeMap<>();
    private final Map<String, CveRecord> descriptions = new TreeMap<>();

    /** Takes a file if it is one of the repository's. */
    boolean take(String name, InputStream content) throws IOException, ImportException {
        Matcher m = FILE.matcher(name);
        if (!m.matches()) {
            return false;
        }
        String cve = m.group(1);
        if (m.group(2).equals("dyad")) {
            ranges.put(cve, dyad(name, new String(content.readAllBytes(), StandardCharsets.UTF_8)));
        } else {
            descriptions.put(cve, describe(cve, JsonFiles.read(name, content)));
        }
        return true;
    }

    private static List<FixRange> dyad(String name, String text) throws ImportException {
        List<FixRange> pairs = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            Matcher m = PAIR.matcher(line);
            if (!m.matches() || !isVersion(m.group(1)) || !isVersion(m.group(3))) {
                throw new ImportException(name + ":" + number + ": not VERSION:HASH:VERSION:HASH: " + line);
            }
            String fix = m.group(4).equals(UNKNOWN) ? "" : m.group(4);
            pairs.add(new FixRange(
                    KernelIndex.version(m.group(1)),
                    KernelIndex.version(m.group(3)),
                    fix.substring(0, Math.min(HASH, fix.length()))));
        }
        return pairs;
    }

    private static boolean isVersion(String text) {
        return text.equals(UNKNOWN) || UpstreamVersion.parse(text).isPresent();
    }

    private static CveRecord describe(String cve, Object json) {
        Map<String, Object> cna = Json.map(json, "containers", "cna");
        return new CveRecord(
                cve,
                Json.text(cna, "title").orElse(""),
                Json.text(cna, "metrics", "cvssV3_1", "vectorString").orElse(""),
                Json.texts(cna, "affected", "programFiles"),
                List.of());
    }

    boolean isEmpty() {
        return ranges.isEmpty() && descriptions.isEmpty();
    }

    /** Those of which both files were there. */
    List<CveRecord> records() {
        return descriptions.values().stream()
                .filter(d -> !ranges.getOrDefault(d.cve(), List.of()).isEmpty())
                .map(d ->
                        new CveRecord(d.cve(), d.title(), d.cvss(), d.files(), ranges.getOrDefault(d.cve(), List.of())))
                .toList();
    }

    /** How many cannot be used since one of the two files is missing, or the dyad has no pair. */
    int incomplete() {
        TreeMap<String, Object> all = new TreeMap<>(ranges);
        all.putAll(descriptions);
        return all.size() - records().size();
    }
}
