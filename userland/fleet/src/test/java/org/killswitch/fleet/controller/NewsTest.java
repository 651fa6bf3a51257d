// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.killswitch.fleet.api.Admission;
import org.killswitch.fleet.api.FleetPolicyReader;
import org.killswitch.fleet.api.Member;
import org.killswitch.fleet.api.Report;
import org.killswitch.fleet.api.Report.Phase;
import org.killswitch.fleet.api.Rollout;
import org.killswitch.fleet.api.SignedPolicy;

/** What is told of two looks at a fleet. */
class NewsTest {

    private static final String POLICY = """
            serial: 7
            expires: 2026-12-31T00:00:00Z
            rings: [{name: all}]
            entries: [{symbol: f, retval: -1}]
            """;
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

    @SuppressWarnings("NullAway.Init")
    private Rollout rollout;

    @BeforeEach
    void begin() throws Exception {
        rollout = Rollout.of(
                new Admission(new SignedPolicy("", POLICY), FleetPolicyReader.read(Path.of("p.yaml"), POLICY), "ann"),
                0,
                NOW);
    }

    private Fleet.Seen seen(String name, Phase phase, String message, boolean silent, String... trouble) {
        return new Fleet.Seen(
                new Report(
                        new Member(name, Map.of(), "6.1", "debian"),
                        7,
                        rollout.digest(),
                        "",
                        phase,
                        0,
                        0,
                        message,
                        Map.of(),
                        List.of(),
                        List.of(trouble),
                        List.of(),
                        Optional.empty()),
                silent ? Optional.of(Duration.ofDays(1)) : Optional.empty(),
                Optional.of(Duration.ZERO),
                Duration.ZERO,
                Duration.ZERO);
    }

    private News.Look look(Fleet.Seen... hosts) {
        return new News.Look(Optional.of(rollout), new Fleet(List.of(hosts)));
    }

    @Test
    void theFirstLookTellsOfAllHostsByWhatTheyAre() {
        assertThat(look(
                                seen("h2", Phase.KEPT, "", false),
                                seen("h1", Phase.KEPT, "", false),
                                seen("h3", Phase.WAITING, "", true))
                        .all())
                .containsExactly(
                        new News.Changed("kept", List.of("h1", "h2")),
                        new News.Changed("silent; was waiting", List.of("h3")));
    }

    @Test
    void whatIsAsItWasIsNotTold() {
        News.Look look = look(seen("h1", Phase.KEPT, "", false));
        assertThat(look.since(look)).isEmpty();
    }

    @Test
    void whatBecameOfHostsIsToldTogether() {
        News.Look before = look(
                seen("h1", Phase.WAITING, "", false),
                seen("h2", Phase.WAITING, "", false),
                seen("h3", Phase.WAITING, "", false),
                seen("h4", Phase.WAITING, "", false));
        News.Look now = look(
                seen("h1", Phase.TRIAL, "", false),
                seen("h2", Phase.TRIAL, "", false, "oops"),
                seen("h3", Phase.TRIAL, "", false),
                seen("h5", Phase.FAILED, "cannot engage f", false));
        assertThat(now.since(before))
                .containsExactly(
                        new News.Changed("trial", List.of("h1", "h3")),
                        new News.Changed("trial; kernel trouble: oops", List.of("h2")),
                        new News.Changed("failed: cannot engage f", List.of("h5")),
                        new News.Changed("its report was removed", List.of("h4")));
    }

    @Test
    void eachDecisionIsToldOnce() {
        News.Look before = look();
        rollout = rollout.decided(NOW.plusSeconds(1), "controller c1", "engage ring all", "1 host");
        assertThat(look().since(before))
                .containsExactly(new News.Decided(rollout.decisions().getLast()));
        assertThat(look().since(new News.Look(Optional.empty(), new Fleet(List.of()))))
                .hasSize(rollout.decisions().size());
    }

    @Test
    void decisionsAreToldThoughTheOldestOnesAreForgotten() {
        rollout = rollout.decided(NOW, "controller c1", "first", "");
        News.Look before = look();
        for (int i = 0; i < 1000; i++) {
            rollout = rollout.decided(NOW.plusSeconds(i), "controller c1", "again " + i, "");
        }
        assertThat(look().since(before)).hasSize(rollout.decisions().size());
    }
}
