// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.cve;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.data.ImportException;
import org.killswitch.catalogue.data.Verification;
import org.killswitch.catalogue.data.VerifiedFile;
import org.killswitch.catalogue.facts.HostFacts;
import org.killswitch.catalogue.verdict.CvePlaces;

/** What is known of an entry from going through its door, before its engagement, during it and after. */
final class Verified {

    private Verified() {}

    /** What was verified of an entry as it is: another engagement than those that it has now says nothing about them. */
    static List<Verification> of(Entry entry, CvePlaces places) throws ImportException {
        List<List<String>> engagements = entry.engagements().stream()
                .map(e -> e.functions().stream().map(Verification::text).toList())
                .toList();
        List<Verification> all = new ArrayList<>();
        for (Path folder : places.catalogue()) {
            all.addAll(VerifiedFile.read(folder, entry.cve()::equals));
        }
        return all.stream()
                .filter(v -> v.engaged().isEmpty() || engagements.contains(v.engaged()))
                .toList();
    }

    /** A line for each outcome, with the kernels that it was seen on. */
    static List<String> lines(List<Verification> verified, HostFacts facts) {
        Map<String, List<String>> kernels = new LinkedHashMap<>();
        for (Verification v : verified) {
            boolean isThis = v.version().equals(facts.release())
                    && facts.origin()
                            .packageVersion()
                            .filter(p -> p.toString().equals(v.packageVersion()))
                            .isPresent();
            kernels.computeIfAbsent(v.summary(), s -> new ArrayList<>())
                    .add(v.version() + " (" + v.packageVersion() + (isThis ? ", this kernel)" : ")"));
        }
        List<String> lines = new ArrayList<>();
        kernels.forEach((summary, on) -> lines.add(summary + "; on " + String.join(", ", on)));
        return lines;
    }

    /** For programs. */
    static List<Map<String, @Nullable Object>> json(List<Verification> verified) {
        List<Map<String, @Nullable Object>> list = new ArrayList<>();
        for (Verification v : verified) {
            Map<String, @Nullable Object> node = new LinkedHashMap<>();
            node.put("kernel", v.version());
            node.put("package", v.packageVersion());
            node.put("outcome", v.outcome().toString());
            node.put("door", v.door());
            node.put("during", v.during().isEmpty() ? null : v.during());
            node.put("reason", v.reason().orElse(null));
            list.add(node);
        }
        return list;
    }
}
