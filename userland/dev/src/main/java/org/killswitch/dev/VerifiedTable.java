// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.data.Verification;
import org.killswitch.catalogue.data.Verification.Outcome;
import org.killswitch.catalogue.data.VerifiedFile;
import org.killswitch.cli.output.Json;
import org.killswitch.lab.KernelRelease;

/** What {@link VerifyCommand} writes. */
final class VerifiedTable {

    /** The table for people, in the sources. */
    static final String FILE = "docs/verified.md";

    private static final String HEAD = """
            <!-- SPDX-License-Identifier: GPL-2.0-or-later -->
            <!-- `script/dev verify` writes this file. -->
            # What was verified

            An entry of the catalogue names a *door*: a harmless program of `selftests/doors/` that uses the flawed code as the
            least privileged user who can. `script/dev verify` boots Debian's kernels in virtual machines and goes through each
            door before the entry's engagement, during it and after. The engagement is made whether the kernel has the fix or
            not.

            | | |
            |---|---|
            | an errno | The door was open, the engagement made it fail with this errno, and afterwards it was open again. |
            | dropped | The same; no system call fails, but what was sent does not arrive. |
            | not here | The kernel does not have the path, or does not let this user get to it. |
            | no engagement | The entry has none for this kernel. |
            | failed | The engagement was not seen to close the door. |

            """;

    private VerifiedTable() {}

    /** Those of entries with a door, by their CVEs and then in the order in which the lab lists its kernels. */
    static List<Verification> ordered(List<Entry> entries, List<Verification> all) {
        List<String> kernels =
                KernelRelease.ALL.stream().map(KernelRelease::name).toList();
        return all.stream()
                .filter(v -> entries.stream().anyMatch(e -> e.cve().equals(v.cve())))
                .sorted(Comparator.comparing(Verification::cve).thenComparingInt(v -> kernels.indexOf(v.kernel())))
                .toList();
    }

    /** The file for programs. */
    static String json(List<Verification> ordered) {
        return Json.render(VerifiedFile.tree(ordered), true) + "\n";
    }

    /** The table for people. */
    static String markdown(List<Entry> entries, List<Verification> ordered) {
        List<String> kernels = kernels(ordered);
        StringBuilder text = new StringBuilder(HEAD);
        row(text, Stream.concat(Stream.of("CVE", "door"), kernels.stream()));
        row(text, Stream.generate(() -> "---").limit(kernels.size() + 2L));
        for (Entry entry : entries) {
            row(
                    text,
                    Stream.concat(
                            Stream.of(entry.cve(), "`" + entry.door().orElseThrow() + "`"),
                            kernels.stream()
                                    .map(k -> of(ordered, entry.cve(), k)
                                            .map(VerifiedTable::cell)
                                            .orElse(""))));
        }
        text.append("\nThe kernels: ")
                .append(kernels.stream()
                        .map(k -> k + " is " + versions(ordered, k))
                        .collect(Collectors.joining("; ")))
                .append(".\n");
        List<String> reasons = reasons(ordered);
        if (!reasons.isEmpty()) {
            text.append("\n## What was not closed\n\n");
            reasons.forEach(r -> text.append("- ").append(r).append('\n'));
        }
        return text.toString();
    }

    private static List<String> kernels(List<Verification> ordered) {
        return KernelRelease.ALL.stream()
                .map(KernelRelease::name)
                .filter(k -> ordered.stream().anyMatch(v -> v.kernel().equals(k)))
                .toList();
    }

    private static String versions(List<Verification> ordered, String kernel) {
        return ordered.stream()
                .filter(v -> v.kernel().equals(kernel))
                .map(v -> "Debian's " + v.packageVersion())
                .distinct()
                .collect(Collectors.joining(" and "));
    }

    private static Optional<Verification> of(List<Verification> all, String cve, String kernel) {
        return all.stream()
                .filter(v -> v.cve().equals(cve) && v.kernel().equals(kernel))
                .findFirst();
    }

    private static String cell(Verification v) {
        if (v.outcome() != Outcome.CLOSED) {
            return v.outcome().toString();
        }
        String last = v.during().substring(v.during().lastIndexOf(' ') + 1);
        return last.matches("E[A-Z0-9]+") ? last : "dropped";
    }

    /** Entries that share a door and a reason are one line. */
    private static List<String> reasons(List<Verification> ordered) {
        TreeMap<String, TreeSet<String>> cves = new TreeMap<>();
        for (Verification v : ordered) {
            if (v.outcome() != Outcome.CLOSED) {
                cves.computeIfAbsent(v.kernel() + ", `" + v.door() + "`: " + v.summary(), k -> new TreeSet<>())
                        .add(v.cve());
            }
        }
        List<String> lines = new ArrayList<>();
        cves.forEach((what, who) -> lines.add(what + " (" + String.join(", ", who) + ")"));
        return lines;
    }

    private static void row(StringBuilder text, Stream<String> cells) {
        text.append(cells.collect(Collectors.joining(" | ", "| ", " |"))).append('\n');
    }
}
