// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.output;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Points in time, in whole seconds: one form for people, and one for programs. */
public final class Times {

    private static final DateTimeFormatter FOR_PEOPLE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ssxxx", Locale.ROOT);

    private Times() {}

    /** {@code 2026-11-26 10:44:10+01:00}. */
    public static String forPeople(Instant when, ZoneId zone) {
        return FOR_PEOPLE.format(when.atZone(zone));
    }

    /** As in RFC 3339, in UTC: {@code 2026-11-26T09:44:10Z}. */
    public static String forPrograms(Instant when) {
        return when.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
