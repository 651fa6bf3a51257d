// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Optional;

/** When an entry ends. */
public sealed interface Until {

    /** When somebody takes it out. */
    record Removed() implements Until {}

    /** As soon as the running kernel has the fix. */
    record Fixed() implements Until {}

    /**
     * At a time.
     *
     * @param text as it was written
     */
    record Time(Instant when, String text) implements Until {}

    /** Reads the word fixed, a date (the day's beginning in a zone), or a time with its offset. */
    static Optional<Until> parse(String text, ZoneId zone) {
        if (text.equals("fixed")) {
            return Optional.of(new Fixed());
        }
        try {
            Instant when = text.contains("T")
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDate.parse(text).atStartOfDay(zone).toInstant();
            return Optional.of(new Time(when, text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
