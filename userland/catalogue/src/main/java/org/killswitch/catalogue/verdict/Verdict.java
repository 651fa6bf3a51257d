// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.verdict;

import java.util.List;
import java.util.Optional;

/**
 * Whether the running kernel has a flaw, and how that is known.
 *
 * @param place where the flawed code is in this kernel; empty where the kernel is free of the flaw, whatever it has
 * @param evidence in the order in which it was looked for
 * @param reboot the installed kernel that has the fix, where the running one has not
 */
public record Verdict(
        Subject subject,
        Status status,
        Optional<Place> place,
        Reachable reachable,
        List<Evidence> evidence,
        Optional<String> reboot) {

    public Verdict {
        evidence = List.copyOf(evidence);
    }

    /** Who could get the flawed code to run, as far as loading it goes. */
    public enum Reachable {
        /** It is built in, or its module is loaded. */
        LOADED,
        /** Its module is loaded when any user asks for what it offers. */
        ANY_USER,
        /** Its module is there, and nobody without privilege is known to be able to load it. */
        ON_DISK,
        /** The code is not here. */
        NOT_HERE,
        /** It is not known where the code is. */
        UNKNOWN
    }

    /** What decided; the last thing that was found out where nothing did. */
    public Evidence decisive() {
        return evidence.stream().filter(Evidence::decides).findFirst().orElse(evidence.getLast());
    }

    /** Whether it needs attention now. */
    public boolean isOpen() {
        return status == Status.AFFECTED;
    }
}
