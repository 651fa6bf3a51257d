// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.killswitch.advice.flow.Effect;
import org.killswitch.advice.flow.Exit;
import org.killswitch.advice.flow.Term;
import org.killswitch.advice.flow.Trail;
import org.killswitch.advice.flow.Value.Sign;
import org.killswitch.host.text.Body;

/**
 * What the body owes its callers on the way out: it gives back what they took, or leaves taken what they will give back.
 * An override does neither. What the body both takes and gives back is its own business.
 */
final class Owes {

    private static final Finding.Id ID = Finding.Id.OWES;

    private Owes() {}

    static List<Finding> findings(Subject subject) throws IOException {
        List<Exit> exits = subject.kernel().summary(subject.function()).exits();
        List<Exit> like = exits.stream().filter(e -> isLike(subject, e)).toList();
        String way = like.isEmpty() ? "every way out" : describe(subject);
        List<Exit> compared = like.isEmpty() ? exits : like;
        Body body = subject.kernel().body(subject.function());
        List<Finding> findings = new ArrayList<>();
        List<Trail.Entry> always = new ArrayList<>();
        List<Trail.Entry> sometimes = new ArrayList<>();
        for (Trail.Entry entry : owed(compared)) {
            (isOwedByAll(compared, entry) ? always : sometimes).add(entry);
        }
        if (!always.isEmpty()) {
            findings.add(new Finding(
                    ID,
                    Level.DANGER,
                    "on " + way + " the body gives back what its caller took (" + functions(always)
                            + "): the caller leaves that to it, and an override does not do it",
                    always.stream().map(e -> describe(body, e)).toList()));
        }
        if (!sometimes.isEmpty()) {
            findings.add(new Finding(
                    ID,
                    Level.NOTE,
                    "on some ways out like this one, but not on all, the body gives back what its caller took ("
                            + functions(sometimes) + ")",
                    sometimes.stream().map(e -> describe(body, e)).toList()));
        }
        List<Trail.Entry> held = heldByAll(compared);
        if (!held.isEmpty() && subject.retval().isPresent()) {
            findings.add(new Finding(
                    ID,
                    Level.DANGER,
                    "on " + way + " the body leaves something locked (" + functions(held)
                            + "): the caller unlocks what an override has not locked",
                    held.stream().map(e -> describe(body, e)).toList()));
        }
        return findings;
    }

    /** Whether a way out returns what callers take for the same as the value. */
    private static boolean isLike(Subject subject, Exit exit) {
        if (subject.retval().isEmpty() || subject.returns(Signature.Kind.VOID)) {
            return true;
        }
        if (subject.returns(Signature.Kind.BOOL)) {
            return may(exit, subject.retval().getAsLong() == 0 ? Sign.ZERO : Sign.OTHER);
        }
        return may(exit, subject.sign().orElseThrow());
    }

    /** What the caller passed and gets back is no error, though nothing else is known of it. */
    private static boolean may(Exit exit, Sign sign) {
        return exit.value().atoms().entrySet().stream()
                .anyMatch(a -> a.getValue().contains(sign)
                        && (sign != Sign.ERROR || !a.getKey().isOfCaller()));
    }

    private static String describe(Subject subject) {
        if (subject.retval().isEmpty() || subject.returns(Signature.Kind.VOID)) {
            return "every way out";
        }
        return switch (subject.sign().orElseThrow()) {
            case ERROR -> "every way out with an error";
            case ZERO -> "every way out with 0";
            case OTHER -> "every way out with a value like this one";
        };
    }

    private static List<Trail.Entry> owed(List<Exit> exits) {
        List<Trail.Entry> found = new ArrayList<>();
        for (Exit exit : exits) {
            for (Trail.Entry entry : exit.trail().owed()) {
                if (found.stream().noneMatch(f -> f.isSame(entry))) {
                    found.add(entry);
                }
            }
        }
        return found;
    }

    /** A way on which the argument is not there owes nothing for it. */
    private static boolean isOwedByAll(List<Exit> exits, Trail.Entry entry) {
        Set<Integer> argument = Set.of(entry.object().argument().orElse(-1));
        return exits.stream()
                .filter(e -> e.trail().absent().stream().noneMatch(argument::contains))
                .allMatch(e -> e.trail().owed().stream().anyMatch(o -> o.isAlike(entry)));
    }

    private static List<Trail.Entry> heldByAll(List<Exit> exits) {
        return exits.isEmpty()
                ? List.of()
                : exits.getFirst().trail().held().stream()
                        .filter(h ->
                                h.family() == Effect.Family.LOCK && h.object().isOfCaller())
                        .filter(h -> exits.stream()
                                .allMatch(e -> e.trail().held().stream().anyMatch(o -> o.isAlike(h))))
                        .toList();
    }

    private static String functions(List<Trail.Entry> entries) {
        return String.join(
                ", ", entries.stream().map(Trail.Entry::function).distinct().toList());
    }

    private static String describe(Body body, Trail.Entry entry) {
        Term object = entry.object();
        return entry.function() + " of " + object.describe() + " at " + body.offset(entry.site());
    }
}
