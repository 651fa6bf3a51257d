// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * All entries.
 *
 * @param entries by their CVE
 * @param problems a line for each file that is none, or that hides another
 */
public record Catalogue(SortedMap<String, Entry> entries, List<String> problems) {

    /** Where an administrator adds entries. */
    public static final Path OF_THIS_HOST = Path.of("/etc/killswitch/mitigations.d");

    public Catalogue {
        entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
        problems = List.copyOf(problems);
    }

    /**
     * Reads folders. A file that cannot be read is a problem, and does not keep the others out.
     *
     * @param folders an entry of a later one is taken instead of an earlier one's; a folder need not exist
     */
    public static Catalogue read(List<Path> folders) {
        return read(folders, cve -> true);
    }

    /**
     * Reads the entries of some CVEs only, which are known by the names of their files.
     *
     * @param wanted takes a CVE
     */
    public static Catalogue read(List<Path> folders, Predicate<String> wanted) {
        SortedMap<String, Entry> entries = new TreeMap<>();
        List<String> problems = new ArrayList<>();
        for (Path folder : folders) {
            for (Path file : files(folder, problems)) {
                if (!wanted.test(file.getFileName().toString().replace(EntryReader.SUFFIX, ""))) {
                    continue;
                }
                try {
                    Entry entry = EntryReader.read(file);
                    Entry hidden = entries.put(entry.cve(), entry);
                    if (hidden != null) {
                        problems.add(file + " is used instead of " + hidden.file());
                    }
                } catch (EntryException e) {
                    problems.add(String.valueOf(e.getMessage()));
                }
            }
        }
        return new Catalogue(entries, problems);
    }

    private static List<Path> files(Path folder, List<String> problems) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(EntryReader.SUFFIX))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            problems.add(folder + " cannot be read: " + e);
            return List.of();
        }
    }

    /** The entry of a CVE. */
    public Optional<Entry> entry(String cve) {
        return Optional.ofNullable(entries.get(cve));
    }
}
