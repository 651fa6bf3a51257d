// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What comes out of trace_pipe, in pieces of any size, taken apart. */
final class HitLines {

    private static final Pattern LOST = Pattern.compile("CPU:\\d+ \\[LOST (?<count>\\d{1,18}) EVENTS\\]");

    /** No line is longer: a name of 15 characters, a symbol of 512, and numbers. */
    private static final int LINE_MAX = 1024;

    /** The beginning of a line that has not ended. */
    private String rest = "";

    /** Whole lines that are none: the beginning of one with newlines in the task's name. */
    private String begun = "";

    /** Takes the next piece, a character per byte, and gives what has become whole by it. */
    HitSource.News add(String piece) {
        List<Hit> hits = new ArrayList<>();
        long lost = 0;
        String[] parts = (rest + piece).split("\n", -1);
        rest = parts[parts.length - 1];
        for (String line : List.of(parts).subList(0, parts.length - 1)) {
            Matcher overrun = LOST.matcher(line);
            if (overrun.matches()) {
                lost += Long.parseLong(overrun.group("count"));
                continue;
            }
            String joined = begun + line;
            Optional<Hit> hit = Hit.parse(joined).or(() -> Hit.parse(line));
            hit.ifPresent(hits::add);
            begun = hit.isPresent() || joined.length() > LINE_MAX ? "" : joined + "\n";
        }
        return new HitSource.News(hits, lost);
    }
}
