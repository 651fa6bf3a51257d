// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.rehearsal;

import java.util.Optional;

/**
 * A step before something was engaged, and while it was.
 *
 * @param after empty if it was not run any more
 */
public record Compared(Step step, Tried before, Optional<Tried> after) {

    /** Whether the engagement changes what comes of it. */
    public boolean isChanged() {
        return after.filter(a -> differs(step, before, a)).isPresent();
    }

    static boolean differs(Step step, Tried one, Tried other) {
        return one.status() != other.status()
                || (step.comparesOutput() && !one.output().equals(other.output()));
    }
}
