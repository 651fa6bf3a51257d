// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.cli.FakeHost;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the findings of {@code killswitch doctor} look like, and what it exits with. */
class DoctorCommandTest {

    private static final String RELEASE = "6.12.95-amd64";

    @TempDir
    Path dir;

    FakeHost host;

    /** A host with what killswitch needs and the module loaded; only root may see some of it. */
    @BeforeEach
    void makeHost() throws IOException {
        host = new FakeHost(dir);
        host.file("/proc/sys/kernel/osrelease", RELEASE + "\n");
        host.file("/proc/sys/kernel/ftrace_enabled", "1\n");
        host.file("/proc/mounts", "securityfs /sys/kernel/security securityfs rw 0 0\n");
        host.file("/boot/config-" + RELEASE, """
                CONFIG_MODULES=y
                CONFIG_KALLSYMS=y
                CONFIG_KPROBES=y
                CONFIG_FUNCTION_TRACER=y
                CONFIG_DYNAMIC_FTRACE=y
                CONFIG_DYNAMIC_FTRACE_WITH_ARGS=y
                CONFIG_SECURITY=y
                CONFIG_SECURITYFS=y
                """);
        host.file("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
        host.file("/sys/kernel/btf/vmlinux", "");
        host.file("/sys/module/killswitch/version", "0.0.0\n"); // a warning: of another version
    }

    private JsonNode finding(String id) {
        for (JsonNode finding : new JsonMapper().readTree(host.out.toString()).get("findings")) {
            if (finding.get("id").asString().equals(id)) {
                return finding;
            }
        }
        throw new AssertionError(id);
    }

    @Test
    void aLineForEachFindingAndItsFixBelow() {
        assertThat(host.run("doctor")).isZero();
        assertThat(host.out.toString())
                .containsPattern("(?m)^ok +kernel +" + RELEASE + " on ")
                .containsPattern(
                        "(?m)^warning +module +loaded, version 0\\.0\\.0; this command is .*\n +-> install the same")
                .endsWith("\n\nkillswitch works here, but for 1 warning\n");
        assertThat(host.err.toString()).isEmpty();
    }

    @Test
    void aWarningIsAnErrorOnlyWhereAskedFor() {
        assertThat(host.run("doctor", "--strict")).isEqualTo(1);
        host.out.getBuffer().setLength(0);
        assertThat(host.run("doctor", "--json")).isZero();
        assertThat(finding("module").get("verdict").asString()).isEqualTo("warning");
    }

    @Test
    void aProblemIsAnError() throws IOException {
        host.file("/proc/sys/kernel/ftrace_enabled", "0\n");
        assertThat(host.run("doctor")).isEqualTo(1);
        assertThat(host.out.toString())
                .contains("-> sysctl kernel.ftrace_enabled=1")
                .endsWith("\nkillswitch cannot work here: 1 problem\n");
    }

    @Test
    void jsonHasAFindingOfEachCheck() {
        assertThat(host.run("doctor", "--json")).isZero();
        JsonNode root = new JsonMapper().readTree(host.out.toString());
        assertThat(root.get("version").asInt()).isEqualTo(1);
        assertThat(root.get("findings")).hasSize(27).allSatisfy(f -> {
            assertThat(f.get("verdict").asString()).matches("ok|note|unknown|warning|problem");
            assertThat(f.get("found").asString()).isNotBlank();
        });
        assertThat(finding("lockdown").get("found").asString()).isEqualTo("none");
        assertThat(finding("lockdown").get("fix").isNull()).isTrue();
        assertThat(finding("bpffs").get("fix").asString()).isNotBlank();
    }
}
