// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.controller;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.killswitch.fleet.api.Opening.Stage;
import org.killswitch.fleet.api.Report;
import org.killswitch.fleet.api.Report.Phase;
import org.killswitch.fleet.api.Ring;
import org.killswitch.fleet.api.Rollout;

/**
 * How the hosts of a ring are.
 *
 * @param hosts that count: those that were away before the ring was opened do not
 * @param reached those that have the policy in effect
 * @param unheard those that have not said lately how they are, and may have failed
 * @param failed a line for each host that refused it, or was lost with it
 * @param trouble a line for each host whose kernel had trouble with it
 * @param bursts a line for each host with more hits than the gate allows
 */
public record Tally(
        int hosts, int reached, int unheard, List<String> failed, List<String> trouble, List<String> bursts) {

    private static final double ROUNDING = 1e-9;

    private static final Duration EVER = ChronoUnit.FOREVER.getDuration();

    /** What came so shortly before an operator had the roll-out go on, the operator may not have seen. */
    private static final Duration UNSEEN = Duration.ofSeconds(2);

    /**
     * By how long ago things count.
     *
     * @param lost a host that has been lost within it may have been lost by this stage of the ring, whatever it said last
     * @param heard a report within it counts as one of how the host is now
     * @param trial for so long a host on trial must have been heard to be
     * @param known trouble of before is known: who had the roll-out go on has seen it
     */
    record Times(Duration lost, Duration heard, Duration trial, Duration known) {

        /** As if everything counted. */
        static final Times ANY = new Times(Duration.ZERO, EVER, Duration.ZERO, EVER);

        /**
         * For a stage of a ring.
         *
         * @param passed since it began
         * @param watched for how long its hosts are watched
         */
        static Times of(Duration passed, Duration watched, Duration trial) {
            return new Times(passed, passed.minus(watched), trial, passed.plus(UNSEEN));
        }

        /** For a ring that was kept before the stage of another began. */
        static Times since(Duration passed) {
            return new Times(Duration.ZERO, EVER, Duration.ZERO, passed.plus(UNSEEN));
        }

        private boolean isKnownTrouble(Fleet.Seen seen) {
            return seen.troubled().compareTo(known) > 0;
        }
    }

    static Tally of(Rollout rollout, Ring ring, Stage stage, List<Fleet.Seen> members, Times times) {
        int hosts = 0;
        int reached = 0;
        int unheard = 0;
        List<String> failed = new ArrayList<>();
        List<String> trouble = new ArrayList<>();
        List<String> bursts = new ArrayList<>();
        for (Fleet.Seen seen : members) {
            Report report = seen.report();
            String name = report.host().name();
            boolean isThis = report.digest().equals(rollout.digest());
            boolean isInEffect = isThis && isInEffect(report.phase(), stage);
            boolean hasBegun = isThis
                    && (report.phase() == Phase.OBSERVING
                            || report.phase() == Phase.TRIAL
                            || report.phase() == Phase.KEPT);
            if (seen.silent() && !hasBegun && !seen.isLostWithin(times.lost)) {
                continue;
            }
            hosts++;
            boolean saysFailed = (isThis && report.phase() == Phase.FAILED) || seen.refuses(rollout);
            // What it says of before a resume says nothing of that: the host tries again when it has heard of it.
            boolean hasFailed = saysFailed && report.order() >= rollout.order();
            if (hasFailed) {
                failed.add(name + ": " + report.message());
            } else if (seen.silent()) {
                failed.add(name + ": lost: it does not report any more");
            } else if (saysFailed
                    || !seen.isHeardWithin(times.heard)
                    || (report.phase() == Phase.TRIAL && seen.same().compareTo(times.trial) < 0)) {
                unheard++;
            } else if (isInEffect) {
                reached++;
            }
            if (isThis && !report.trouble().isEmpty() && !times.isKnownTrouble(seen)) {
                trouble.add(name + ": " + String.join(", ", report.trouble()));
            }
            Optional<String> burst = hasBegun ? burst(report, ring.gate()) : Optional.empty();
            burst.ifPresent(b -> bursts.add(name + ": " + b));
        }
        return new Tally(hosts, reached, unheard, failed, trouble, bursts);
    }

    private static boolean isInEffect(Phase phase, Stage stage) {
        return phase == Phase.TRIAL || phase == Phase.KEPT || (stage == Stage.OBSERVE && phase == Phase.OBSERVING);
    }

    private static Optional<String> burst(Report report, Ring.Gate gate) {
        if (gate.hits().isEmpty()) {
            return Optional.empty();
        }
        return report.hits().entrySet().stream()
                .filter(h -> h.getValue() > gate.hits().getAsLong())
                .findFirst()
                .map(h -> h.getValue() + " calls of " + h.getKey());
    }

    /** Why the ring is not well; empty if nothing is known against it. */
    public Optional<String> whyNot(Ring.Gate gate) {
        if (trouble.size() > gate.trouble()) {
            return Optional.of("kernel trouble on " + some(trouble));
        }
        if (tooManyFailed(gate)) {
            return Optional.of(failed.size() + " of " + hosts + " hosts failed: " + some(failed));
        }
        return bursts.isEmpty() ? Optional.empty() : Optional.of("hits: " + some(bursts));
    }

    public boolean tooManyFailed(Ring.Gate gate) {
        return !mayFail(failed.size(), gate);
    }

    private boolean mayFail(int some, Ring.Gate gate) {
        return some <= gate.failed() * hosts + ROUNDING;
    }

    /** Whether it holds also if those that have not been heard of have failed. */
    boolean isWell(Ring.Gate gate) {
        return isReached(gate) && mayFail(failed.size() + unheard, gate);
    }

    public boolean isReached(Ring.Gate gate) {
        return hosts > 0 && reached + ROUNDING >= gate.reached() * hosts;
    }

    private static String some(List<String> lines) {
        return lines.getFirst() + (lines.size() == 1 ? "" : " and " + (lines.size() - 1) + " more");
    }
}
