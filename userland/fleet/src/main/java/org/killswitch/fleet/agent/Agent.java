// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
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
import org.killswitch.fleet.api.Admission;
import org.killswitch.fleet.api.FleetPolicy;
import org.killswitch.fleet.api.Member;
import org.killswitch.fleet.api.Opening;
import org.killswitch.fleet.api.Opening.Stage;
import org.killswitch.fleet.api.Report;
import org.killswitch.fleet.api.Report.Phase;
import org.killswitch.fleet.api.Ring;
import org.killswitch.fleet.api.Signatures;
import org.killswitch.fleet.api.SignedPolicy;
import org.killswitch.fleet.api.Verdicts;
import org.killswitch.policy.Actual;
import org.killswitch.policy.PolicyEntry;
import org.killswitch.policy.PolicyException;
import org.killswitch.policy.PolicyText;

/**
 * Decides what a host does with the fleet's policy. It is fed by one thread with what arrives, and asked for a report; it
 * knows nothing of the network.
 */
public final class Agent {

    private static final Duration RETRY = Duration.ofMinutes(1);

    private static final String HEADER = """
            # SPDX-License-Identifier: CC0-1.0
            # Written by killswitch-agent, which writes it again: put entries of your own into another file.
            """;

    private final Member member;
    private final Signatures signatures;
    private final ManagedHost host;
    private final Steps steps;
    private final Following following;
    private final Path file;
    private final InstantSource clock;
    private final LongSupplier ticks;

    private AgentState state;
    private volatile Optional<Opening> opening = Optional.empty();
    /** The host's ring of the newest policy. */
    private Optional<Ring> ring = Optional.empty();

    private boolean connected;
    /** What was last tried and failed: it is not tried again until something has changed. */
    private Optional<Failure> failed = Optional.empty();

    /** Whether the kernel may not have what is on trial: it is from an agent before this one. */
    private boolean inherited;

    private boolean undone;
    private String message = "";
    /** The digest of the last policy that it was offered and did not take. */
    private String refused = "";

    /** The last order that it had heard of when it last tried something that may fail. */
    private long order;

    private List<String> notes = List.of();
    private long trialSince;
    private long openedAt;
    private long settledAt;
    private Optional<Steps.Wanted> inEffect = Optional.empty();

    /**
     * An agent that goes on where the last one ended.
     *
     * @param file that it keeps what it must not forget in
     * @param ticks nanoseconds of a clock that nobody sets
     */
    public Agent(
            Member member, Signatures signatures, ManagedHost host, Path file, InstantSource clock, LongSupplier ticks)
            throws PolicyException {
        this.member = member;
        this.signatures = signatures;
        this.host = host;
        this.file = file;
        this.clock = clock;
        this.ticks = ticks;
        steps = new Steps(host);
        following = new Following(host::follow, ticks);
        state = AgentState.read(file);
        place();
        trialSince = ticks.getAsLong();
        openedAt = trialSince;
        inherited = state.trial() != Trial.NONE;
        if (isUnsettled()) {
            attempt(this::settle);
        }
    }

    private boolean isUnsettled() {
        return state.unfinished() && state.trial() == Trial.NONE;
    }

    /**
     * An opening that could not be followed.
     *
     * @param isExpiry because the policy had expired, by a clock that may be set right
     */
    private record Failure(Opening opening, boolean isExpiry) {}

    private interface Work {
        void run() throws PolicyException, ControlException;
    }

    /** Does something that may be refused; the reason goes into the report. */
    private void attempt(Work work) {
        try {
            work.run();
        } catch (PolicyException | ControlException e) {
            message = String.valueOf(e.getMessage());
        }
    }

    private void write(AgentState next) throws PolicyException {
        next.write(file);
        state = next;
        place();
    }

    /** Finds the host's ring, which is asked for at each tick. */
    private void place() {
        ring = state.offered()
                .flatMap(o ->
                        o.policy().ringOf(member, opening.map(Opening::chosen).orElse(Map.of())));
    }

    /** A message that may be a new policy. What is refused changes nothing. */
    public void offer(byte[] received) {
        String digest = SignedPolicy.digest(received);
        if (hasTaken(digest)) {
            return;
        }
        refused = digest;
        tries();
        attempt(() -> {
            Admission admission = Admission.check(received, signatures);
            admission.requireNewer(state.highest(), state.digest(), clock.instant());
            leaveTrial();
            write(state.offer(Held.of(admission)));
            refused = "";
            undone = false;
            failed = Optional.empty();
            message = "";
            notes = List.of();
            follow();
        });
    }

    /** The hosts go from one policy's trial to another's through what they keep. */
    private void leaveTrial() throws PolicyException {
        if (state.trial() != Trial.NONE) {
            write(state.undo());
            attempt(this::settle);
        }
    }

    /** What the controller has opened. */
    public void open(Opening received) {
        opening = Optional.of(received);
        place();
        openedAt = ticks.getAsLong();
        failed = failed.filter(f -> f.opening().equals(received));
        attempt(this::follow);
    }

    /** Whether it has been told to begin nothing new. From any thread. */
    public boolean isHalted() {
        return opening.map(Opening::halted).orElse(false);
    }

    /** Whether there is a connection. */
    public void connected(boolean now) {
        connected = now;
    }

    /** Time has passed. */
    public void tick() {
        attempt(() -> {
            endWhatHasExpired();
            undoWhatWasNotConfirmed();
            if (isUnsettled() && ticks.getAsLong() - settledAt > RETRY.toNanos()) {
                settle();
            }
            follow();
        });
        following.look(hasAnyInEffect());
    }

    /** Ends what costs time in the kernel: nobody is there any more to read it. From any thread. */
    void unfollow() {
        following.end();
    }

    /** Whether the newest policy that was taken is this one. */
    boolean hasTaken(String digest) {
        return state.digest().equals(digest);
    }

    /** Whether only a new message can tell that the host still has contact: what it has been told is older than the trial. */
    public boolean needsOpening() {
        return state.trial() == Trial.ENGAGED && stage().equals(Optional.of(Stage.KEEP));
    }

    private void endWhatHasExpired() throws PolicyException, ControlException {
        Optional<Held> kept = state.kept();
        if (kept.isPresent()
                && kept.get().policy().atExpiry() == FleetPolicy.AtExpiry.DISENGAGE
                && kept.get().policy().isExpired(clock.instant())) {
            write(state.lapse());
            settle();
            undone = true;
            message = "serial " + kept.get().policy().serial() + " has expired";
        }
    }

    private void undoWhatWasNotConfirmed() throws PolicyException, ControlException {
        Optional<Duration> confirm = state.offered().map(o -> o.policy().confirm());
        if (state.trial() == Trial.ENGAGED
                && ticks.getAsLong() - trialSince >= confirm.orElseThrow().toNanos()) {
            undo("not confirmed within " + confirm.get().toSeconds() + " s"
                    + (connected ? "" : ": there was no connection"));
            failed = failure(false); // it may be the policy that keeps the ring from being found well
        }
    }

    private Optional<Failure> failure(boolean isExpiry) {
        return opening.map(o -> new Failure(o, isExpiry));
    }

    private boolean isExpired() {
        return state.offered().map(o -> o.policy().isExpired(clock.instant())).orElse(false);
    }

    private void undo(String why) throws PolicyException, ControlException {
        write(state.undo());
        settle();
        undone = true;
        message = why;
    }

    /** The stage of this host's ring. */
    private Optional<Stage> stage() {
        return opening.filter(o -> hasTaken(o.digest()))
                .flatMap(o -> ring.map(r -> o.rings().get(r.name())));
    }

    private void follow() throws PolicyException, ControlException {
        failed = failed.filter(f -> !f.isExpiry() || isExpired());
        if (opening.isEmpty() || failed.isPresent()) {
            return;
        }
        Optional<Stage> stage = stage();
        if (stage.isEmpty()) {
            if (state.trial() != Trial.NONE) {
                undo("the ring is closed again");
            }
            return;
        }
        boolean mayBegin = connected && !opening.get().halted();
        switch (stage.get()) {
            case OBSERVE -> {
                if (state.trial() == Trial.NONE && !state.keepsOffered() && mayBegin) {
                    begin(Trial.OBSERVING);
                }
            }
            case TRIAL -> {
                if ((state.trial() != Trial.ENGAGED || isInterrupted()) && !state.keepsOffered() && mayBegin) {
                    begin(Trial.ENGAGED);
                }
            }
            case KEEP -> {
                if (state.trial() == Trial.ENGAGED && !isInterrupted()) {
                    if (openedAt > trialSince) {
                        keep();
                    }
                } else if (!state.keepsOffered() && connected) {
                    begin(Trial.ENGAGED);
                }
            }
            case BACK -> {
                if (state.trial() != Trial.NONE || state.keepsOffered()) {
                    undo("taken back");
                }
            }
        }
    }

    /** Whether an agent before this one died while it engaged. */
    private boolean isInterrupted() {
        return (state.unfinished() || inherited) && state.trial() != Trial.NONE;
    }

    private void tries() {
        order = opening.map(Opening::order).orElse(0L);
    }

    private void begin(Trial what) throws PolicyException {
        tries();
        Held offered = state.offered().orElseThrow();
        // The clock may have been set since it was taken, and it may have waited for long.
        boolean isExpired = isExpired();
        try {
            if (isExpired) {
                throw new PolicyException("refused: serial " + offered.policy().serial() + " has expired at "
                        + offered.policy().expires());
            }
            if (state.trial() == Trial.NONE) {
                following.forget();
            }
            Held held = state.trial() == Trial.NONE ? offered.skipping(inUse(offered.policy())) : offered;
            Steps.Wanted wanted = steps.wanted(Optional.of(held.effective()), what == Trial.OBSERVING);
            write(state.begin(what, held, absent(wanted.mine()), host.vitals()));
            following.look(true); // from the first call on
            if (what == Trial.OBSERVING) {
                steps.observe(wanted);
            } else {
                steps.engage(wanted, offered.policy());
            }
            trialSince = ticks.getAsLong();
            // Not written: the next agent engages what it finds on trial again in any case.
            state = state.finished(state.holds());
            inherited = false;
            undone = false;
            message = "";
            notes = wanted.notes();
        } catch (PolicyException | ControlException e) {
            failed = failure(isExpired);
            if (state.trial() != Trial.NONE) {
                write(state.undo());
                attempt(this::settle);
            }
            message = String.valueOf(e.getMessage());
        }
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

    private void keep() throws PolicyException, ControlException {
        write(state.keep());
        settle();
        message = "";
    }

    /** Makes the host what it is to be for good. */
    private void settle() throws PolicyException, ControlException {
        tries();
        settledAt = ticks.getAsLong();
        inEffect = Optional.empty();
        Optional<FleetPolicy> kept = state.kept().map(Held::effective);
        Steps.Wanted wanted = steps.wanted(kept, false);
        host.savePolicy(kept.map(Agent::text));
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

    /** Whether a policy is on trial, so that trouble and hits are to be reported soon. */
    boolean isOnTrial() {
        return state.trial() != Trial.NONE;
    }

    /** Whether the host could not do what was asked of it, which others wait to hear. */
    boolean hasFailed() {
        return phase() == Phase.FAILED;
    }

    /** Whether time or calls count: something is on trial, or is kept and followed, or is to be tried again. */
    boolean counts() {
        return hasAnyInEffect() || isUnsettled();
    }

    private boolean hasAnyInEffect() {
        return isOnTrial() || state.kept().isPresent();
    }

    /**
     * When the trial began that has now lasted as long as the ring's hosts are watched; empty if none has. The controller
     * waits to be told then.
     */
    Optional<Long> watched() {
        if (state.trial() == Trial.NONE) {
            return Optional.empty();
        }
        Stage stage = state.trial() == Trial.OBSERVING ? Stage.OBSERVE : Stage.TRIAL;
        return ring.flatMap(r -> r.watched(stage))
                .filter(time -> ticks.getAsLong() - trialSince >= time.toNanos())
                .map(time -> trialSince);
    }

    /** When what it keeps was last made so: another time says that it was done again. */
    long settledAt() {
        return settledAt;
    }

    /** Has the host judged, which takes seconds. On any thread. */
    Verdicts judge() throws PolicyException, InterruptedException {
        return Verdicts.ofScan(member.name(), member.kernel(), clock.instant(), host.scan());
    }

    /** What a report would say first, without asking the host. */
    String summary() {
        return state.highest() + " " + phase() + " " + message;
    }

    /** How the host is now. */
    public Report report() {
        Map<String, Long> hits = Map.of();
        List<String> trouble = List.of();
        String said = message;
        try {
            hits = host.hits();
            trouble = state.before().map(host.vitals()::troubleSince).orElse(List.of());
            said = said.isEmpty() ? drift() : said;
        } catch (ControlException | PolicyException e) {
            said = said.isEmpty() ? String.valueOf(e.getMessage()) : said;
        }
        Phase phase = phase();
        boolean hasFailed = phase == Phase.FAILED || !refused.isEmpty();
        return new Report(
                member,
                state.highest(),
                state.digest(),
                refused,
                phase,
                hasFailed ? order : 0,
                state.kept().map(k -> k.policy().serial()).orElse(0L),
                said,
                hits,
                Stream.concat(skipped(), notes.stream()).toList(),
                trouble,
                host.reboots(),
                following.callers(hits.keySet()));
    }

    /** A line for each CVE of the newest policy that this host goes without. */
    private Stream<String> skipped() {
        return state.offered().stream()
                .flatMap(o -> o.skipped().stream())
                .sorted()
                .map(cve -> cve + ": in use here: skipped");
    }

    /** What somebody has changed on the host since the policy was kept. */
    private String drift() throws PolicyException, ControlException {
        if (state.kept().isEmpty() || state.trial() != Trial.NONE) {
            return "";
        }
        Steps.Wanted wanted = inEffect.isPresent()
                ? inEffect.get()
                : steps.wanted(state.kept().map(Held::effective), false);
        inEffect = Optional.of(wanted);
        List<String> lines = steps.drift(wanted);
        return lines.isEmpty() ? "" : "not as the policy says: " + String.join(", ", lines);
    }

    private Phase phase() {
        if (state.offered().isEmpty()) {
            return Phase.NONE;
        }
        if (failed.isPresent()) {
            return Phase.FAILED;
        }
        if (state.keepsOffered()) {
            return state.unfinished() ? Phase.FAILED : Phase.KEPT;
        }
        return switch (state.trial()) {
            case OBSERVING -> Phase.OBSERVING;
            case ENGAGED -> Phase.TRIAL;
            case NONE -> undone ? Phase.UNDONE : ring.isEmpty() ? Phase.EXCLUDED : Phase.WAITING;
        };
    }
}
