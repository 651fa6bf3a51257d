// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.controller;

import java.util.List;
import java.util.Optional;
import org.killswitch.fleet.api.FleetPolicy;
import org.killswitch.fleet.api.Rollout;

/**
 * What a controller knows.
 *
 * @param rollout empty if there never was one
 * @param policy that the roll-out is of
 * @param connected whether the NATS server answers; all else is as it was known last
 * @param leads whether this controller decides
 */
public record View(
        Optional<Rollout> rollout, Optional<FleetPolicy> policy, Fleet fleet, boolean connected, boolean leads) {

    /** Of one that has not begun. */
    public static final View NOTHING = new View(Optional.empty(), Optional.empty(), new Fleet(List.of()), false, false);

    View disconnected() {
        return new View(rollout, policy, fleet, false, false);
    }
}
