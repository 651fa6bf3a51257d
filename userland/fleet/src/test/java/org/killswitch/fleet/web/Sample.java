// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.web;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.killswitch.fleet.api.Admission;
import org.killswitch.fleet.api.FleetPolicy;
import org.killswitch.fleet.api.FleetPolicyReader;
import org.killswitch.fleet.api.Member;
import org.killswitch.fleet.api.Opening.Stage;
import org.killswitch.fleet.api.Report;
import org.killswitch.fleet.api.Report.Phase;
import org.killswitch.fleet.api.Rollout;
import org.killswitch.fleet.api.SignedPolicy;
import org.killswitch.fleet.controller.Fleet;
import org.killswitch.fleet.controller.View;

/** A small fleet, as a controller knows it: h0 is the canary. */
final class Sample {

    static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
    static final String HOSTILE = "<img src=x onerror=alert(1)>\\\"\n";

    private static final String POLICY = """
            serial: 7
            expires: 2026-12-31T00:00:00Z
            rings:
              - name: canary
                labels: [canary=yes]
                gate: {soak: 10s, failed: 50%, hits: 100}
              - name: rest
                gate: {soak: 10s}
            entries: [{symbol: f, retval: -1}]
            """;

    final FleetPolicy policy;
    final List<Fleet.Seen> hosts = new ArrayList<>();
    Rollout rollout;

    Sample() throws Exception {
        policy = FleetPolicyReader.read(Path.of("p.yaml"), POLICY);
        rollout = Rollout.of(new Admission(new SignedPolicy("", POLICY), policy, "ann"), 0, NOW)
                .stage("canary", Stage.TRIAL, NOW);
    }

    Sample host(int i, Phase phase, boolean silent, Map<String, Long> hits) {
        return host(i, phase, silent, hits, List.of(), List.of());
    }

    Sample host(
            int i, Phase phase, boolean silent, Map<String, Long> hits, List<String> trouble, List<String> reboots) {
        Member member = new Member("h" + i, i == 0 ? Map.of("canary", "yes") : Map.of("i", "" + i), "6.1", "debian");
        hosts.removeIf(h -> h.report().host().name().equals(member.name()));
        hosts.add(new Fleet.Seen(
                new Report(
                        member,
                        7,
                        rollout.digest(),
                        "",
                        phase,
                        0,
                        0,
                        "",
                        hits,
                        List.of(),
                        trouble,
                        reboots,
                        Optional.empty()),
                silent ? Optional.of(Duration.ofDays(1)) : Optional.empty(),
                Optional.of(Duration.ZERO),
                Duration.ZERO,
                Duration.ZERO));
        return this;
    }

    Fleet fleet() {
        return new Fleet(hosts);
    }

    View view() {
        return new View(Optional.of(rollout), Optional.of(policy), fleet(), true, true);
    }
}
