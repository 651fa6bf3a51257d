// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.killswitch.advice.flow.Summary;
import org.killswitch.advice.flow.Term;
import org.killswitch.host.text.Body;

/** What the body writes where its arguments point to, and nobody would. */
final class Outputs {

    private Outputs() {}

    static Optional<Finding> of(Subject subject) throws IOException {
        if (!subject.saysSuccess()) {
            return Optional.empty();
        }
        Body body = subject.kernel().body(subject.function());
        Map<Integer, Set<String>> places = new TreeMap<>();
        Set<Integer> whole = new TreeSet<>();
        for (Summary.Store store : subject.kernel().summary(subject.function()).stores()) {
            Term place = store.place();
            if (place instanceof Term.Argument || (place instanceof Term.Sum s && s.base() instanceof Term.Argument)) {
                places.computeIfAbsent(place.argument().orElseThrow(), n -> new TreeSet<>())
                        .add(place.describe() + " at " + body.offset(store.site()));
                if (place instanceof Term.Argument a) {
                    whole.add(a.number());
                }
            }
        }
        if (places.isEmpty()) {
            return Optional.empty();
        }
        boolean result = places.keySet().stream().anyMatch(n -> isResult(subject, n, whole) || isFilledIn(subject, n));
        String names = String.join(
                ", ", places.keySet().stream().map(n -> name(subject, n)).toList());
        return Optional.of(new Finding(
                Finding.Id.OUTPUTS,
                result ? Level.DANGER : Level.WARNING,
                "the body writes to what " + names + " points to; the callers would find what was there before",
                places.values().stream().flatMap(Set::stream).limit(12).toList()));
    }

    /**
     * Whether an argument is there to be filled in: it points to a number or a pointer, or where there is no type, it is not
     * the first and is written to at its beginning.
     */
    private static boolean isResult(Subject subject, int number, Set<Integer> whole) {
        if (subject.signature().isEmpty()) {
            return number > 0 && whole.contains(number);
        }
        return subject.signature()
                .filter(s -> number < s.parameters().size())
                .map(s -> s.parameters().get(number))
                .filter(p -> p.pointer() && p.plain() && !p.readOnly())
                .isPresent();
    }

    /** What is written to beside the object that the function is about, for callers that cannot be told that it was not. */
    private static boolean isFilledIn(Subject subject, int number) {
        return number > 0
                && subject.returns(Signature.Kind.VOID)
                && !Callers.sites(subject).isEmpty();
    }

    private static String name(Subject subject, int number) {
        return subject.signature()
                .filter(s -> number < s.parameters().size())
                .map(s -> s.parameters().get(number).name())
                .orElse("argument " + (number + 1));
    }
}
