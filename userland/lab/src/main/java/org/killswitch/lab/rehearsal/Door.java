// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.rehearsal;

import java.util.Optional;

/**
 * The way to a flaw, which an engagement is to close.
 *
 * @param name of the program of selftests/doors
 * @param before what came of going through it; empty if its program is not here
 * @param after the same while something was engaged; empty if it was not tried any more
 */
public record Door(String name, Optional<Tried> before, Optional<Tried> after) {

    private static final int OPEN = 0;
    private static final int CLOSED = 1;
    private static final int ABSENT = 4;

    /** Whether it could be gone through, and still can. */
    public boolean isStillOpen() {
        return is(before, OPEN) && is(after, OPEN);
    }

    /** Whether it could be gone through, and no longer can. */
    public boolean wasClosed() {
        return is(before, OPEN) && is(after, CLOSED);
    }

    private static boolean is(Optional<Tried> tried, int status) {
        return tried.filter(t -> t.status() == status).isPresent();
    }

    /** What the program said of it. */
    public static String word(Tried tried) {
        String said = tried.output().strip();
        return switch (tried.status()) {
            case OPEN -> "open";
            case CLOSED, ABSENT -> said.isEmpty() ? "closed" : said.substring(said.lastIndexOf('\n') + 1);
            default -> "not tried: " + said.substring(said.lastIndexOf('\n') + 1);
        };
    }
}
