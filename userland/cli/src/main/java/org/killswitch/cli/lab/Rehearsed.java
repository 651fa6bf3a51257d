// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.output.Json;
import org.killswitch.cli.output.Messages;
import org.killswitch.cli.output.Table;
import org.killswitch.control.InvalidInputException;
import org.killswitch.control.Retval;
import org.killswitch.lab.rehearsal.Compared;
import org.killswitch.lab.rehearsal.Door;
import org.killswitch.lab.rehearsal.Hits;
import org.killswitch.lab.rehearsal.Report;
import org.killswitch.lab.rehearsal.Tried;
import org.killswitch.lab.rehearsal.Trouble;

/**
 * A rehearsal, for a person and for a program: the verdict first, then what it comes from.
 *
 * @param kernel what uname -r says in the guest
 * @param accelerator what ran the guest's CPUs
 * @param time that all of it took
 */
record Rehearsed(SubjectReader.Known known, String kernel, String accelerator, Report report, Duration time) {

    /** More lines of a log are not read. */
    private static final int LOG_LINES = 30;

    /** What a warning of the command in the guest begins with. */
    private static final String WARNING = "killswitch: warning: ";

    /** Characters of a cell of the table. */
    private static final int CELL = 80;

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(known.subject().text() + ": " + verdictWords());
        lines.add(report.sentence());
        lines.add("");
        lines.addAll(engaged());
        lines.addAll(steps());
        notes().forEach(n -> lines.add("note: " + n));
        report.trouble().ifPresent(trouble -> lines.addAll(log("on the guest's console", fromSign(trouble))));
        if (!report.log().isEmpty()) {
            lines.addAll(log("logged since then", report.log()));
        }
        lines.add("rehearsed on " + kernel + " in " + time.toSeconds() + " s (" + acceleratorWords() + ")");
        return lines;
    }

    private String verdictWords() {
        return switch (report.verdict()) {
            case FINE -> "fine";
            case CHANGED -> report.changed().isEmpty() ? "not as intended" : "changes something";
            case NOT_WELL -> "breaks the kernel";
        };
    }

    private List<String> engaged() {
        if (report.hits().isEmpty()) {
            return List.of();
        }
        Table table = new Table(List.of(Table.Align.LEFT, Table.Align.LEFT, Table.Align.RIGHT));
        table.row(List.of("FUNCTION", "RETVAL", "HITS"));
        for (Hits hits : report.hits()) {
            table.row(List.of(hits.symbol(), retval(hits), hits.isPending() ? "pending" : Long.toString(hits.count())));
        }
        List<String> lines = new ArrayList<>(table.lines());
        lines.add("");
        return lines;
    }

    private static String retval(Hits hits) {
        try {
            return hits.retval().isEmpty() ? "-" : Retval.parse(hits.retval()).toString();
        } catch (InvalidInputException e) {
            return hits.retval();
        }
    }

    private List<String> steps() {
        Table table = new Table(List.of(Table.Align.LEFT, Table.Align.LEFT, Table.Align.LEFT));
        table.row(List.of("STEP", "BEFORE", "AFTER"));
        for (Compared step : report.steps()) {
            table.row(List.of(step.step().name(), cell(step.before().text()), cell(after(step))));
        }
        report.door()
                .filter(d -> d.before().isPresent())
                .ifPresent(door -> table.row(List.of(
                        "door " + door.name(),
                        Door.word(door.before().orElseThrow()),
                        door.after().map(Door::word).orElse("not tried"))));
        List<String> lines = new ArrayList<>(table.lines());
        lines.add("");
        return lines;
    }

    /** As much as fits beside others; a program may print anything. */
    private static String cell(String text) {
        String visible = Messages.visible(text);
        return visible.length() <= CELL ? visible : visible.substring(0, CELL - 3) + "...";
    }

    private static String after(Compared step) {
        return step.after()
                .map(tried ->
                        step.isChanged() && tried.worked() && step.before().worked()
                                ? "prints something else"
                                : tried.text())
                .orElse("not tried");
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>(known.notes());
        report.applied()
                .lines()
                .filter(l -> l.startsWith(WARNING))
                .forEach(l -> notes.add(Messages.visible(l.substring(WARNING.length()))));
        if (report.door().isPresent() && report.door().get().before().isEmpty()) {
            notes.add("whether the flaw is closed was not tried: the program that goes through it (door "
                    + report.door().get().name() + ") is not on this host; it is built in selftests of the sources");
        } else if (report.door().isPresent()
                && !report.door().get().isStillOpen()
                && !report.door().get().wasClosed()) {
            notes.add("the door was not open before: that it is closed now shows nothing");
        }
        if (report.hits().stream().anyMatch(Hits::isPending)) {
            notes.add("what is pending waits for its module, which nothing has loaded in the guest");
        }
        List<String> failed = report.steps().stream()
                .filter(s -> !s.before().worked())
                .map(s -> s.step().name())
                .toList();
        if (!failed.isEmpty()) {
            notes.add("fails in the guest in any case, and shows nothing: " + String.join(", ", failed));
        }
        report.ended().ifPresent(all -> notes.add(endedWords(all)));
        notes.add("none of the host's services is started in the guest, and SELinux and AppArmor are off");
        return notes;
    }

    private static String endedWords(List<Compared> all) {
        List<String> changed = all.stream()
                .filter(Compared::isChanged)
                .map(c -> c.step().name() + " " + c.after().map(Tried::text).orElse(""))
                .toList();
        return changed.isEmpty()
                ? "it ended by itself, and everything is as before"
                : "it ended by itself, and this is not as before: " + String.join(", ", changed);
    }

    /** From the line on that the trouble was recognised by. */
    private static List<String> fromSign(Trouble trouble) {
        List<String> log = trouble.log();
        for (int i = 0; i < log.size(); i++) {
            if (!log.get(i).isBlank() && trouble.what().endsWith(log.get(i).strip())) {
                return log.subList(i, log.size());
            }
        }
        return log;
    }

    private static List<String> log(String title, List<String> log) {
        List<String> lines = new ArrayList<>(List.of(title + ":"));
        log.stream().limit(LOG_LINES).forEach(l -> lines.add("  " + Messages.visible(l)));
        lines.add("");
        return lines;
    }

    private String acceleratorWords() {
        return accelerator.equals("KVM") ? "KVM" : "emulated: KVM is not used";
    }

    String json() {
        Map<String, @Nullable Object> root = Json.document();
        root.put("subject", known.subject().text());
        root.put("verdict", Messages.word(report.verdict()));
        root.put("summary", report.sentence());
        root.put("kernel", kernel);
        root.put("accelerator", accelerator.toLowerCase(Locale.ROOT));
        root.put("seconds", time.toSeconds());
        root.put("hits", report.hits().stream().map(Rehearsed::json).toList());
        root.put("steps", report.steps().stream().map(Rehearsed::json).toList());
        root.put("door", report.door().map(Rehearsed::json).orElse(null));
        root.put(
                "after_end",
                report.ended()
                        .map(all -> all.stream().map(Rehearsed::json).toList())
                        .orElse(null));
        root.put("log", report.log());
        root.put("trouble", report.trouble().map(Rehearsed::json).orElse(null));
        root.put("notes", notes());
        return Json.render(root, true);
    }

    private static Map<String, @Nullable Object> json(Hits hits) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        node.put("symbol", hits.symbol());
        node.put("retval", hits.retval().isEmpty() ? null : Long.valueOf(hits.retval()));
        node.put("hits", hits.count());
        node.put("pending", hits.isPending());
        return node;
    }

    private static Map<String, @Nullable Object> json(Compared step) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        node.put("step", step.step().name());
        node.put("changed", step.isChanged());
        node.put("before", json(step.before()));
        node.put("after", json(step.after()));
        return node;
    }

    private static Map<String, @Nullable Object> json(Door door) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        node.put("name", door.name());
        node.put("before", json(door.before()));
        node.put("after", json(door.after()));
        return node;
    }

    private static @Nullable Map<String, @Nullable Object> json(Optional<Tried> tried) {
        return tried.map(Rehearsed::json).orElse(null);
    }

    private static Map<String, @Nullable Object> json(Tried tried) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        node.put("exit_status", (long) tried.status());
        node.put("output", tried.output());
        return node;
    }

    private static Map<String, @Nullable Object> json(Trouble trouble) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        node.put("during", trouble.during());
        node.put("what", trouble.what());
        node.put("console", trouble.log());
        return node;
    }
}
