// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Hosts that get a policy at the same time.
 *
 * @param observe how long calls are only counted before they are overridden
 */
public record Ring(String name, Members members, Optional<Duration> observe, Gate gate) {

    /** Which hosts are in it, if they are in no earlier ring. */
    public sealed interface Members {}

    /** All hosts. */
    public record All() implements Members {}

    /** Those that have the labels. */
    public record Labelled(Map<String, String> labels) implements Members {
        public Labelled {
            labels = Map.copyOf(labels);
        }
    }

    /**
     * A part of the fleet.
     *
     * @param part above 0, at most 1
     */
    public record Share(double part) implements Members {}

    /** Some hosts: the controller picks them once, the first ones by their places. */
    public record Count(int hosts) implements Members {}

    /**
     * What must hold before the hosts keep the policy and the next ring opens. Shares are parts of the ring, from 0 to 1.
     *
     * @param soak how long the hosts have to be well
     * @param reached the least share of hosts that have the policy in effect
     * @param failed the greatest share of hosts that refused it, or were lost
     * @param trouble the greatest number of hosts whose kernel had trouble meanwhile: an oops, a warning, a reboot
     * @param hits the greatest number of calls that one host overrides; empty: any number
     */
    public record Gate(Duration soak, double reached, double failed, int trouble, OptionalLong hits) {}

    /** How long its hosts are watched in a stage that ends; empty if no time is given. */
    public Optional<Duration> watched(Opening.Stage stage) {
        return stage == Opening.Stage.OBSERVE ? observe : Optional.of(gate.soak());
    }

    /** Whether a host is in it, if it is in no earlier ring. */
    boolean includes(Member host, Set<String> chosen) {
        return switch (members) {
            case All a -> true;
            case Labelled(Map<String, String> labels) ->
                host.labels().entrySet().containsAll(labels.entrySet());
            case Share(double part) -> host.place() < part;
            case Count c -> chosen.contains(host.name());
        };
    }
}
