// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.killswitch.control.ControlException;
import org.killswitch.control.SymbolName;
import org.killswitch.fleet.api.FleetPolicy;
import org.killswitch.policy.Actual;
import org.killswitch.policy.Applier;
import org.killswitch.policy.Change;
import org.killswitch.policy.Desired;
import org.killswitch.policy.Overrides;
import org.killswitch.policy.Plan;
import org.killswitch.policy.Policy;
import org.killswitch.policy.PolicyEntry;
import org.killswitch.policy.PolicyException;
import org.killswitch.policy.Resolution;

/**
 * Makes a host what a policy of the fleet says: on trial, or for good. What the host's own administrators have engaged, by
 * their own policy or by hand, is left alone.
 */
final class Steps {

    private final ManagedHost host;

    Steps(ManagedHost host) {
        this.host = host;
    }

    /**
     * What a policy asks of this host.
     *
     * @param all together with the host's own policy
     * @param mine the functions that the fleet's part is about
     * @param notes a line for each entry that asks nothing, and why
     */
    record Wanted(List<Desired> all, Set<String> mine, List<String> notes) {}

    /** Finds out what a policy asks of this host; refuses one of which an entry cannot be followed. */
    Wanted wanted(Optional<FleetPolicy> policy, boolean observe) throws PolicyException {
        List<PolicyEntry> entries = policy.stream()
                .flatMap(p -> p.entries().stream())
                .map(e -> observe ? observed(e) : e)
                .toList();
        Resolution mine = host.resolve(new Policy(entries, List.of()));
        if (!mine.problems().isEmpty()) {
            throw new PolicyException(mine.problems().getFirst());
        }
        Resolution all = host.resolve(new Policy(
                Stream.concat(host.ownPolicy().entries().stream(), entries.stream())
                        .toList(),
                List.of()));
        List<String> notes = new ArrayList<>(mine.notes());
        mine.over().forEach(o -> notes.add(o.toString()));
        return new Wanted(
                all.desired(),
                mine.desired().stream().map(d -> d.symbol().text()).collect(Collectors.toCollection(TreeSet::new)),
                notes);
    }

    private static PolicyEntry observed(PolicyEntry e) {
        return new PolicyEntry(e.what(), PolicyEntry.Mode.OBSERVE, e.reason(), e.until(), e.file(), e.line());
    }

    /** Observes what nothing is engaged or observed of yet. */
    void observe(Wanted wanted) throws PolicyException, ControlException {
        Overrides overrides = host.overrides(Optional.empty());
        apply(
                overrides,
                changes(wanted, overrides.state(), wanted.mine()).stream()
                        .filter(Change.Begin.class::isInstance)
                        .toList());
    }

    /** Engages with a countdown; what is to end stays, so that nothing is opened before the ring was found well. */
    void engage(Wanted wanted, FleetPolicy policy) throws PolicyException, ControlException {
        Overrides overrides = host.overrides(Optional.of(policy.confirm()));
        List<Change> changes = new ArrayList<>();
        for (Change change : changes(wanted, overrides.state(), wanted.mine())) {
            switch (change) {
                case Change.End e -> {}
                case Change.Keep k -> {}
                // Enforcing has no countdown; until now nothing was overridden, so that a gap opens nothing.
                case Change.Enforce(Actual a, Desired d) -> changes.add(new Change.Replace(a, d));
                default -> changes.add(change);
            }
        }
        apply(overrides, changes);
    }

    /** Makes it so for good, and ends what the fleet had engaged and does not want any more. */
    void settle(Wanted wanted, Set<String> holds) throws PolicyException, ControlException {
        Overrides overrides = host.overrides(Optional.empty());
        List<Actual> state = overrides.state();
        Set<String> ours = new TreeSet<>(holds);
        ours.addAll(wanted.mine());
        List<Change> changes = new ArrayList<>(changes(wanted, state, ours));
        for (Actual a : state) {
            // A plan leaves to itself what has a countdown; here it is our own.
            boolean isOver = isOneOf(a.symbol(), holds)
                    && wanted.all().stream().noneMatch(d -> a.symbol().mayBe(d.symbol()))
                    && changes.stream().noneMatch(new Change.End(a)::equals);
            if (isOver && host.parameters().stream().noneMatch(a.symbol()::mayBe)) {
                changes.add(new Change.End(a));
            }
        }
        apply(overrides, changes);
    }

    /** Lines for what is not as a policy says. */
    List<String> drift(Wanted wanted) throws ControlException {
        return changes(wanted, host.overrides(Optional.empty()).state(), wanted.mine()).stream()
                .filter(c -> !(c instanceof Change.End))
                .map(Change::line)
                .toList();
    }

    /** The changes to some functions. */
    private List<Change> changes(Wanted wanted, List<Actual> state, Set<String> functions) {
        return Plan.of(wanted.all(), state, host.parameters()).changes().stream()
                .filter(c -> isOneOf(symbol(c), functions))
                .toList();
    }

    private static SymbolName symbol(Change change) {
        return change instanceof Change.End(Actual a)
                ? a.symbol()
                : change.wanted().orElseThrow().symbol();
    }

    /** A module's function is meant by its name alone, too. */
    private static boolean isOneOf(SymbolName symbol, Set<String> functions) {
        return functions.contains(symbol.text()) || functions.stream().anyMatch(f -> symbol.mayBe(new SymbolName(f)));
    }

    private static void apply(Overrides overrides, List<Change> changes) throws PolicyException, ControlException {
        new Applier(overrides).apply(new Plan(changes, List.of(), List.of()));
    }
}
