// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.controller;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.killswitch.fleet.api.FleetPolicy;
import org.killswitch.fleet.api.Member;
import org.killswitch.fleet.api.Report;
import org.killswitch.fleet.api.Report.Phase;
import org.killswitch.fleet.api.Ring;
import org.killswitch.fleet.api.Rollout;

/** The hosts, as their last reports have them. */
public record Fleet(List<Seen> hosts) {

    /**
     * A host.
     *
     * @param lost for how long it has been silent, beyond what it takes a host to report again; empty if it is not
     * @param age how long ago it was heard of; empty if not since this controller began to listen: what was stored before
     *     may be long over, with the server away
     * @param same for how long it has been heard to be in this phase of this policy
     * @param troubled for how long it has been heard that its kernel had the trouble that it reports
     */
    public record Seen(
            Report report, Optional<Duration> lost, Optional<Duration> age, Duration same, Duration troubled) {

        /** Whether it has not been heard of for longer than it takes a host to report again. */
        public boolean silent() {
            return lost.isPresent();
        }

        /** Whether it was there at a time, and has been lost since. */
        boolean isLostWithin(Duration time) {
            return age.isPresent() && lost.filter(l -> l.compareTo(time) < 0).isPresent();
        }

        /** Whether what it said was so in that time. */
        boolean isHeardWithin(Duration time) {
            return age.filter(a -> a.compareTo(time) <= 0).isPresent();
        }

        /** Its phase of a roll-out's policy. */
        public Phase phase(Optional<Rollout> rollout) {
            if (rollout.isEmpty() || report.digest().equals(rollout.get().digest())) {
                return report.phase();
            }
            return refuses(rollout.get()) ? Phase.FAILED : Phase.WAITING;
        }

        /** Whether it was offered a roll-out's policy and has not taken it. */
        boolean refuses(Rollout rollout) {
            return report.refused().equals(rollout.digest());
        }
    }

    public Fleet {
        hosts = List.copyOf(hosts);
    }

    /** Picks hosts for a ring of a number of them: the first ones by their places, of those that are there and in no earlier ring. */
    public Set<String> choose(Ring ring, int count, FleetPolicy policy, Map<String, Set<String>> chosen) {
        Collection<Ring> earlier = policy.rings().subList(0, policy.rings().indexOf(ring));
        return hosts.stream()
                .filter(h -> !h.silent())
                .map(h -> h.report().host())
                .filter(policy::isFor)
                .filter(h ->
                        policy.ringOf(h, chosen).map(r -> !earlier.contains(r)).orElse(true))
                .sorted(Comparator.comparingDouble(Member::place).thenComparing(Member::name))
                .limit(count)
                .map(Member::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
