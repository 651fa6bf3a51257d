// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.controller;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.killswitch.fleet.api.FleetPolicy;
import org.killswitch.fleet.api.Opening.Stage;
import org.killswitch.fleet.api.Ring;
import org.killswitch.fleet.api.Rollout;

/**
 * The hosts of a policy by its rings.
 *
 * @param outside those that are in none
 */
public record Rings(List<Part> parts, List<Fleet.Seen> outside) {

    private static final int SHOWN = 5;

    /** The hosts of a ring. */
    public record Part(Ring ring, List<Fleet.Seen> hosts) {

        /** What its hosts are to do; empty if it has not been opened. */
        public Optional<Stage> stage(Rollout rollout) {
            return Optional.ofNullable(rollout.stages().get(ring.name()));
        }

        /** The same in a word. */
        public String stageWord(Rollout rollout) {
            return stage(rollout).map(Rings::word).orElse("closed");
        }

        /** How many hosts are in which phase of the policy. */
        public Map<String, Long> phases(Rollout rollout) {
            return hosts.stream()
                    .map(h -> h.phase(Optional.of(rollout)))
                    .collect(Collectors.groupingBy(Rings::word, TreeMap::new, Collectors.counting()));
        }

        /** What its gate is measured by; empty if it has not been opened. */
        public Optional<Tally> tally(Rollout rollout) {
            return stage(rollout).map(s -> Tally.of(rollout, ring, s, hosts, Tally.Times.ANY));
        }
    }

    public Rings {
        parts = List.copyOf(parts);
        outside = List.copyOf(outside);
    }

    public static Rings of(FleetPolicy policy, Fleet fleet, Map<String, Set<String>> chosen) {
        Map<String, List<Fleet.Seen>> members = new LinkedHashMap<>();
        policy.rings().forEach(r -> members.put(r.name(), new ArrayList<>()));
        List<Fleet.Seen> outside = new ArrayList<>();
        for (Fleet.Seen host : fleet.hosts()) {
            policy.ringOf(host.report().host(), chosen)
                    .map(r -> members.get(r.name()))
                    .orElse(outside)
                    .add(host);
        }
        return new Rings(
                policy.rings().stream()
                        .map(r -> new Part(r, members.getOrDefault(r.name(), List.of())))
                        .toList(),
                outside);
    }

    /** How a roll-out is. */
    public enum State {
        ROLLING_OUT,
        HALTED,
        TAKEN_BACK,
        DONE;

        public static State of(Rollout rollout, FleetPolicy policy) {
            if (rollout.rolledBack()) {
                return TAKEN_BACK;
            }
            if (rollout.halted()) {
                return HALTED;
            }
            return rollout.ring() >= policy.rings().size() ? DONE : ROLLING_OUT;
        }

        /** In a word or two. */
        @Override
        public String toString() {
            return word(this);
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    public static List<String> names(List<Fleet.Seen> hosts) {
        return hosts.stream().map(h -> h.report().host().name()).toList();
    }

    /** A few names, for a person. */
    public static String some(List<String> names) {
        return names.size() <= SHOWN
                ? String.join(" ", names)
                : String.join(" ", names.subList(0, SHOWN)) + " and " + (names.size() - SHOWN) + " more";
    }

    /** Which hosts these are, for a person. */
    public static String members(Ring ring) {
        return switch (ring.members()) {
            case Ring.All a -> "all others";
            case Ring.Labelled(Map<String, String> labels) ->
                String.join(
                        " ",
                        labels.entrySet().stream()
                                .map(e -> e.getKey() + "=" + e.getValue())
                                .sorted()
                                .toList());
            case Ring.Share(double part) -> "share " + percent(part);
            case Ring.Count(int hosts) -> "count " + hosts;
        };
    }

    /** A share, for a person. */
    public static String percent(double part) {
        return BigDecimal.valueOf(Math.round(part * 1000), 1)
                        .stripTrailingZeros()
                        .toPlainString() + "%";
    }
}
