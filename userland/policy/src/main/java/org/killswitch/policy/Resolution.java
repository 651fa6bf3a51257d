// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.util.List;

/**
 * What a policy means on this kernel, today.
 *
 * @param over the entries that have ended by what they say themselves
 * @param ended what those would engage
 * @param notes a line for each entry that wants nothing here, and why
 * @param problems a line for each entry that cannot be followed
 */
public record Resolution(
        List<Desired> desired, List<PolicyEntry> over, List<Desired> ended, List<String> notes, List<String> problems) {

    public Resolution {
        desired = List.copyOf(desired);
        over = List.copyOf(over);
        ended = List.copyOf(ended);
        notes = List.copyOf(notes);
        problems = List.copyOf(problems);
    }
}
