// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.killswitch.control.ControlException;
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
import org.killswitch.policy.PolicyException;

/**
 * Decides what a host does with the fleet's policy. It is fed by one thread with what arrives, and asked for a report; it
 * knows nothing of the network.
 */
public final class Agent {

    private final Member member;
    private final Signatures signatures;
    private final ManagedHost host;
    private final Deployment deployment;
    private final InstantSource clock;
    private final LongSupplier ticks;

    private volatile Optional<Opening> opening = Optional.empty();
    /** The host's ring of the newest policy. */
    private Optional<Ring> ring = Optional.empty();

    private boolean connected;
    /** What was last tried and failed: it is not tried again until something has changed. */
    private Optional<Failure> failed = Optional.empty();

    private boolean undone;
    private String message = "";
    /** The digest of the last policy that it was offered and did not take. */
    private String refused = "";

    /** The last order that it had heard of when it last tried something that may fail. */
    private long order;

    private long openedAt;

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
        this.clock = clock;
        this.ticks = ticks;
        deployment = new Deployment(host, file, ticks);
        place();
        openedAt = deployment.trialSince();
        if (deployment.isUnsettled()) {
            attempt(this::settle);
        }
    }

    private AgentState state() {
        return deployment.state();
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

    /** Finds the host's ring, which is asked for at each tick: it changes with the newest policy and with what is opened. */
    private void place() {
        ring = state().offered()
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
            admission.requireNewer(state().highest(), state().digest(), clock.instant());
            leaveTrial();
            deployment.take(Held.of(admission));
            place();
            refused = "";
            undone = false;
            failed = Optional.empty();
            message = "";
            follow();
        });
    }

    /** The hosts go from one policy's trial to another's through what they keep. */
    private void leaveTrial() throws PolicyException {
        if (deployment.isOnTrial()) {
            deployment.undo();
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
            if (deployment.isToSettle()) {
                settle();
            }
            follow();
        });
        deployment.follow();
    }

    /** Ends what costs time in the kernel: nobody is there any more to read it. From any thread. */
    void unfollow() {
        deployment.unfollow();
    }

    /** Whether the newest policy that was taken is this one. */
    boolean hasTaken(String digest) {
        return state().digest().equals(digest);
    }

    /** Whether only a new message can tell that the host still has contact: what it has been told is older than the trial. */
    public boolean needsOpening() {
        return state().trial() == Trial.ENGAGED && stage().equals(Optional.of(Stage.KEEP));
    }

    private void endWhatHasExpired() throws PolicyException, ControlException {
        Optional<Held> kept = state().kept();
        if (kept.isPresent()
                && kept.get().policy().atExpiry() == FleetPolicy.AtExpiry.DISENGAGE
                && kept.get().policy().isExpired(clock.instant())) {
            deployment.lapse();
            settle();
            undone = true;
            message = "serial " + kept.get().policy().serial() + " has expired";
        }
    }

    private void undoWhatWasNotConfirmed() throws PolicyException, ControlException {
        Optional<Duration> confirm = state().offered().map(o -> o.policy().confirm());
        if (state().trial() == Trial.ENGAGED && deployment.hasLasted(confirm.orElseThrow())) {
            undo("not confirmed within " + confirm.get().toSeconds() + " s"
                    + (connected ? "" : ": there was no connection"));
            failed = failure(false); // it may be the policy that keeps the ring from being found well
        }
    }

    private Optional<Failure> failure(boolean isExpiry) {
        return opening.map(o -> new Failure(o, isExpiry));
    }

    private boolean isExpired() {
        return state().offered().map(o -> o.policy().isExpired(clock.instant())).orElse(false);
    }

    private void undo(String why) throws PolicyException, ControlException {
        deployment.undo();
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
            if (deployment.isOnTrial()) {
                undo("the ring is closed again");
            }
            return;
        }
        boolean mayBegin = connected && !opening.get().halted();
        switch (stage.get()) {
            case OBSERVE -> {
                if (!deployment.isOnTrial() && !state().keepsOffered() && mayBegin) {
                    begin(Trial.OBSERVING);
                }
            }
            case TRIAL -> {
                if ((state().trial() != Trial.ENGAGED || deployment.isInterrupted())
                        && !state().keepsOffered()
                        && mayBegin) {
                    begin(Trial.ENGAGED);
                }
            }
            case KEEP -> {
                if (state().trial() == Trial.ENGAGED && !deployment.isInterrupted()) {
                    if (openedAt > deployment.trialSince()) {
                        keep();
                    }
                } else if (!state().keepsOffered() && connected) {
                    begin(Trial.ENGAGED);
                }
            }
            case BACK -> {
                if (deployment.isOnTrial() || state().keepsOffered()) {
                    undo("taken back");
                }
            }
        }
    }

    private void tries() {
        order = opening.map(Opening::order).orElse(0L);
    }

    private void begin(Trial what) throws PolicyException {
        tries();
        // The clock may have been set since it was taken, and it may have waited for long.
        boolean isExpired = isExpired();
        try {
            if (isExpired) {
                FleetPolicy policy = state().offered().orElseThrow().policy();
                throw new PolicyException("refused: serial " + policy.serial() + " has expired at " + policy.expires());
            }
            deployment.begin(what);
            undone = false;
            message = "";
        } catch (PolicyException | ControlException e) {
            failed = failure(isExpired);
            leaveTrial();
            message = String.valueOf(e.getMessage());
        }
    }

    private void keep() throws PolicyException, ControlException {
        deployment.keep();
        settle();
        message = "";
    }

    private void settle() throws PolicyException, ControlException {
        tries();
        deployment.settle();
    }

    /** Whether a policy is on trial, so that trouble and hits are to be reported soon. */
    boolean isOnTrial() {
        return deployment.isOnTrial();
    }

    /** Whether the host could not do what was asked of it, which others wait to hear. */
    boolean hasFailed() {
        return phase() == Phase.FAILED || !refused.isEmpty();
    }

    /** How many hosts change with what is opened; 0: not known. */
    long hosts() {
        return opening.map(Opening::hosts).orElse(0L);
    }

    /** How many calls of one function the gate of this host's ring allows. */
    long mostCalls() {
        return ring.map(r -> r.gate().hits().orElse(Long.MAX_VALUE)).orElse(Long.MAX_VALUE);
    }

    /** Whether time or calls count: something is on trial, or is kept and followed, or is to be tried again. */
    boolean counts() {
        return deployment.hasAny() || deployment.isUnsettled();
    }

    /** The trial of which the time is over; the controller waits to be told. Empty if there is none. */
    Optional<Deployment.Watch> watched() {
        return ring.flatMap(deployment::watched);
    }

    /** When what it keeps was last made so: another time says that it was done again. */
    long settledAt() {
        return deployment.settledAt();
    }

    /** Has the host judged, which takes seconds. On any thread. */
    Verdicts judge() throws PolicyException, InterruptedException {
        return Verdicts.ofScan(member.name(), member.kernel(), clock.instant(), host.scan());
    }

    /** What a report would say first, without asking the host. */
    String summary() {
        return state().highest() + " " + phase() + " " + message;
    }

    /** How the host is now. */
    public Report report() {
        Map<String, Long> hits = Map.of();
        List<String> trouble = List.of();
        String said = message;
        try {
            hits = host.hits();
            trouble = deployment.trouble();
            said = said.isEmpty() ? deployment.drift() : said;
        } catch (ControlException | PolicyException e) {
            said = said.isEmpty() ? String.valueOf(e.getMessage()) : said;
        }
        return new Report(
                member,
                state().highest(),
                state().digest(),
                refused,
                phase(),
                hasFailed() ? order : 0,
                state().kept().map(k -> k.policy().serial()).orElse(0L),
                said,
                hits,
                deployment.notes(),
                trouble,
                host.reboots(),
                deployment.callers(hits.keySet()));
    }

    private Phase phase() {
        if (state().offered().isEmpty()) {
            return Phase.NONE;
        }
        if (failed.isPresent()) {
            return Phase.FAILED;
        }
        if (state().keepsOffered()) {
            return state().unfinished() ? Phase.FAILED : Phase.KEPT;
        }
        return switch (state().trial()) {
            case OBSERVING -> Phase.OBSERVING;
            case ENGAGED -> Phase.TRIAL;
            case NONE -> undone ? Phase.UNDONE : ring.isEmpty() ? Phase.EXCLUDED : Phase.WAITING;
        };
    }
}
