// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.rehearsal;

/**
 * How a step ended.
 *
 * @param status its exit status
 * @param output what it printed, errors included
 */
public record Tried(int status, String output) {

    /** What timeout(1) returns when it has ended what it ran, and what a shell says of what was killed. */
    private static final int TIMED_OUT = 124;

    private static final int KILLED = 128 + 9;

    /** Whether it did what it is there for. */
    public boolean worked() {
        return status == 0;
    }

    /** In a few words. */
    public String text() {
        if (worked()) {
            return "works";
        }
        String last = output.lines()
                .filter(l -> !l.isBlank())
                .reduce((a, b) -> b)
                .orElse("")
                .strip();
        return (status == TIMED_OUT || status == KILLED ? "does not end" : "fails (exit status " + status + ")")
                + (last.isEmpty() ? "" : ": " + last);
    }
}
