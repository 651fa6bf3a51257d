// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.killswitch.advice.flow.Use;
import org.killswitch.host.text.CallGraph;

/**
 * What one direct caller does with the result.
 *
 * @param where the call
 * @param followed where it reads or writes what the value points to; empty if that is not seen, or it is no pointer
 */
record Callers(String where, Use use, Optional<String> followed) {

    private static final Finding.Id ID = Finding.Id.CALLERS;

    /** Of more, the first ones are looked at. */
    private static final int LOOKED_MAX = 300;

    private static final int LISTED_MAX = 12;

    /** An address as pointers have it that are none of the error pointers. */
    private static final long GOOD_POINTER = 0xffff_8880_0012_3000L;

    static List<Callers> of(Subject subject) throws IOException {
        List<Callers> callers = new ArrayList<>();
        Kernel kernel = subject.kernel();
        for (CallGraph.Site site : sites(subject).stream().limit(LOOKED_MAX).toList()) {
            Use use = kernel.use(site);
            callers.add(new Callers(
                    kernel.place(site.function(), site.address()),
                    use,
                    subject.returns(Signature.Kind.POINTER)
                                    && subject.retval().isPresent()
                                    && use.has(Use.Kind.DEREFERENCED)
                            ? kernel.follows(site, subject.retval().getAsLong())
                            : Optional.empty()));
        }
        return callers;
    }

    static List<CallGraph.Site> sites(Subject subject) {
        return subject.kernel().text().graph().to(subject.function()).stream()
                .filter(s -> s.kind() != CallGraph.Kind.ADDRESS && s.function() != subject.function())
                .toList();
    }

    /** A result with which callers go on. */
    private static long good(Subject subject) {
        return subject.returns(Signature.Kind.POINTER) ? GOOD_POINTER : subject.returns(Signature.Kind.BOOL) ? 1 : 0;
    }

    /** Whether it tells the value from success, or leaves that to its own callers. */
    boolean tells(Subject subject) {
        return use.has(Use.Kind.RETURNED) || !use.isSame(subject.retval().orElse(-1), good(subject));
    }

    static List<Finding> findings(Subject subject) throws IOException {
        int count = sites(subject).size();
        if (count == 0) {
            return List.of(Finding.of(
                    ID, Level.NOTE, "no function calls " + subject.symbol().name() + " directly"));
        }
        List<Callers> all = of(subject);
        String looked = count > all.size() ? "; the first " + all.size() + " of " + count + " were looked at" : "";
        if (subject.returns(Signature.Kind.VOID)) {
            return List.of(new Finding(
                    ID,
                    Level.OK,
                    callers(count) + looked,
                    all.stream().limit(LISTED_MAX).map(Callers::where).toList()));
        }
        List<Callers> dropping = all.stream().filter(c -> c.use.isDropped()).toList();
        List<Callers> believing = all.stream().filter(c -> c.believes(subject)).toList();
        List<Callers> computing = all.stream().filter(c -> c.computes(subject)).toList();
        List<Finding> findings = new ArrayList<>();
        findings.add(new Finding(
                ID,
                dropping.isEmpty() ? Level.OK : dropping.size() == all.size() ? Level.WARNING : Level.NOTE,
                callers(count) + ": " + count(all, Use.Kind.TESTED) + " test the result, "
                        + count(all, Use.Kind.RETURNED) + " return it, " + dropping.size() + " drop it" + looked,
                all.stream().limit(LISTED_MAX).map(Callers::describe).toList()));
        if (subject.retval().isPresent() && !believing.isEmpty()) {
            findings.add(new Finding(
                    ID,
                    subject.returns(Signature.Kind.POINTER) ? Level.DANGER : Level.WARNING,
                    believing.size() + " of " + all.size() + " looked at do not tell "
                            + Subject.describe(subject.retval().getAsLong()) + " from success",
                    believing.stream().limit(LISTED_MAX).map(Callers::describe).toList()));
        }
        List<Callers> deceived = all.stream().filter(c -> c.takesNull(subject)).toList();
        if (!deceived.isEmpty()) {
            findings.add(new Finding(
                    ID,
                    Level.DANGER,
                    deceived.size() + " of " + all.size()
                            + " looked at test for an error pointer only, and take NULL for a good one",
                    deceived.stream().limit(LISTED_MAX).map(Callers::describe).toList()));
        }
        List<Callers> following =
                all.stream().filter(c -> c.followed.isPresent()).toList();
        if (!following.isEmpty()) {
            findings.add(new Finding(
                    ID,
                    Level.DANGER,
                    following.size() + " of " + all.size() + " looked at read or write what the result points to, also"
                            + " if that is " + Subject.describe(subject.retval().orElseThrow()),
                    following.stream()
                            .limit(LISTED_MAX)
                            .map(c -> c.where + ", there at " + c.followed.orElseThrow())
                            .toList()));
        }
        if (subject.retval().isPresent() && !computing.isEmpty()) {
            findings.add(new Finding(
                    ID,
                    Level.DANGER,
                    computing.size() + " of " + all.size() + " looked at compute with the result or pass it on, and do"
                            + " not test it before: it is a number that they believe",
                    computing.stream().limit(LISTED_MAX).map(Callers::describe).toList()));
        }
        return findings;
    }

    private static String callers(int count) {
        return count + (count == 1 ? " direct caller" : " direct callers");
    }

    private static long count(List<Callers> callers, Use.Kind kind) {
        return callers.stream().filter(c -> c.use.has(kind)).count();
    }

    /** Takes a failure for success: follows a pointer that is none, or tests the result, and all tests say "good". */
    private boolean believes(Subject subject) {
        if (subject.saysSuccess() || tells(subject)) {
            return false;
        }
        return use.has(Use.Kind.DEREFERENCED)
                || (use.has(Use.Kind.TESTED) && !use.has(Use.Kind.PASSED) && !use.has(Use.Kind.STORED));
    }

    /** Goes the way of a good pointer with NULL, though there is another way. */
    private boolean takesNull(Subject subject) {
        return subject.returns(Signature.Kind.POINTER)
                && subject.retval().isPresent()
                && subject.retval().getAsLong() == 0
                && use.has(Use.Kind.TESTED)
                && use.isSame(0, GOOD_POINTER)
                && !use.isSame(-1, GOOD_POINTER);
    }

    /** Numbers are computed with, or handed on if they are no errnos; what was tested is taken to be in order. */
    private boolean computes(Subject subject) {
        boolean unsigned =
                !subject.signature().filter(Signature::isSignedNumber).isPresent();
        return subject.returns(Signature.Kind.NUMBER)
                && (use.has(Use.Kind.COMPUTED)
                        || use.has(Use.Kind.DEREFERENCED)
                        || (unsigned && use.has(Use.Kind.PASSED)))
                && !use.has(Use.Kind.TESTED);
    }

    private String describe() {
        if (!use.complete()) {
            return where + " could not be followed to the end";
        }
        return use.isDropped()
                ? where + " drops it"
                : where + ": "
                        + String.join(
                                ", ",
                                use.uses().stream()
                                        .map(k -> k.name().toLowerCase(java.util.Locale.ROOT))
                                        .toList());
    }
}
