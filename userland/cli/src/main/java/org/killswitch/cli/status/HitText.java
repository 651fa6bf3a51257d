package org.killswitch.cli.status;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.killswitch.cli.output.Json;
import org.killswitch.control.trace.Hit;
import org.killswitch.control.trace.HitSummary;

/** Hits, a line each: for a person, or as JSON. */
final class HitText {

    /** Columns that stay where they are, as lines come one by one. */
    private static final String FORM = "%-8s  %-32s %7s  %-15s  %-12s %9s %10s";

    /** What stands above the lines for a person. */
    static final String HEAD =
            String.format(Locale.ROOT, FORM, "TIME", "SYMBOL", "PID", "COMMAND", "USER", "HITS", "HITS/S");

    private static final int REPLACEMENT = 0xFFFD; // for bytes that are no UTF-8

    private final Users users;
    private final ZoneId zone;

    HitText(Users users, ZoneId zone) {
        this.users = users;
        this.zone = zone;
    }

    /**
     * A line for a person.
     *
     * @param seconds the time in which the hits came
     */
    String line(HitSummary.Row row, double seconds, Instant now) {
        Hit hit = row.hit();
        boolean task = hit.context() == Hit.Context.TASK;
        return String.format(
                Locale.ROOT,
                FORM,
                LocalTime.ofInstant(now, zone).truncatedTo(ChronoUnit.SECONDS),
                hit.symbol(),
                task ? hit.pid() : "-",
                task ? visible(hit.comm()) : "(" + context(hit) + ")",
                task ? users.name(hit.uid()).orElseGet(() -> Long.toString(hit.uid())) : "-",
                row.count(),
                String.format(Locale.ROOT, "%.1f", row.count() / seconds));
    }

    /** A line of JSON; {@code seconds} as for {@link #line}. */
    String json(HitSummary.Row row, double seconds, Instant now) {
        Hit hit = row.hit();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("time", now.toString());
        json.put("symbol", hit.symbol().text());
        json.put("retval", hit.retval().value());
        json.put("context", context(hit));
        if (hit.context() == Hit.Context.TASK) {
            json.put("pid", hit.pid());
            json.put("comm", hit.comm());
            json.put("uid", hit.uid());
            users.name(hit.uid()).ifPresent(name -> json.put("user", name));
        }
        json.put("hits", row.count());
        json.put("hitsPerSecond", row.count() / seconds);
        return Json.render(json, false);
    }

    /** For a person: how many hits could not be followed. */
    static String lost(long count) {
        return count + " more hits came too fast to be followed; killswitch status counts all";
    }

    /** The same as JSON. */
    static String lostJson(long count, Instant now) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("time", now.toString());
        json.put("lost", count);
        return Json.render(json, false);
    }

    private static String context(Hit hit) {
        return hit.context().name().toLowerCase(Locale.ROOT);
    }

    /** A task's name is its owner's to choose, and a terminal obeys some characters. */
    private static String visible(String comm) {
        StringBuilder text = new StringBuilder();
        comm.codePoints()
                .forEach(c -> text.append(
                        Character.isISOControl(c) || c == REPLACEMENT
                                ? String.format(Locale.ROOT, "\\x%02x", c)
                                : Character.toString(c)));
        return text.toString();
    }
}
