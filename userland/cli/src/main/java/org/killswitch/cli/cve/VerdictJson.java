// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.cve;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.verdict.Evidence;
import org.killswitch.catalogue.verdict.Place;
import org.killswitch.catalogue.verdict.Verdict;
import org.killswitch.cli.output.Messages;

/** Verdicts for scripts. */
final class VerdictJson {

    private VerdictJson() {}

    static Map<String, @Nullable Object> of(Verdict verdict, boolean isEngaged) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        node.put("cve", verdict.subject().cve());
        node.put("name", verdict.subject().entry().map(Entry::name).orElse(null));
        node.put("verdict", verdict.status().toString());
        node.put("in_catalogue", verdict.subject().entry().isPresent());
        node.put("engaged", isEngaged);
        node.put("reachable", Messages.word(verdict.reachable()));
        node.put("place", verdict.place().map(Place::describe).orElse(null));
        node.put("reboot", verdict.reboot().orElse(null));
        node.put("evidence", verdict.evidence().stream().map(VerdictJson::of).toList());
        return node;
    }

    private static Map<String, @Nullable Object> of(Evidence evidence) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        node.put("source", evidence.source().toString());
        node.put("text", evidence.text());
        node.put("decides", evidence.decides());
        return node;
    }

    /** An entry as its file has it. */
    static Map<String, @Nullable Object> of(Entry entry) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        node.put("names", entry.names());
        node.put("summary", entry.summary());
        node.put("reach", entry.reach().toString());
        node.put("reach_note", entry.reachNote());
        node.put("files", entry.files());
        node.put("config", entry.config());
        node.put("module", entry.module().orElse(null));
        List<Object> engagements = new ArrayList<>();
        entry.engagements().forEach(e -> engagements.add(of(e)));
        node.put("engagements", engagements);
        node.put("no_engagement", entry.noEngagement().orElse(null));
        node.put("in_use", entry.inUse().map(Entry.InUse::text).orElse(null));
        node.put("in_use_test", entry.inUse().flatMap(Entry.InUse::test).orElse(null));
        node.put("does_not_undo", entry.doesNotUndo().orElse(null));
        node.put("door", entry.door().orElse(null));
        node.put("references", entry.references());
        return node;
    }

    private static Map<String, @Nullable Object> of(Entry.Engagement engagement) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        node.put("kernels", engagement.kernels().toString());
        List<Object> functions = new ArrayList<>();
        for (Entry.Function f : engagement.functions()) {
            Map<String, @Nullable Object> function = new LinkedHashMap<>();
            function.put("symbol", f.symbol().text());
            function.put("retval", f.retval().value());
            function.put("when", f.when().orElse(null));
            functions.add(function);
        }
        node.put("functions", functions);
        node.put("why", engagement.why());
        node.put("breaks", engagement.breaks());
        node.put("dangerous_because", engagement.dangerousBecause().orElse(null));
        return node;
    }
}
