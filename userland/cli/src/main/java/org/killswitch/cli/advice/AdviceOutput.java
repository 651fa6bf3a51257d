// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.advice;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.killswitch.advice.Advice;
import org.killswitch.advice.Candidate;
import org.killswitch.advice.Choice;
import org.killswitch.advice.Finding;
import org.killswitch.advice.Level;
import org.killswitch.cli.output.Json;
import org.killswitch.cli.output.Messages;

/**
 * An {@link Advice} as it is printed.
 *
 * @param notes what has to be said of where the functions are from
 */
record AdviceOutput(Advice advice, List<String> notes) {

    private static final int CHOICES_MAX = 3;
    private static final int NAMES_MAX = 6;

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (!advice.targets().isEmpty()) {
            lines.add("To close: " + String.join(", ", advice.targets()));
        }
        advice.inlined()
                .forEach((name, into) -> lines.add("Inlined: " + name + ", here a part of " + String.join(", ", into)));
        advice.absent().forEach((name, why) -> lines.add("Not here: " + name + ": " + why));
        notes.forEach(n -> lines.add("Note: " + n));
        if (advice.targets().isEmpty()) {
            lines.add("Nothing can be said: this kernel has none of the functions.");
            return lines;
        }
        lines.add("");
        if (advice.choices().isEmpty()) {
            lines.add("no clean engagement");
            advice.rejected().stream().limit(CHOICES_MAX).forEach(c -> reject(c, lines));
            return lines;
        }
        int number = 1;
        for (Choice choice : advice.choices().stream().limit(CHOICES_MAX).toList()) {
            add(number++, choice, lines);
        }
        int more = advice.choices().size() - CHOICES_MAX;
        if (more > 0) {
            lines.add("and " + more + " more; see --json");
        }
        return lines;
    }

    private static void add(int number, Choice choice, List<String> lines) {
        boolean several = choice.functions().size() > 1;
        lines.add(number + ". " + Messages.word(choice.verdict())
                + (several ? ", " + choice.functions().size() + " functions, all of them needed" : ""));
        if (choice.kind() == Choice.Kind.PREVENTS) {
            lines.add("   may come before, and can refuse; no code shows that it does come before");
        }
        for (Candidate c : choice.functions()) {
            lines.add("   " + c.symbol() + " " + c.shownValue() + ": " + c.why());
            lines.add("     closes " + names(c.closes())
                    + (c.callers() == 0
                            ? ""
                            : "; called by " + c.callers() + (c.callers() == 1 ? " function" : " functions")));
            if (!c.pointers().isEmpty()) {
                lines.add("     reached through " + names(c.pointers()));
            }
            c.report().findings().stream()
                    .filter(f -> f.level().compareTo(Level.WARNING) >= 0)
                    .forEach(f -> lines.add("     " + Messages.word(f.level()) + ": " + f.text()));
        }
        if (!choice.open().isEmpty()) {
            lines.add("   leaves open: " + String.join(", ", choice.open()));
        }
        lines.add("   look:   killswitch check " + choice.functions().getFirst().symbol() + " "
                + choice.functions().getFirst().shownValue());
        choice.functions().forEach(c -> lines.add("   try:    " + command("observe", c)));
        choice.functions().forEach(c -> lines.add("   engage: " + command("engage", c)));
        lines.add("");
    }

    private static String command(String verb, Candidate c) {
        return "killswitch " + verb + " " + c.symbol() + " " + c.shownValue();
    }

    private static void reject(Choice choice, List<String> lines) {
        for (Candidate c : choice.functions()) {
            lines.add("   " + c.symbol() + " " + c.shownValue() + ": " + Messages.word(c.verdict()));
            c.report().findings().stream()
                    .filter(f -> f.level().compareTo(Level.DANGER) >= 0)
                    .map(Finding::text)
                    .forEach(t -> lines.add("     " + t));
        }
    }

    private static String names(List<String> names) {
        int more = names.size() - NAMES_MAX;
        return String.join(", ", names.subList(0, Math.min(NAMES_MAX, names.size())))
                + (more > 0 ? " and " + more + " more" : "");
    }

    String json() {
        Map<String, @Nullable Object> node = Json.document();
        node.put("targets", advice.targets());
        node.put("inlined", advice.inlined());
        node.put("absent", advice.absent());
        node.put("notes", notes);
        node.put("clean", !advice.choices().isEmpty());
        node.put("choices", advice.choices().stream().map(AdviceOutput::json).toList());
        node.put("rejected", advice.rejected().stream().map(AdviceOutput::json).toList());
        return Json.render(node, true);
    }

    private static Map<String, @Nullable Object> json(Choice choice) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        node.put("kind", Messages.word(choice.kind()));
        node.put("verdict", Messages.word(choice.verdict()));
        node.put("closes", choice.closed());
        node.put("leaves_open", choice.open());
        node.put(
                "functions", choice.functions().stream().map(AdviceOutput::json).toList());
        return node;
    }

    private static Map<String, @Nullable Object> json(Candidate c) {
        OptionalLong value = c.value();
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        node.put("symbol", c.symbol());
        node.put("retval", value.isPresent() ? value.getAsLong() : null);
        node.put("why", c.why());
        node.put("verdict", Messages.word(c.verdict()));
        node.put("closes", c.closes());
        node.put("callers", (long) c.callers());
        node.put("pointers", c.pointers());
        node.put("findings", c.report().findings().stream().map(FindingJson::of).toList());
        return node;
    }
}
