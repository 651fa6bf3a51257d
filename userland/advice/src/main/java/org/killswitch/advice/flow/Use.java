// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice.flow;

import java.util.List;
import java.util.function.LongPredicate;

/**
 * What a caller does with a result.
 *
 * @param site the call
 * @param uses what was found, in the order in which it was found
 * @param complete whether the result was followed to the end
 */
public record Use(long site, List<Kind> uses, List<Test> tests, boolean complete) {

    /** One use. */
    public enum Kind {
        /** A branch depends on it. */
        TESTED,
        /** The caller returns it to its own caller. */
        RETURNED,
        /** It is an argument of another call. */
        PASSED,
        /** It is written to memory. */
        STORED,
        /** Something is computed with it. */
        COMPUTED,
        /** Memory is read or written where it points to. */
        DEREFERENCED
    }

    /**
     * A branch that depends on it.
     *
     * @param site the branch
     * @param takenBy whether it is taken with a value
     */
    public record Test(long site, LongPredicate takenBy) {}

    public boolean isDropped() {
        return complete && uses.isEmpty();
    }

    public boolean has(Kind kind) {
        return uses.contains(kind);
    }

    /** Whether all branches go the same way with either value. */
    public boolean isSame(long one, long other) {
        return tests.stream().allMatch(t -> t.takenBy.test(one) == t.takenBy.test(other));
    }
}
