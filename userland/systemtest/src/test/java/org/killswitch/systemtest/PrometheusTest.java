// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.killswitch.lab.Output;
import org.killswitch.posix.Architecture;

/** What Prometheus' own tool says of the metrics and the alert rules. */
final class PrometheusTest {

    static final String RULES = "packaging/prometheus/killswitch.rules.yml";

    private static final String PROMTOOL = Project.LAB
            .packages(Architecture.host(), "bookworm", List.of("prometheus"))
            .resolve("usr/bin/promtool")
            .toString();

    @Test
    void theMetricsAreRead() {
        requireGood(Project.run(List.of(Project.IMAGE + "/bin/killswitch", "metrics")));
    }

    /** The tool has nothing to say of these metrics. */
    static void requireGood(String metrics) {
        assertThat(Project.tryRun(List.of("sh", "-c", "printf %s \"$0\" | \"$1\" check metrics", metrics, PROMTOOL)))
                .isEqualTo(new Output(0, ""));
    }

    @ParameterizedTest
    @CsvSource({RULES + ", 7", "packaging/fleet/killswitch-fleet.rules.yml, 9"})
    void theAlertRulesAreRead(String file, int rules) {
        Path path = Project.ROOT.resolve(file);
        assertThat(Project.run(List.of(PROMTOOL, "check", "rules", path.toString())))
                .contains("SUCCESS: " + rules + " rules found");
    }

    /** A host with all that there is an alert for, one with nothing of it, and a day and an hour of both. */
    @Test
    void eachAlertIsRaisedWhereItIsMeant(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("test.yml");
        Files.writeString(
                file,
                """
                rule_files: [%s]
                tests:
                  - interval: 1m
                    input_series:
                      - {series: 'killswitch_cve_affected{instance="bad", cve="CVE-1"}', values: '1x1500'}
                      - {series: 'killswitch_cve_reboot{instance="bad", cve="CVE-1"}', values: '1x1500'}
                      - {series: 'killswitch_policy_left_out{instance="bad"}', values: '2x1500'}
                      - {series: 'killswitch_loaded{instance="bad"}', values: '0x1500'}
                      - {series: 'killswitch_hits_total{instance="bad", symbol="f"}', values: '0+120x1500'}
                      - {series: 'killswitch_timeout_seconds{instance="bad", symbol="f"}', values: '599x1500'}
                      - {series: 'node_textfile_mtime_seconds{instance="bad", file="/a/killswitch.prom"}', values: '0x1500'}
                      - {series: 'killswitch_cve_affected{instance="good", cve="CVE-1"}', values: '0x1500'}
                      - {series: 'killswitch_cve_reboot{instance="good", cve="CVE-1"}', values: '0x1500'}
                      - {series: 'killswitch_policy_left_out{instance="good"}', values: '0x1500'}
                      - {series: 'killswitch_loaded{instance="good"}', values: '1x1500'}
                      - {series: 'killswitch_hits_total{instance="good", symbol="f"}', values: '0+30x1500'}
                      - {series: 'killswitch_timeout_seconds{instance="good", symbol="f"}', values: '600x1500'}
                      - {series: 'node_textfile_mtime_seconds{instance="good", file="/a/killswitch.prom"}', values: '0+60x1500'}
                    promql_expr_test:
                      - expr: count by (instance, alertname) (ALERTS{alertstate="firing"})
                        eval_time: 25h
                        exp_samples:
                """.formatted(Project.ROOT.resolve(RULES))
                        + Pattern.compile("- alert: (\\w+)")
                                .matcher(Files.readString(Project.ROOT.resolve(RULES)))
                                .results()
                                .map(m -> "          - {labels: '{instance=\"bad\", alertname=\"" + m.group(1)
                                        + "\"}', value: 1}\n")
                                .collect(Collectors.joining()));
        assertThat(Project.run(List.of(PROMTOOL, "test", "rules", file.toString())))
                .contains("SUCCESS");
    }
}
