// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.controller;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.killswitch.fleet.api.Report;
import org.killswitch.fleet.api.Report.Phase;
import org.killswitch.fleet.api.Rollout;

/** What has happened in a fleet between two looks at it. */
public sealed interface News {

    /** The controller, or an operator through it, has decided something. */
    record Decided(Rollout.Decision decision) implements News {}

    /**
     * Something is another way on some hosts.
     *
     * @param what in a few words: the phase of the policy, and why where it is none that was asked for
     * @param hosts in the order of their names
     */
    record Changed(String what, List<String> hosts) implements News {
        public Changed {
            hosts = List.copyOf(hosts);
        }
    }

    /** What is looked at. */
    record Look(Optional<Rollout> rollout, Fleet fleet) {

        /** What all hosts are, as if nothing had been known before. */
        public List<News> all() {
            return hosts(Map.of(), describe());
        }

        /** What is other than it was. */
        public List<News> since(Look before) {
            List<News> news = new ArrayList<>();
            List<Rollout.Decision> known =
                    before.rollout.map(Rollout::decisions).orElse(List.of());
            List<Rollout.Decision> now = rollout.map(Rollout::decisions).orElse(List.of());
            int last = known.isEmpty() ? -1 : now.lastIndexOf(known.getLast());
            now.subList(last + 1, now.size()).forEach(d -> news.add(new Decided(d)));
            news.addAll(hosts(before.describe(), describe()));
            return news;
        }

        private Map<String, String> describe() {
            return fleet.hosts().stream()
                    .collect(Collectors.toMap(
                            h -> h.report().host().name(), h -> describe(h, rollout), (a, b) -> a, TreeMap::new));
        }

        private static String describe(Fleet.Seen host, Optional<Rollout> rollout) {
            Report report = host.report();
            Phase phase = host.phase(rollout);
            String what = phase.name().toLowerCase(Locale.ROOT)
                    + (report.message().isEmpty() ? "" : ": " + report.message())
                    + (report.trouble().isEmpty() ? "" : "; kernel trouble: " + String.join(", ", report.trouble()));
            return host.silent() ? "silent; was " + what : what;
        }

        /** A line for each thing that has become of hosts, and not for each host. */
        private static List<News> hosts(Map<String, String> before, Map<String, String> now) {
            Map<String, List<String>> changed = new LinkedHashMap<>();
            now.forEach((host, what) -> {
                if (!what.equals(before.get(host))) {
                    changed.computeIfAbsent(what, w -> new ArrayList<>()).add(host);
                }
            });
            before.keySet().stream()
                    .filter(h -> !now.containsKey(h))
                    .forEach(h -> changed.computeIfAbsent("its report was removed", w -> new ArrayList<>())
                            .add(h));
            return changed.entrySet().stream()
                    .<News>map(e -> new Changed(e.getKey(), e.getValue()))
                    .toList();
        }
    }
}
