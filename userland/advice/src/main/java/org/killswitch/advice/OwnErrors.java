// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.killswitch.advice.flow.Exit;
import org.killswitch.advice.flow.Summary;
import org.killswitch.advice.flow.Term;
import org.killswitch.advice.flow.Value.Sign;
import org.killswitch.host.text.Body;
import org.killswitch.host.text.Instruction;
import org.killswitch.host.text.Operand;
import org.killswitch.host.text.Operation;

/**
 * What the body returns.
 *
 * @param constants numbers that it returns itself, and where they stand in the body
 * @param calls names of the functions whose results it returns, by the addresses of the calls, and with which signs
 * @param other whether it also returns what is neither
 */
record OwnErrors(Map<Long, List<Long>> constants, Map<Long, Set<Sign>> calls, boolean other) {

    private static final Finding.Id ID = Finding.Id.OWN_ERRORS;

    /** Functions whose results are passed on are looked into this deep. */
    private static final int DEPTH_MAX = 2;

    /** So many of them, and only short ones: this is to find the usual errors, not all of them. */
    private static final int LOOKED_MAX = 16;

    private static final int INSTRUCTIONS_MAX = 400;

    static OwnErrors of(Kernel kernel, int function) throws IOException {
        Body body = kernel.body(function);
        Map<Long, List<Long>> constants = new TreeMap<>();
        Map<Long, Set<Sign>> calls = new LinkedHashMap<>();
        boolean other = false;
        for (Exit exit : kernel.summary(function).exits()) {
            for (Map.Entry<Term, Set<Sign>> atom : exit.value().atoms().entrySet()) {
                switch (atom.getKey()) {
                    case Term.Constant c -> constants.computeIfAbsent(c.value(), v -> places(body, v));
                    case Term.Result r ->
                        calls.merge(r.site(), new TreeSet<>(atom.getValue()), (a, b) -> {
                            a.addAll(b);
                            return a;
                        });
                    default -> other = true;
                }
            }
        }
        return new OwnErrors(constants, calls, other);
    }

    /** Where a register gets a constant. */
    private static List<Long> places(Body body, long constant) {
        return body.all().values().stream()
                .filter(i -> i.operations().stream()
                        .anyMatch(o -> o instanceof Operation.Set s
                                && s.value() instanceof Operand.Immediate m
                                && m.value() == constant))
                .map(Instruction::address)
                .sorted()
                .toList();
    }

    /** The numbers that the body returns itself. */
    Set<Long> own() {
        return constants.keySet();
    }

    boolean returnsErrors() {
        return constants.keySet().stream().anyMatch(c -> Sign.of(c) == Sign.ERROR)
                || calls.values().stream().anyMatch(s -> s.contains(Sign.ERROR))
                || other;
    }

    /** The errnos that the body returns itself. */
    List<Long> errors() {
        return constants.keySet().stream()
                .filter(c -> Sign.of(c) == Sign.ERROR)
                .sorted((a, b) -> Long.compare(b, a))
                .toList();
    }

    static List<Finding> findings(Subject subject) throws IOException {
        Kernel kernel = subject.kernel();
        Body body = kernel.body(subject.function());
        Summary summary = kernel.summary(subject.function());
        OwnErrors own = of(kernel, subject.function());
        List<String> evidence = new ArrayList<>(own.evidence(body, summary));
        summary.notFollowed().forEach(n -> evidence.add("not followed: " + n));
        if (subject.retval().isEmpty() || subject.returns(Signature.Kind.VOID)) {
            return subject.returns(Signature.Kind.VOID)
                    ? List.of()
                    : List.of(new Finding(ID, Level.NOTE, "the body returns " + own.list(), evidence));
        }
        return List.of(own.judge(subject, summary, evidence));
    }

    private String list() {
        List<String> shown = new ArrayList<>(
                constants.keySet().stream().map(Subject::describe).toList());
        if (!calls.isEmpty()) {
            shown.add("what " + calls.size() + (calls.size() == 1 ? " call returns" : " calls return"));
        }
        if (other) {
            shown.add("values that are not followed");
        }
        return shown.isEmpty() ? "nothing: no way out was found" : String.join(", ", shown);
    }

    private List<String> evidence(Body body, Summary summary) {
        List<String> lines = new ArrayList<>();
        constants.forEach((value, places) -> lines.add("returns " + Subject.describe(value)
                + (places.isEmpty()
                        ? ""
                        : ", set at "
                                + String.join(
                                        ", ",
                                        places.stream()
                                                .limit(4)
                                                .map(body::offset)
                                                .toList()))));
        calls.forEach(
                (site, signs) -> lines.add("returns what " + summary.calls().get(site) + " at " + body.offset(site)
                        + " returns" + (signs.contains(Sign.ERROR) ? "" : ", if that is no error")));
        return lines;
    }

    private Finding judge(Subject subject, Summary summary, List<String> evidence) throws IOException {
        long value = subject.retval().orElseThrow();
        String shown = Subject.describe(value);
        if (constants.containsKey(value)) {
            return new Finding(ID, Level.OK, "the body returns " + shown + " itself: its callers know it", evidence);
        }
        Optional<String> through = through(subject.kernel(), summary, value, DEPTH_MAX, new HashSet<>());
        if (through.isPresent()) {
            return new Finding(ID, Level.OK, "the body returns " + shown + " out of " + through.get(), evidence);
        }
        boolean followed = summary.notFollowed().isEmpty() && !other;
        return switch (Sign.of(value)) {
            case ERROR -> error(subject, shown, followed, evidence);
            case ZERO, OTHER -> success(subject, shown, followed, evidence);
        };
    }

    /** Whether it returns numbers above 0, which mean something. */
    private boolean counts() {
        return constants.keySet().stream().anyMatch(c -> Sign.of(c) == Sign.OTHER);
    }

    /** A value that is no error and that the body does not return itself. */
    private Finding success(Subject subject, String shown, boolean followed, List<String> evidence) {
        Sign sign = subject.sign().orElseThrow();
        boolean fails = !errors().isEmpty() || calls.values().stream().anyMatch(s -> s.contains(Sign.ERROR));
        if (sign == Sign.ZERO
                && subject.signature().filter(Signature::isSignedNumber).isPresent()
                && fails
                && !counts()) {
            return new Finding(
                    ID,
                    Level.DANGER,
                    "the body returns errors: 0 says that the work was done, and the callers go on with what it did"
                            + " not do",
                    evidence);
        }
        boolean passedOn = calls.values().stream().anyMatch(s -> s.contains(sign));
        if (sign == Sign.OTHER && !other && !counts() && !errors().isEmpty()) {
            return new Finding(
                    ID,
                    Level.DANGER,
                    "the body returns errors and no number above 0 of its own: " + shown
                            + " is success to some callers and failure to others",
                    evidence);
        }
        return followed && !passedOn
                ? new Finding(
                        ID, Level.DANGER, "the body never returns " + shown + ": its callers do not know it", evidence)
                : new Finding(ID, Level.NOTE, "whether the body returns " + shown + " cannot be seen", evidence);
    }

    private Finding error(Subject subject, String shown, boolean followed, List<String> evidence) throws IOException {
        if (!returnsErrors()) {
            boolean tested = Callers.of(subject).stream().anyMatch(c -> c.tells(subject));
            return tested
                    ? new Finding(
                            ID,
                            Level.WARNING,
                            "the body never fails: what its callers do after a failure has never run",
                            evidence)
                    : new Finding(
                            ID,
                            Level.DANGER,
                            "the body never fails, and no caller is seen that would cope with " + shown,
                            evidence);
        }
        List<Long> errors = errors();
        if (errors.isEmpty() && counts()) {
            return new Finding(
                    ID,
                    Level.WARNING,
                    "the body returns codes of its own and no errno that can be seen: whether its callers know " + shown
                            + " is not known",
                    evidence);
        }
        if (errors.isEmpty()) {
            return new Finding(
                    ID,
                    Level.NOTE,
                    "the body returns errors, but whether " + shown + " is one of them cannot be seen",
                    evidence);
        }
        return new Finding(
                ID,
                Level.NOTE,
                "the body returns errors, but not " + shown + (followed && calls.isEmpty() ? "" : " that could be seen")
                        + "; its own are "
                        + String.join(
                                ", ", errors.stream().map(Subject::describe).toList()),
                evidence);
    }

    /** The function through which a constant comes, if it is found among those whose results are passed on. */
    private Optional<String> through(Kernel kernel, Summary summary, long value, int depth, Set<Integer> looked)
            throws IOException {
        if (depth == 0) {
            return Optional.empty();
        }
        for (Map.Entry<Long, Set<Sign>> call : calls.entrySet()) {
            int callee = kernel.calleeAt(call.getKey());
            if (callee < 0
                    || !call.getValue().contains(Sign.of(value))
                    || looked.size() >= LOOKED_MAX
                    || !looked.add(callee)
                    || kernel.body(callee).all().size() > INSTRUCTIONS_MAX) {
                continue;
            }
            String name = summary.calls().getOrDefault(call.getKey(), "");
            OwnErrors inner = of(kernel, callee);
            if (inner.constants.containsKey(value)) {
                return Optional.of(name);
            }
            Optional<String> deeper = inner.through(kernel, kernel.summary(callee), value, depth - 1, looked);
            if (deeper.isPresent()) {
                return Optional.of(name + ", there out of " + deeper.get());
            }
        }
        return Optional.empty();
    }
}
