// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.web;

import java.util.LinkedHashMap;
import java.util.Map;
import org.killswitch.cli.output.PrometheusText;
import org.killswitch.cli.output.PrometheusText.MetricType;
import org.killswitch.fleet.api.Rollout;
import org.killswitch.fleet.controller.Rings;
import org.killswitch.fleet.controller.View;

/** The fleet as metrics. There is one of each for the whole fleet: a fleet has too many hosts for a label. */
final class FleetMetrics {

    private final PrometheusText text = new PrometheusText();

    private FleetMetrics() {}

    /**
     * All of them.
     *
     * @param hits calls since the controller began, by function
     */
    static String of(Snapshot snapshot, Map<String, Long> hits) {
        FleetMetrics metrics = new FleetMetrics();
        metrics.hosts(snapshot, hits);
        snapshot.view().rollout().ifPresent(r -> metrics.rollout(r, snapshot));
        return metrics.text.toString();
    }

    private void gauge(String name, String help, long value) {
        text.family(name, MetricType.GAUGE, help).sample(Map.of(), value);
    }

    private void hosts(Snapshot snapshot, Map<String, Long> hits) {
        View view = snapshot.view();
        text.family(
                        "killswitch_fleet_connected",
                        MetricType.GAUGE,
                        "Whether the NATS server answers; if not, all else is as it was known last.")
                .sample(view.connected());
        text.family("killswitch_fleet_leads", MetricType.GAUGE, "Whether this controller is the one that decides.")
                .sample(view.leads());
        PrometheusText.Family states =
                text.family("killswitch_fleet_hosts", MetricType.GAUGE, "How many hosts there are in each state.");
        snapshot.states().forEach((state, hosts) -> states.sample(Map.of("state", state), hosts));
        gauge(
                "killswitch_fleet_trouble_hosts",
                "Hosts whose kernel had an oops, a warning, a lockup or a reboot with the policy.",
                snapshot.trouble());
        gauge(
                "killswitch_fleet_reboot_hosts",
                "Hosts that have a kernel with a fix installed and do not run it.",
                snapshot.rebooting());
        PrometheusText.Family total = text.family(
                "killswitch_fleet_hits_total",
                MetricType.COUNTER,
                "Calls that were caught on any host since this controller began.");
        hits.forEach((function, calls) -> total.sample(Map.of("symbol", function), calls));
    }

    private void rollout(Rollout rollout, Snapshot snapshot) {
        gauge("killswitch_fleet_serial", "The serial number of the policy.", rollout.serial());
        snapshot.view()
                .policy()
                .ifPresent(p -> gauge(
                        "killswitch_fleet_policy_expires_timestamp_seconds",
                        "When the policy expires.",
                        p.expires().getEpochSecond()));
        snapshot.rollout().ifPresent(now -> {
            PrometheusText.Family family = text.family(
                    "killswitch_fleet_rollout", MetricType.GAUGE, "1 for the state that the roll-out is in.");
            for (Rings.State state : Rings.State.values()) {
                family.sample(Map.of("state", state.toString()), state == now ? 1 : 0);
            }
        });
        snapshot.rings().ifPresent(all -> rings(all, rollout, snapshot.view()));
    }

    private void rings(Rings rings, Rollout rollout, View view) {
        PrometheusText.Family stages = text.family(
                "killswitch_fleet_ring_stage", MetricType.GAUGE, "1 for each ring, with the stage that it is in.");
        rings.parts().forEach(p -> stages.sample(labels(p, "stage", p.stageWord(rollout)), 1));
        PrometheusText.Family hosts = text.family(
                "killswitch_fleet_ring_hosts",
                MetricType.GAUGE,
                "How many hosts of each ring there are in each state.");
        rings.parts()
                .forEach(p -> Snapshot.states(p.hosts(), view)
                        .forEach((state, count) -> hosts.sample(labels(p, "state", state), count)));
    }

    private static Map<String, String> labels(Rings.Part part, String name, String value) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("ring", part.ring().name());
        labels.put(name, value);
        return labels;
    }
}
