// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.util.List;

/**
 * What a policy means on this kernel, today.
 *
 * @param over the entries that have ended by what they say themselves
 * @param notes a line for each entry that wants nothing here, and why
 * @param problems a line for each entry that cannot be followed
 */
public record Resolution(List<Desired> desired, List<Over> over, List<String> notes, List<String> problems) {

    /** An entry that is not needed any more, and why. */
    public record Over(PolicyEntry entry, String why) {
        @Override
        public String toString() {
            return entry.where() + ": over: " + why;
        }
    }

    public Resolution {
        desired = List.copyOf(desired);
        over = List.copyOf(over);
        notes = List.copyOf(notes);
        problems = List.copyOf(problems);
    }
}
