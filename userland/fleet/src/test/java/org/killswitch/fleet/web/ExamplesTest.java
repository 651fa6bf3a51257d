// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.killswitch.fleet.api.Json;
import org.killswitch.fleet.api.Report.Phase;

/** The alert rules and the dashboard ask for what the controller reports. */
class ExamplesTest {

    private static final Path SHIPPED = Path.of("../../packaging/fleet");
    private static final Pattern METRIC = Pattern.compile("\\bkillswitch_fleet_[a-z_]+");
    private static final Pattern STATE = Pattern.compile("state=~?\\\\?\"([a-z |]+)\\\\?\"");

    @SuppressWarnings("NullAway.Init")
    private String metrics;

    @BeforeEach
    void report() throws Exception {
        metrics = FleetMetrics.of(
                Snapshot.of(new Sample().host(0, Phase.TRIAL, false, Map.of()).view()), Map.of("f", 1L));
    }

    private static Set<String> all(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(m -> m.groupCount() == 0 ? m.group() : m.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"killswitch-fleet.rules.yml", "grafana-dashboard.json"})
    void theMetricsAndStatesAreThere(String file) throws Exception {
        String text = Files.readString(SHIPPED.resolve(file));
        assertThat(all(METRIC, text)).hasSizeGreaterThan(5).isSubsetOf(all(METRIC, metrics));
        Set<String> states = new TreeSet<>();
        all(STATE, text).forEach(s -> states.addAll(Set.of(s.split("\\|", -1))));
        assertThat(states).isNotEmpty().isSubsetOf(all(STATE, metrics));
    }

    @Test
    void eachMetricIsInTheDashboard() throws Exception {
        assertThat(all(METRIC, Files.readString(SHIPPED.resolve("grafana-dashboard.json"))))
                .isEqualTo(all(METRIC, metrics));
    }

    @Test
    void theDashboardIsOne() throws Exception {
        Json dashboard = Json.parse(Files.readAllBytes(SHIPPED.resolve("grafana-dashboard.json")));
        assertThat(dashboard.text("title")).isEqualTo("killswitch fleet");
        Set<Long> ids = new TreeSet<>();
        for (Json panel : dashboard.objects("panels")) {
            assertThat(ids.add(panel.number("id"))).isTrue();
            assertThat(panel.objects("targets"))
                    .isNotEmpty()
                    .allMatch(t -> t.optionalText("expr").isPresent());
        }
        assertThat(ids).hasSizeGreaterThan(8);
    }
}
