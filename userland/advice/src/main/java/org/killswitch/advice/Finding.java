// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.util.List;

/**
 * One thing that was found about an engagement.
 *
 * @param id which kind; it does not change
 * @param text one sentence
 * @param evidence names, offsets and addresses with which it can be verified
 */
public record Finding(Id id, Level level, String text, List<String> evidence) {

    /** The kinds, in the order in which they are shown. */
    public enum Id {
        FOUND("found"),
        VALUE("value"),
        OWN_ERRORS("own-errors"),
        CALLERS("callers"),
        POINTERS("pointers"),
        CONTRACT("contract"),
        CONTEXT("context"),
        PERMISSION("permission"),
        OUTPUTS("outputs"),
        OWES("owes"),
        HERE("here"),
        WHEN("when");

        private final String word;

        Id(String word) {
            this.word = word;
        }

        /** As in the output. */
        public String word() {
            return word;
        }
    }

    public Finding {
        evidence = List.copyOf(evidence);
    }

    public static Finding of(Id id, Level level, String text, String... evidence) {
        return new Finding(id, level, text, List.of(evidence));
    }
}
