// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.killswitch.control.ControlException;
import org.killswitch.control.SymbolName;
import org.killswitch.fleet.agent.AgentState.Held;
import org.killswitch.fleet.agent.AgentState.Trial;
import org.killswitch.fleet.api.Callers;
import org.killswitch.fleet.api.FleetPolicy;
import org.killswitch.fleet.api.Opening.Stage;
import org.killswitch.fleet.api.Ring;
import org.killswitch.policy.Actual;
import org.killswitch.policy.PolicyEntry;
import org.killswitch.policy.PolicyException;
import org.killswitch.policy.PolicyText;

/**
 * Carries out on the host what its agent decides, and writes down beforehand what is about to be done: the next agent goes on
 * from there. What is in effect is followed.
 */
final class Deployment {

    private static final Duration RETRY = Duration.ofMinutes(1);

    private static final String HEADER = """
            # SPDX-License-Identifier: CC0-1.0
            # Written by killswitch-agent, which writes it again: put entries of your own into another file.
            """;

    private final ManagedHost host;
    private final Steps steps;
    private final Following following;
    private final Path file;
    private final LongSupplier ticks;

    private AgentState state;

    /** Whether the kernel may not have what is on trial: it is from an agent before this one. */
    private boolean inherited;

    private List<String> notes = List.of();
    private long trialSince;
    private long settledAt;
    private Optional<Steps.Wanted> inEffect = Optional.empty();

    /**
     * Goes on where the last agent ended.
     *
     * @param file that it keeps what it must not forget in
     * @param ticks nanoseconds of a clock that nobody sets
     */
    Deployment(ManagedHost host, Path file, LongSupplier ticks) throws PolicyException {
        this.host = host;
        this.file = file;
        this.ticks = ticks;
        steps = new Steps(host);
        following = new Following(host::follow, ticks);
        state = AgentState.read(file);
        trialSince = ticks.getAsLong();
        inherited = state.trial() != Trial.NONE;
    }

    AgentState state() {
        return state;
    }

    private void write(AgentState next) throws PolicyException {
        next.write(file);
        state = next;
    }

    /** Whether the host is not yet as it is to be for good. */
    boolean isUnsettled() {
        return state.unfinished() && state.trial() == Trial.NONE;
    }

    /** Whether it is time to try again what did not settle. */
    boolean isToSettle() {
        return isUnsettled() && ticks.getAsLong() - settledAt > RETRY.toNanos();
    }

    /** Whether an agent before this one died while it engaged. */
    boolean isInterrupted() {
        return (state.unfinished() || inherited) && state.trial() != Trial.NONE;
    }

    boolean isOnTrial() {
        return state.trial() != Trial.NONE;
    }

    boolean hasAny() {
        return isOnTrial() || state.kept().isPresent();
    }

    /** When the trial began. */
    long trialSince() {
        return trialSince;
    }

    /** For how long it has been on trial. */
    Duration lasted() {
        return Duration.ofNanos(ticks.getAsLong() - trialSince);
    }

    /** Whether that is so long. */
    boolean hasLasted(Duration time) {
        return lasted().compareTo(time) >= 0;
    }

    /**
     * A trial that has lasted as long as the ring's hosts are watched.
     *
     * @param since when it began
     * @param left of its countdown; of observing, which has none, all
     */
    record Watch(long since, Duration left) {}

    /** The trial of which the time is over, by a ring; empty if there is none. */
    Optional<Watch> watched(Ring ring) {
        if (!isOnTrial()) {
            return Optional.empty();
        }
        boolean isObserving = state.trial() == Trial.OBSERVING;
        Duration confirm = state.offered().orElseThrow().policy().confirm();
        return ring.watched(isObserving ? Stage.OBSERVE : Stage.TRIAL)
                .filter(this::hasLasted)
                .map(time -> new Watch(trialSince, isObserving ? confirm : confirm.minus(lasted())));
    }

    /** When what it keeps was last made so. */
    long settledAt() {
        return settledAt;
    }

    /** A line for each entry of the newest policy that asks nothing of this host, or that it goes without, and why. */
    List<String> notes() {
        return Stream.concat(
                        state.offered().stream()
                                .flatMap(o -> o.skipped().stream())
                                .sorted()
                                .map(cve -> cve + ": in use here: skipped"),
                        notes.stream())
                .toList();
    }

    /** What the kernel has had since the newest policy was begun. */
    List<String> trouble() {
        return state.before().map(host.vitals()::troubleSince).orElse(List.of());
    }

    /** Follows what is in effect, if anything is. */
    void follow() {
        following.look(hasAny());
    }

    /** Ends what costs time in the kernel. From any thread. */
    void unfollow() {
        following.end();
    }

    /** The programs that called some functions. */
    Optional<Callers> callers(Set<String> functions) {
        return following.callers(functions);
    }

    /** Another policy is the newest one. */
    void take(Held held) throws PolicyException {
        write(state.offer(held));
        notes = List.of();
    }

    /** Writes that the host goes back to where it was before the newest policy; to settle does it. */
    void undo() throws PolicyException {
        write(state.undo());
    }

    /** Writes that nothing of the fleet is to be in effect; to settle does it. */
    void lapse() throws PolicyException {
        write(state.lapse());
    }

    /** Writes that the newest policy is to be in effect for good; to settle does it. */
    void keep() throws PolicyException {
        write(state.keep());
    }

    /** Puts the newest policy on trial. Where it fails, it may be on trial in part. */
    void begin(Trial what) throws PolicyException, ControlException {
        Held offered = state.offered().orElseThrow();
        if (state.trial() == Trial.NONE) {
            following.forget();
        }
        Held held = state.trial() == Trial.NONE ? offered.skipping(inUse(offered.policy())) : offered;
        Steps.Wanted wanted = steps.wanted(Optional.of(held.effective()), what == Trial.OBSERVING);
        write(state.begin(what, held, absent(wanted.mine()), host.vitals()));
        following.look(true); // from the first call on
        // Not after the kernel's countdown begins: the host is not to say that it has what has ended.
        long began = ticks.getAsLong();
        if (what == Trial.OBSERVING) {
            steps.observe(wanted);
        } else {
            steps.engage(wanted, offered.policy());
        }
        trialSince = began;
        // Not written: the next agent engages what it finds on trial again in any case.
        state = state.finished(state.holds());
        inherited = false;
        notes = wanted.notes();
    }

    /** The CVEs of which the policy is to be skipped here. */
    private Set<String> inUse(FleetPolicy policy) throws PolicyException {
        Set<String> cves = new TreeSet<>();
        if (policy.inUse() == FleetPolicy.InUse.SKIP) {
            for (PolicyEntry entry : policy.entries()) {
                if (entry.what() instanceof PolicyEntry.Cve(String id) && host.isInUse(id)) {
                    cves.add(id);
                }
            }
        }
        return cves;
    }

    /** Those of some functions that nobody has engaged: what was there before is not ours to end. */
    private Set<String> absent(Set<String> functions) throws ControlException {
        List<Actual> now = host.overrides(Optional.empty()).state();
        return functions.stream()
                .filter(f -> now.stream().noneMatch(a -> a.symbol().mayBe(new SymbolName(f))))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Makes the host what it is to be for good. */
    void settle() throws PolicyException, ControlException {
        settledAt = ticks.getAsLong();
        inEffect = Optional.empty();
        Optional<FleetPolicy> kept = state.kept().map(Held::effective);
        Steps.Wanted wanted = steps.wanted(kept, false);
        host.savePolicy(kept.map(Deployment::text));
        steps.settle(wanted, state.holds());
        Set<String> holds = new TreeSet<>(state.holds());
        holds.retainAll(wanted.mine());
        write(state.finished(holds));
        inEffect = Optional.of(wanted);
        inherited = false;
    }

    private static String text(FleetPolicy policy) {
        return HEADER + policy.entries().stream().map(PolicyText::of).collect(Collectors.joining());
    }

    /** What somebody has changed on the host since the policy was kept; empty: nothing. */
    String drift() throws PolicyException, ControlException {
        if (state.kept().isEmpty() || isOnTrial()) {
            return "";
        }
        Steps.Wanted wanted = inEffect.isPresent()
                ? inEffect.get()
                : steps.wanted(state.kept().map(Held::effective), false);
        inEffect = Optional.of(wanted);
        List<String> lines = steps.drift(wanted);
        return lines.isEmpty() ? "" : "not as the policy says: " + String.join(", ", lines);
    }
}
