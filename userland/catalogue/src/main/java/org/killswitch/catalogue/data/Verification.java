// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.data;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.killswitch.catalogue.Entry;

/**
 * What came of going through an entry's door on one kernel: before its engagement, during it and after.
 *
 * @param kernel the series, as the lab calls it
 * @param version what uname -r says
 * @param packageVersion that of the distribution's package
 * @param engaged what was engaged, a text for each function as {@link #text} has it
 * @param before what the door said; empty where it was not tried
 * @param reason why the outcome is not {@link Outcome#CLOSED}
 */
public record Verification(
        String cve,
        String kernel,
        String version,
        String packageVersion,
        String door,
        Outcome outcome,
        List<String> engaged,
        String before,
        String during,
        String after,
        Optional<String> reason) {

    public Verification {
        engaged = List.copyOf(engaged);
    }

    /** What it comes to. */
    public enum Outcome {
        /** The door was open, was closed by the engagement, and was open again. */
        CLOSED("closed"),
        /** The kernel does not have what the door goes through. */
        NOT_HERE("not here"),
        /** The entry has nothing to engage on this kernel. */
        NO_ENGAGEMENT("no engagement"),
        /** It cannot be said that the engagement closes the door. */
        FAILED("failed");

        private final String text;

        Outcome(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }

        /** The one that is written so; empty if none is. */
        public static Optional<Outcome> of(String text) {
            return Arrays.stream(values()).filter(o -> o.text.equals(text)).findFirst();
        }
    }

    /** A function of an entry in one line, for a person and to be compared. */
    public static String text(Entry.Function function) {
        return function.symbol() + " " + function.retval().value()
                + function.when().map(w -> " when " + w).orElse("");
    }

    /** In one line: how it ended, with what the door said or why. */
    public String summary() {
        return outcome == Outcome.CLOSED
                ? during
                : reason.map(r -> outcome + ": " + r).orElse(outcome.toString());
    }
}
