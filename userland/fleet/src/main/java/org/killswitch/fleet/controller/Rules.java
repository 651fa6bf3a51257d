// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.controller;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.killswitch.fleet.api.FleetPolicy;
import org.killswitch.fleet.api.Opening.Stage;
import org.killswitch.fleet.api.Order;
import org.killswitch.fleet.api.Ring;
import org.killswitch.fleet.api.Rollout;

/**
 * The rules by which rings are opened, kept and taken back. They have no state of their own.
 *
 * @param who decides, for the record
 */
record Rules(String who) {

    /**
     * The next decision, if it is time for one.
     *
     * @param passed since the stage began; the times of a roll-out are for people, and by clocks that may be wrong
     */
    Optional<Rollout> next(Rollout rollout, FleetPolicy policy, Fleet fleet, Duration passed, Instant now) {
        if (rollout.halted() || rollout.ring() >= policy.rings().size()) {
            return Optional.empty();
        }
        Ring ring = policy.rings().get(rollout.ring());
        Stage stage = rollout.stages().get(ring.name());
        if (stage == null) {
            return Optional.of(open(rollout, ring, policy, fleet, now));
        }
        List<Rings.Part> parts = Rings.of(policy, fleet, rollout.chosen()).parts();
        List<Fleet.Seen> members = parts.get(rollout.ring()).hosts();
        Duration watched = ring.watched(stage).orElse(Duration.ZERO);
        // A host that hangs says nothing any more: what was said when that time was over tells how it came through.
        // A host that was on trial from the beginning has undone it when the countdown has ended, though what it said
        // before may have been on its way for longer. One that says so after that has begun later, and soaks by itself.
        Duration trial = passed.compareTo(policy.confirm()) < 0 ? Duration.ZERO : watched;
        Tally tally = Tally.of(rollout, ring, stage, members, Tally.Times.of(passed, watched, trial));
        Optional<String> whyNot = tally.whyNot(ring.gate()).or(() -> earlierTrouble(rollout, parts, passed));
        if (whyNot.isPresent()) {
            return Optional.of(rollout.stage(ring.name(), Stage.BACK, now)
                    .halt(true)
                    .decided(now, who, "halt, take back ring " + ring.name(), whyNot.get()));
        }
        if (passed.compareTo(watched) < 0 || !tally.isWell(ring.gate())) {
            return Optional.empty();
        }
        return switch (stage) {
            case OBSERVE ->
                Optional.of(rollout.stage(ring.name(), Stage.TRIAL, now)
                        .decided(now, who, "engage ring " + ring.name(), "observed for " + time(passed)));
            case TRIAL ->
                Optional.of(rollout.stage(ring.name(), Stage.KEEP, now)
                        .nextRing(now)
                        .decided(
                                now,
                                who,
                                "keep ring " + ring.name(),
                                tally.reached() + " of " + tally.hosts() + " hosts well after " + time(passed)));
            // Kept and gone on; taken back and halted.
            case KEEP, BACK -> Optional.empty();
        };
    }

    private Rollout open(Rollout before, Ring ring, FleetPolicy policy, Fleet fleet, Instant now) {
        Rollout rollout = ring.members() instanceof Ring.Count(int hosts)
                        && !before.chosen().containsKey(ring.name())
                ? before.choose(ring.name(), fleet.choose(ring, hosts, policy, before.chosen()))
                : before;
        List<Rings.Part> parts = Rings.of(policy, fleet, rollout.chosen()).parts();
        List<Fleet.Seen> members = parts.get(rollout.ring()).hosts();
        if (members.isEmpty() && !rollout.stages().containsValue(Stage.KEEP)) {
            // Of a first ring it is a label that is misspelt, rather than a fleet without hosts.
            return before.halt(true).decided(now, who, "halt", "ring " + ring.name() + " has no hosts");
        }
        if (members.isEmpty()) {
            return rollout.stage(ring.name(), Stage.KEEP, now)
                    .nextRing(now)
                    .decided(now, who, "keep ring " + ring.name(), "it has no hosts yet");
        }
        Stage stage = ring.observe().isPresent() ? Stage.OBSERVE : Stage.TRIAL;
        long hosts = parts.stream()
                .limit(rollout.ring() + 1L)
                .mapToLong(p -> p.hosts().size())
                .sum();
        return rollout.stage(ring.name(), stage, now)
                .reach(hosts)
                .decided(
                        now,
                        who,
                        (stage == Stage.OBSERVE ? "observe ring " : "engage ring ") + ring.name(),
                        members.size() + (members.size() == 1 ? " host" : " hosts"));
    }

    /** Trouble with this policy in a ring that was found well before. */
    private static Optional<String> earlierTrouble(Rollout rollout, List<Rings.Part> parts, Duration passed) {
        Ring.Gate gate = parts.get(rollout.ring()).ring().gate();
        for (Rings.Part part : parts.subList(0, rollout.ring())) {
            Tally tally = Tally.of(rollout, part.ring(), Stage.KEEP, part.hosts(), Tally.Times.since(passed));
            if (tally.trouble().size() > gate.trouble()) {
                return Optional.of("kernel trouble in ring " + part.ring().name() + ", which was kept: "
                        + tally.trouble().getFirst());
            }
        }
        return Optional.empty();
    }

    /** What becomes of it by an order, which is followed once. */
    Rollout ordered(Rollout before, Order order, long revision, FleetPolicy policy, Instant now) {
        Rollout rollout = before.ordered(revision);
        if (order.serial() != rollout.serial()) {
            return rollout.decided(now, who, "ignore " + order.verb(), order.who() + " meant serial " + order.serial());
        }
        return switch (order.verb()) {
            case HALT -> rollout.halt(true).decided(now, order.who(), "halt", order.why());
            case ROLLBACK -> rollout.back(now).decided(now, order.who(), "take back all rings", order.why());
            case RESUME -> {
                if (rollout.rolledBack()) {
                    yield rollout.decided(
                            now,
                            who,
                            "ignore RESUME",
                            "it was taken back from all hosts: push a policy with a new serial");
                }
                Rollout resumed = rollout.halt(false);
                if (rollout.ring() < policy.rings().size()) {
                    String ring = policy.rings().get(rollout.ring()).name();
                    Stage stage = rollout.stages().get(ring);
                    // What was on trial may have ended meanwhile: it begins and soaks anew.
                    resumed = stage == Stage.BACK
                            ? resumed.reopen(ring, now)
                            : stage == null ? resumed : resumed.stage(ring, stage, now);
                }
                yield resumed.decided(now, order.who(), "resume", order.why());
            }
        };
    }

    private static String time(Duration time) {
        return time.toSeconds() + " s";
    }
}
