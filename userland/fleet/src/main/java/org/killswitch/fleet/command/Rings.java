// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.killswitch.fleet.api.FleetPolicy;
import org.killswitch.fleet.api.Ring;
import org.killswitch.fleet.controller.Fleet;

/** The hosts of a policy by its rings. */
record Rings(List<Part> parts, List<String> outside) {

    private static final int SHOWN = 5;

    /** The hosts of a ring. */
    record Part(Ring ring, List<Fleet.Seen> hosts) {}

    static Rings of(FleetPolicy policy, Fleet fleet, Map<String, Set<String>> chosen) {
        List<Part> parts = new ArrayList<>();
        for (Ring ring : policy.rings()) {
            parts.add(new Part(ring, fleet.of(ring, policy, chosen)));
        }
        List<String> outside = names(fleet.hosts().stream()
                .filter(h -> policy.ringOf(h.report().host(), chosen).isEmpty())
                .toList());
        return new Rings(parts, outside);
    }

    static List<String> names(List<Fleet.Seen> hosts) {
        return hosts.stream().map(h -> h.report().host().name()).toList();
    }

    /** A few names, for a person. */
    static String some(List<String> names) {
        return names.size() <= SHOWN
                ? String.join(" ", names)
                : String.join(" ", names.subList(0, SHOWN)) + " and " + (names.size() - SHOWN) + " more";
    }

    /** Which hosts these are, for a person. */
    static String members(Ring ring) {
        return switch (ring.members()) {
            case Ring.All a -> "all others";
            case Ring.Labelled(Map<String, String> labels) ->
                String.join(
                        " ",
                        labels.entrySet().stream()
                                .map(e -> e.getKey() + "=" + e.getValue())
                                .sorted()
                                .toList());
            case Ring.Share(double part) -> "share " + Math.round(part * 1000) / 10.0 + "%";
            case Ring.Count(int hosts) -> "count " + hosts;
        };
    }
}
