// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.status;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.output.Json;
import org.killswitch.cli.output.Messages;
import org.killswitch.cli.output.Times;
import org.killswitch.control.trace.Hit;
import org.killswitch.control.trace.HitSummary;

/** Hits, a line each: for a person, or as JSON. */
final class HitText {

    /** Columns that stay where they are, as lines come one by one. */
    private static final String FORM = "%-25s  %-32s %7s  %-15s  %-12s  %-10s %9s %10s";

    /** What stands above the lines for a person. */
    static final String HEAD =
            String.format(Locale.ROOT, FORM, "TIME", "SYMBOL", "PID", "COMMAND", "USER", "STATE", "HITS", "HITS/S");

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
                Times.forPeople(now, zone),
                hit.symbol(),
                task ? hit.pid() : "-",
                Messages.visible(hit.caller()),
                task ? users.nameOrUid(hit.uid()) : "-",
                state(hit),
                row.count(),
                String.format(Locale.ROOT, "%.1f", row.count() / seconds));
    }

    /** A line of JSON; {@code seconds} as for {@link #line}. */
    String json(HitSummary.Row row, double seconds, Instant now) {
        Hit hit = row.hit();
        Map<String, @Nullable Object> json = Json.document();
        json.put("time", Times.forPrograms(now));
        json.put("symbol", hit.symbol().text());
        json.put("retval", hit.observed() ? null : hit.retval().value());
        json.put("context", context(hit));
        if (hit.context() == Hit.Context.TASK) {
            json.put("pid", hit.pid());
            json.put("comm", hit.comm());
            json.put("uid", hit.uid());
            users.name(hit.uid()).ifPresent(name -> json.put("user", name));
        }
        json.put("hits", row.count());
        json.put("hits_per_second", row.count() / seconds);
        json.put("state", state(hit));
        return Json.render(json, false);
    }

    /** For a person: how many hits were dropped. */
    static String lost(long count) {
        return count + " more hits were dropped; killswitch status counts all of them";
    }

    /** The same as JSON. */
    static String lostJson(long count, Instant now) {
        Map<String, @Nullable Object> json = Json.document();
        json.put("time", Times.forPrograms(now));
        json.put("lost", count);
        return Json.render(json, false);
    }

    /** Whether the call ran. */
    private static String state(Hit hit) {
        return hit.observed() ? "observed" : "overridden";
    }

    private static String context(Hit hit) {
        return Messages.word(hit.context());
    }
}
