// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.cli.FakeHost;
import org.killswitch.cli.output.PrometheusText;
import org.killswitch.cli.output.PrometheusText.MetricType;
import picocli.CommandLine;

class MetricsCommandTest {

    @TempDir
    private Path folder;

    private FakeHost host;

    @BeforeEach
    void aHost() throws IOException {
        host = new FakeHost(folder);
        host.file("/proc/sys/kernel/osrelease", "6.1.0-40-amd64\n");
        host.file("/proc/sys/kernel/version", "#1 SMP Debian 6.1.164-1 (2026-03-08)\n");
        host.file("/lib/modules/6.1.0-40-amd64/modules.dep", "kernel/crypto/algif_aead.ko:\n");
        host.file("/lib/modules/6.1.0-40-amd64/modules.builtin", "");
        host.file("/catalogue/CVE-2026-31431.yaml", """
                cve: CVE-2026-31431
                names: [Copy Fail]
                summary: An AEAD request writes to pages that it only borrowed.
                reach: any-user
                reach-note: A socket is enough.
                affected: [{introduced: "4.14", fixed: "6.1.170"}]
                files: [crypto/algif_aead.c]
                module: algif_aead
                engagements:
                  - functions: [{symbol: "af_alg:alg_bind", retval: -EPERM}]
                    why: Its caller tests it.
                    breaks: AF_ALG.
                references: ["https://example.org/"]
                """);
        host.file(
                "/var/lib/dpkg/status",
                "Package: linux-image-6.1.0-41-amd64\nStatus: install ok installed\nVersion: 6.1.170-1\n");
    }

    private int run(String... args) {
        CvePlaces places =
                new CvePlaces(host.files.path("/"), List.of(host.files.path("/catalogue")), host.files.path("/data"));
        return new CommandLine(new MetricsCommand(host.host(), places)).execute(args);
    }

    @Test
    void whatIsEngagedAndWhatIsOpen() throws IOException {
        host.loaded("f retval=-1 hits=12", "g retval=-1 hits=3");
        host.reason("f", "CVE-1: a \"quoted\" \\ reason");
        host.guarded("f", 4);
        host.expiring("g", 125);
        host.pending("m:h retval=-1 module=m");
        assertThat(run()).isZero();
        assertThat(host.out.toString().lines())
                .contains(
                        "killswitch_loaded 1",
                        "killswitch_sealed 0",
                        "killswitch_functions{state=\"expiring\"} 1",
                        "killswitch_functions{state=\"pending\"} 1",
                        "killswitch_engaged{symbol=\"f\",reason=\"CVE-1: a \\\"quoted\\\" \\\\ reason\"} 1",
                        "# TYPE killswitch_hits_total counter",
                        "killswitch_hits_total{symbol=\"f\"} 12",
                        "killswitch_passed_total{symbol=\"f\"} 4",
                        "killswitch_timeout_seconds{symbol=\"g\"} 125",
                        "killswitch_cve_affected{cve=\"CVE-2026-31431\",name=\"Copy Fail\"} 1",
                        "killswitch_cve_mitigated{cve=\"CVE-2026-31431\",name=\"Copy Fail\"} 0",
                        "killswitch_cve_reboot{cve=\"CVE-2026-31431\",name=\"Copy Fail\"} 1")
                .allMatch(l -> l.matches("# (HELP|TYPE) killswitch_\\w+ .+|killswitch_\\w+(\\{.*\\})? -?\\d+"));
    }

    @Test
    void withoutTheModuleTheVerdictsAreThere() throws IOException {
        assertThat(run("--textfile", folder.resolve("k.prom").toString())).isZero();
        assertThat(host.out.toString()).isEmpty();
        assertThat(folder.resolve("k.prom")).content().contains("killswitch_loaded 0\n", "killswitch_cve_affected{");
    }

    @Test
    void aLineInALabelIsEscaped() {
        PrometheusText text = new PrometheusText();
        text.family("m", MetricType.GAUGE, "h").sample(Map.of("l", "a\nb"), 1);
        assertThat(text).hasToString("# HELP m h\n# TYPE m gauge\nm{l=\"a\\nb\"} 1\n");
    }
}
