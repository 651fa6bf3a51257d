// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The host's policy.
 *
 * @param entries in the order of the files' names, and of their lines
 * @param problems a line for each thing that is wrong with it
 */
public record Policy(List<PolicyEntry> entries, List<String> problems) {

    /** Where it is. */
    public static final String FOLDER = "/etc/killswitch/policy.d";

    public Policy {
        entries = List.copyOf(entries);
        problems = List.copyOf(problems);
    }

    /**
     * Reads the files of a folder, which need not exist. What is wrong is a problem, and does not keep the rest out.
     *
     * @param zone whose midnight a date means
     */
    public static Policy read(Path folder, ZoneId zone) {
        List<String> problems = new ArrayList<>();
        List<PolicyEntry> entries = new ArrayList<>();
        for (Path file : files(folder, problems)) {
            entries.addAll(PolicyReader.read(file, zone, problems));
        }
        return ofEntries(entries, problems);
    }

    /** Of each function or CVE the first entry; another one is a problem. */
    public static Policy ofEntries(List<PolicyEntry> entries, List<String> problems) {
        List<String> all = new ArrayList<>(problems);
        List<PolicyEntry> kept = once(entries, all);
        return new Policy(kept, all);
    }

    private static List<Path> files(Path folder, List<String> problems) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.sorted().toList();
            all.stream()
                    .filter(f -> named(f, "[^.].*\\.yml"))
                    .forEach(f -> problems.add(f + ": is not read, as its name does not end in .yaml; rename it"));
            return all.stream().filter(f -> named(f, "[^.].*\\.yaml")).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            problems.add(folder + " cannot be read: " + e);
            return List.of();
        }
    }

    private static boolean named(Path file, String pattern) {
        return file.getFileName().toString().matches(pattern);
    }

    /** Whether anybody has written one: a host without a policy is not one whose policy is to have nothing engaged. */
    public static boolean isWritten(Path folder) {
        return !files(folder, new ArrayList<>()).isEmpty();
    }

    private static List<PolicyEntry> once(List<PolicyEntry> entries, List<String> problems) {
        Map<String, PolicyEntry> known = new HashMap<>();
        List<PolicyEntry> kept = new ArrayList<>();
        for (PolicyEntry entry : entries) {
            String name = switch (entry.what()) {
                case PolicyEntry.Function f -> f.symbol().text();
                case PolicyEntry.Cve(String id) -> id;
            };
            PolicyEntry first = known.putIfAbsent(name, entry);
            if (first == null) {
                kept.add(entry);
            } else {
                problems.add(entry.where() + ": " + name + " is in the policy already, at " + first.where());
            }
        }
        return kept;
    }
}
