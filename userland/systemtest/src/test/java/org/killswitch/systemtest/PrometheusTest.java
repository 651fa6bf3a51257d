// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.killswitch.lab.Output;
import org.killswitch.posix.Architecture;

/** What Prometheus' own tool says of the metrics and the alert rules. */
final class PrometheusTest {

    private static final String PROMTOOL = Project.LAB
            .packages(Architecture.host(), "bookworm", List.of("prometheus"))
            .resolve("usr/bin/promtool")
            .toString();

    @Test
    void theMetricsAreRead() {
        Output output = Project.tryRun(List.of(
                "sh", "-c", "\"$0\" metrics | \"$1\" check metrics", Project.IMAGE + "/bin/killswitch", PROMTOOL));
        assertThat(output.output()).isEmpty();
        assertThat(output.status()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"packaging/prometheus/killswitch.rules.yml, 7", "packaging/fleet/killswitch-fleet.rules.yml, 9"})
    void theAlertRulesAreRead(String file, int rules) {
        Path path = Project.ROOT.resolve(file);
        assertThat(Project.run(List.of(PROMTOOL, "check", "rules", path.toString())))
                .contains("SUCCESS: " + rules + " rules found");
    }
}
