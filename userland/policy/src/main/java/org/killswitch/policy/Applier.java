// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.killswitch.bpf.BpfException;
import org.killswitch.control.ControlException;
import org.killswitch.control.InvalidInputException;
import org.killswitch.control.Reason;

/** Carries out a plan: all of it, or nothing. */
public final class Applier {

    private final Overrides overrides;

    public Applier(Overrides overrides) {
        this.overrides = overrides;
    }

    private interface Undo {
        void run() throws ControlException, BpfException;
    }

    private record Done(Change change, Undo undo) {}

    /** Does what a plan says. What was done before something was refused is taken back. */
    public void apply(Plan plan) throws PolicyException, ControlException {
        refuseWhatCannotBe(plan);
        List<Done> done = new ArrayList<>();
        for (Change change : plan.changes()) {
            try {
                done.add(new Done(change, make(change)));
            } catch (ControlException | BpfException e) {
                throw new PolicyException(place(change) + e.getMessage() + takeBack(done), e);
            }
        }
    }

    private static String place(Change change) {
        return change.wanted().map(d -> d.where() + ": ").orElse("");
    }

    /** A line for each change that is known to be refused, without making any. */
    public List<String> problems(Plan plan) {
        List<String> problems = new ArrayList<>();
        for (Change change : plan.changes()) {
            Optional<Desired> desired = change instanceof Change.Keep ? Optional.empty() : change.wanted();
            try {
                if (desired.isPresent()) {
                    overrides.check(desired.get());
                }
            } catch (ControlException | BpfException e) {
                problems.add(place(change) + e.getMessage());
            }
        }
        return problems;
    }

    /** What is known to be refused is refused before anything is changed. */
    private void refuseWhatCannotBe(Plan plan) throws PolicyException, ControlException {
        List<String> problems = problems(plan);
        if (!problems.isEmpty()) {
            throw new PolicyException(problems.getFirst() + "; nothing was changed");
        }
        boolean begins = false;
        boolean ends = false;
        for (Change change : plan.changes()) {
            switch (change) {
                case Change.Begin b -> begins = true;
                case Change.Enforce e -> begins = true;
                case Change.Replace r -> {
                    begins = true;
                    ends = true;
                }
                case Change.SetValue v -> ends = true;
                case Change.End e -> ends = true;
                case Change.Keep k -> {}
            }
        }
        if (ends && overrides.sealed()) {
            throw new PolicyException(
                    "nothing was changed: killswitch is sealed, so that nothing can be disengaged or changed until the"
                            + " next boot; see killswitch diff");
        }
        if (begins && overrides.locked()) {
            throw new PolicyException(
                    "nothing was changed: killswitch is locked, so that nothing new can be engaged until the next boot;"
                            + " see killswitch diff");
        }
    }

    /** Makes one change; returns what takes it back. */
    private Undo make(Change change) throws ControlException, BpfException {
        return switch (change) {
            case Change.Begin(Desired d) -> {
                overrides.begin(d);
                yield () -> overrides.disengage(d.symbol());
            }
            case Change.SetValue(Actual a, Desired d) -> {
                overrides.set(a.symbol(), d.retval().orElseThrow());
                yield () -> overrides.set(a.symbol(), a.retval().orElseThrow());
            }
            case Change.Enforce(Actual a, Desired d) -> {
                overrides.enforce(a.symbol(), d.retval().orElseThrow(), d.reason());
                yield () -> again(a);
            }
            case Change.Keep(Actual a, Desired d) -> {
                overrides.keep(a.symbol());
                // A countdown cannot be begun again; that it overrides is what the policy wants.
                yield () -> {};
            }
            case Change.Replace(Actual a, Desired d) -> {
                overrides.disengage(a.symbol());
                try {
                    overrides.begin(d);
                } catch (ControlException | BpfException e) {
                    begin(a);
                    throw e;
                }
                yield () -> {
                    overrides.disengage(d.symbol());
                    begin(a);
                };
            }
            case Change.End(Actual a) -> {
                overrides.disengage(a.symbol());
                yield () -> begin(a);
            }
        };
    }

    private void again(Actual a) throws ControlException, BpfException {
        overrides.disengage(a.symbol());
        begin(a);
    }

    /** What was there before; a guard that nobody has as text cannot be made again. */
    private void begin(Actual a) throws ControlException, BpfException {
        if (a.isGuarded() && a.guard().isEmpty()) {
            throw new ControlException(a.symbol() + " had a guard whose text is not known", null);
        }
        overrides.begin(
                new Desired(a.symbol(), a.retval(), a.guard(), a.reason().flatMap(Applier::reason), ""));
    }

    private static Optional<Reason> reason(String text) {
        try {
            return Optional.of(Reason.parse(text));
        } catch (InvalidInputException e) {
            return Optional.empty();
        }
    }

    private static String takeBack(List<Done> done) {
        StringBuilder failures = new StringBuilder();
        for (Done d : done.reversed()) {
            try {
                d.undo().run();
            } catch (ControlException | BpfException e) {
                failures.append("; this stays: ")
                        .append(d.change().line())
                        .append(": ")
                        .append(e.getMessage());
            }
        }
        return (done.isEmpty()
                        ? "; nothing was changed"
                        : "; " + done.size() + (done.size() == 1 ? " change was" : " changes were") + " taken back")
                + failures;
    }
}
