// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.killswitch.control.SymbolName;

/**
 * The fewest changes that make a host what its policy says.
 *
 * @param changes what begins comes first and what ends comes last, so that nothing is opened before all is closed
 * @param inPlace what is so already
 * @param notes a line for each thing that is left as it is, and why
 */
public record Plan(List<Change> changes, List<Desired> inPlace, List<String> notes) {

    private static final int SHOWN = 5;

    public Plan {
        changes = List.copyOf(changes);
        inPlace = List.copyOf(inPlace);
        notes = List.copyOf(notes);
    }

    /**
     * Compares.
     *
     * @param others functions that the module's parameters engage, which are not the policy's to end
     */
    public static Plan of(List<Desired> desired, List<Actual> actual, List<SymbolName> others) {
        List<Change> begins = new ArrayList<>();
        List<Change> changes = new ArrayList<>();
        List<Desired> inPlace = new ArrayList<>();
        Set<Actual> wanted = new HashSet<>();
        List<Actual> effective =
                actual.stream().filter(a -> a.life() != Actual.Life.NEVER).toList();
        for (Desired d : desired) {
            List<Actual> found = matches(d, effective);
            wanted.addAll(found);
            if (found.isEmpty()) {
                begins.add(new Change.Begin(d));
                continue;
            }
            List<Change> needed =
                    found.stream().flatMap(a -> differences(a, d).stream()).toList();
            changes.addAll(needed);
            if (needed.isEmpty()) {
                inPlace.add(d);
            }
        }
        List<String> notes = new ArrayList<>();
        List<String> parameters = new ArrayList<>();
        for (Actual a : actual) {
            if (wanted.contains(a)) {
                continue;
            }
            if (others.stream().anyMatch(a.symbol()::mayBe)) {
                parameters.add(a.symbol().text());
            } else if (a.isPassing()) {
                notes.add(a.symbol() + " is not in the policy and ends by itself: left as it is");
            } else {
                changes.add(new Change.End(a));
            }
        }
        if (!parameters.isEmpty()) {
            notes.add("engaged by modprobe.d or the kernel's command line, and left as it is: " + some(parameters));
        }
        List<Change> all = new ArrayList<>(begins);
        changes.stream().filter(c -> !(c instanceof Change.End)).forEach(all::add);
        changes.stream().filter(Change.End.class::isInstance).forEach(all::add);
        return new Plan(all, inPlace, notes);
    }

    /** The same without what ends something: for a policy of which not all is known, and for what only adds. */
    public Plan withoutEnds() {
        return new Plan(changes.stream().filter(c -> !(c instanceof Change.End)).toList(), inPlace, notes);
    }

    private static String some(List<String> names) {
        return names.size() <= SHOWN
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, SHOWN)) + " and " + (names.size() - SHOWN) + " more";
    }

    /** A name without a module means the function in each module that has it. */
    private static List<Actual> matches(Desired desired, List<Actual> actual) {
        List<Actual> exact =
                actual.stream().filter(a -> a.symbol().equals(desired.symbol())).toList();
        return exact.isEmpty() || desired.symbol().module().isEmpty()
                ? actual.stream()
                        .filter(a -> a.symbol().mayBe(desired.symbol()))
                        .toList()
                : exact;
    }

    private static List<Change> differences(Actual a, Desired d) {
        boolean isOtherGuard =
                a.isGuarded() != d.guard().isPresent() || !a.guard().equals(d.guard());
        if (isOtherGuard
                || a.life() == Actual.Life.PROBING
                || (d.retval().isEmpty() && a.retval().isPresent())
                || (a.life() == Actual.Life.PENDING && !a.retval().equals(d.retval()))) {
            return List.of(new Change.Replace(a, d));
        }
        if (a.retval().isEmpty() && d.retval().isPresent()) {
            return List.of(new Change.Enforce(a, d));
        }
        List<Change> needed = new ArrayList<>();
        if (!a.retval().equals(d.retval())) {
            needed.add(new Change.SetValue(a, d));
        }
        if (a.life() == Actual.Life.EXPIRING) {
            needed.add(new Change.Keep(a, d));
        }
        return needed;
    }
}
