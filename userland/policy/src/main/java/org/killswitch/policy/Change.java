// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.util.Optional;

/** One thing to do, so that the host becomes what the policy says. */
public sealed interface Change {

    /** Begins what is not there. */
    record Begin(Desired desired) implements Change {}

    /** Changes the value, live. */
    record SetValue(Actual actual, Desired desired) implements Change {}

    /** Turns what is observed into an engagement, without a gap. */
    record Enforce(Actual actual, Desired desired) implements Change {}

    /** Stops a countdown. */
    record Keep(Actual actual, Desired desired) implements Change {}

    /** Ends what is there and begins what is wanted: what cannot be changed while it is there. */
    record Replace(Actual actual, Desired desired) implements Change {}

    /** Ends what the policy does not have. */
    record End(Actual actual) implements Change {}

    /** What is to be there after it; empty if nothing is. */
    default Optional<Desired> wanted() {
        return switch (this) {
            case Begin(Desired d) -> Optional.of(d);
            case SetValue(Actual a, Desired d) -> Optional.of(d);
            case Enforce(Actual a, Desired d) -> Optional.of(d);
            case Keep(Actual a, Desired d) -> Optional.of(d);
            case Replace(Actual a, Desired d) -> Optional.of(d);
            case End e -> Optional.empty();
        };
    }

    /** A word for programs. */
    default String word() {
        return switch (this) {
            case Begin(Desired d) -> d.retval().isPresent() ? "engage" : "observe";
            case SetValue s -> "set";
            case Enforce e -> "enforce";
            case Keep k -> "keep";
            case Replace r -> "replace";
            case End e -> "disengage";
        };
    }

    /** A line for a person, which begins as in diff(1) with +, - or ~. */
    default String line() {
        return switch (this) {
            case Begin(Desired d) -> "+ " + d + " (" + d.where() + ")";
            case SetValue(Actual a, Desired d) ->
                "~ " + d + ", now " + a.retval().map(Object::toString).orElse("-") + " (" + d.where() + ")";
            case Enforce(Actual a, Desired d) -> "~ " + d + ", now only observed (" + d.where() + ")";
            case Keep(Actual a, Desired d) -> "~ " + d + " for good, now it ends by itself (" + d.where() + ")";
            case Replace(Actual a, Desired d) -> "~ " + d + " (" + d.where() + "), now " + a;
            case End(Actual a) -> "- " + a + " (not in the policy)";
        };
    }
}
