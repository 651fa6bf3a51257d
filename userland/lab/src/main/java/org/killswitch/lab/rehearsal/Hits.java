// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.rehearsal;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What is engaged, and what it caught.
 *
 * @param symbol the function
 * @param retval what it returns; empty if it is only observed
 * @param count of calls
 * @param isPending whether it waits for its module, which nothing has loaded
 */
public record Hits(String symbol, String retval, long count, boolean isPending) {

    private static final String PENDING = "pending";

    /** Prints a line for each function that is engaged, observed or pending. */
    static final String SCRIPT = """
            for f in /sys/kernel/security/killswitch/fn/*/; do
                [ -e "$f/hits" ] || continue
                name=${f%/}
                read -r state < "$f/state"; read -r hits < "$f/hits"; read -r retval < "$f/retval"
                [ "$state" != observing ] || retval=-
                echo "${name##*/} $hits $retval"
            done
            while read -r name retval rest; do
                [ "$retval" != observe ] || retval=-
                echo "$name pending ${retval#retval=}"
            done < /sys/kernel/security/killswitch/pending
            """;

    private static final Pattern LINE = Pattern.compile("(\\S+) (\\d+|pending) (\\S+)");

    /** What the script printed. */
    static List<Hits> parse(String output) {
        return output.lines()
                .map(LINE::matcher)
                .filter(m -> m.matches())
                .map(m -> of(m.group(1), m.group(2), m.group(3)))
                .toList();
    }

    private static Hits of(String symbol, String count, String retval) {
        boolean pending = count.equals(PENDING);
        return new Hits(symbol, retval.equals("-") ? "" : retval, pending ? 0 : Long.parseLong(count), pending);
    }
}
