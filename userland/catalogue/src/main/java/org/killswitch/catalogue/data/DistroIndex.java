// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What was imported of a distribution's own data: source package and CVE to the state in each suite. */
public final class DistroIndex {

    /** The distributions whose data is understood, by the names of os-release(5). */
    static final List<String> DISTRIBUTIONS = List.of("debian", "ubuntu");

    private static final String CURRENT = "current ";
    private static final int COLUMNS = 3;

    private final SortedMap<String, String> lines = new TreeMap<>();
    private final Map<String, String> headers = new HashMap<>();

    DistroIndex() {}

    /**
     * Reads what was imported.
     *
     * @param folder {@link Imports#OF_THIS_HOST}, or a test's
     * @param distribution ID of os-release(5)
     * @return empty if nothing was imported of that distribution
     */
    public static Optional<DistroIndex> read(Path folder, String distribution) throws ImportException {
        if (!DISTRIBUTIONS.contains(distribution)) {
            return Optional.empty();
        }
        DistroIndex index = new DistroIndex();
        boolean isThere = IndexFile.read(file(folder, distribution), index.headers, line -> {
            int end = line.indexOf('\t', line.indexOf('\t') + 1);
            index.lines.put(line.substring(0, end), line);
        });
        return isThere ? Optional.of(index) : Optional.empty();
    }

    private static Path file(Path folder, String distribution) {
        return folder.resolve(distribution + ".tsv.gz");
    }

    void write(Path folder, String distribution) throws ImportException {
        IndexFile.write(file(folder, distribution), headers, lines.values());
    }

    private static String key(String sourcePackage, String cve) {
        return sourcePackage + "\t" + cve;
    }

    /** Where the data is from and when it was imported. */
    public Map<String, String> headers() {
        return Map.copyOf(headers);
    }

    void header(String name, String value) {
        headers.put(name, value);
    }

    int size() {
        return lines.size();
    }

    /** What is said about a CVE in a package: a status per suite; none if nothing is said. */
    public List<DistroStatus> statuses(String sourcePackage, String cve) {
        String line = lines.get(key(sourcePackage, cve));
        if (line == null) {
            return List.of();
        }
        List<DistroStatus> statuses = new ArrayList<>();
        for (String text : IndexFile.columns(line, COLUMNS).get(2).split(" ", -1)) {
            statuses.add(parse(text));
        }
        return statuses;
    }

    /** Takes all that another one says. */
    void putAll(DistroIndex other) {
        for (String line : other.lines.values()) {
            List<String> columns = IndexFile.columns(line, COLUMNS);
            other.statuses(columns.get(0), columns.get(1)).forEach(s -> put(columns.get(0), columns.get(1), s));
        }
    }

    /** The status in one suite. */
    public Optional<DistroStatus> status(String sourcePackage, String cve, String suite) {
        return statuses(sourcePackage, cve).stream()
                .filter(s -> s.suite().equals(suite))
                .findFirst();
    }

    /** Takes the status of a suite in the place of what was known of it. */
    void put(String sourcePackage, String cve, DistroStatus status) {
        List<DistroStatus> statuses = new ArrayList<>(statuses(sourcePackage, cve));
        statuses.removeIf(s -> s.suite().equals(status.suite()));
        statuses.add(status);
        String key = key(sourcePackage, cve);
        lines.put(
                key,
                key + "\t"
                        + String.join(
                                " ", statuses.stream().map(DistroIndex::format).toList()));
    }

    /** The versions that a suite's archives have of a package now; empty where the data does not say. */
    public List<String> current(String sourcePackage, String suite) {
        String versions = headers.get(CURRENT + sourcePackage + " " + suite);
        return versions == null ? List.of() : List.of(versions.split(" ", -1));
    }

    /** The suites that have a version of the package. */
    public List<String> suites(String sourcePackage) {
        String start = CURRENT + sourcePackage + " ";
        return headers.keySet().stream()
                .filter(h -> h.startsWith(start))
                .map(h -> h.substring(start.length()))
                .sorted()
                .toList();
    }

    void current(String sourcePackage, String suite, List<String> versions) {
        headers.put(CURRENT + sourcePackage + " " + suite, String.join(" ", versions));
    }

    private static DistroStatus parse(String text) {
        int equals = text.indexOf('=');
        String[] words = text.substring(equals + 1).split(",", -1);
        DistroStatus.State state = DistroStatus.State.valueOf(words[0].toUpperCase(Locale.ROOT));
        return new DistroStatus(text.substring(0, equals), state, word(words, 1), word(words, 2));
    }

    private static Optional<String> word(String[] words, int index) {
        return words.length > index && !words[index].isEmpty() ? Optional.of(words[index]) : Optional.empty();
    }

    private static String format(DistroStatus s) {
        return s.suite() + "=" + s.state().word() + "," + s.fixedVersion().orElse("") + ","
                + s.remark().orElse("");
    }
}
