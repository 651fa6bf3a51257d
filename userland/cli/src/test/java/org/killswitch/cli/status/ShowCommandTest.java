// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.cli.FakeHost;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ShowCommandTest {

    @TempDir
    Path dir;

    FakeHost host;

    @BeforeEach
    void makeHost() throws IOException {
        host = new FakeHost(dir);
        host.loaded("esp4:f retval=-1 hits=7", "g retval=0 hits=0");
        host.reason("esp4:f", "CVE-2026-1");
        host.guarded("esp4:f", 12);
        host.task(7, 7, "sshd", "[<0>] f+0x12/0x40 [esp4]\n");
        host.task(8, 8, "other", "[<0>] f+0x12/0x40 [esp6]\n");
        host.log(
                "4,6,30000000,-;killswitch: f: 3 functions have this name; qualify it as <module>:<symbol>",
                "4,7,40000000,-;killswitch: engage esp4:f=-1 uid=0 auid=1000 ses=3 comm=tee reason=\"CVE-2026-1\"",
                "4,8,50000000,-;killswitch: engage esp4:f2=-1 uid=0 auid=1000 ses=3 comm=tee");
    }

    @Test
    void showsAllThatIsKnown() {
        assertThat(host.run("show", "f")).isZero();
        assertThat(host.out.toString()).isEqualTo("""
                        esp4:f
                          retval        -1 (EPERM)
                          state         engaged
                          reason        CVE-2026-1
                          since         2026-05-01 11:59:00+00:00
                          by            uid 1000 (tee)
                          hits          7
                          passed        12
                          backend       ftrace
                          module        esp4
                          tasks inside  sshd (7); a call that began before is not overridden
                          2026-05-01 11:59:00+00:00  engage esp4:f=-1 uid=0 auid=1000 ses=3 comm=tee reason="CVE-2026-1"
                        """);
    }

    @Test
    void showsItAsJson() throws IOException {
        assertThat(host.run("show", "esp4:f", "--json")).isZero();
        JsonNode root = new JsonMapper().readTree(host.out.toString());
        assertThat(root.get("version").asInt()).isEqualTo(1);
        assertThat(root.get("symbol").asString()).isEqualTo("esp4:f");
        assertThat(root.get("passed").asInt()).isEqualTo(12);
        assertThat(root.get("module").asString()).isEqualTo("esp4");
        assertThat(root.get("tasks_inside").toString()).isEqualTo("[{\"pid\":7,\"tid\":7,\"comm\":\"sshd\"}]");
        assertThat(root.get("log").get(0).get("time").asString()).isEqualTo("2026-05-01T11:59:00Z");
    }

    @Test
    void showsWhatIsPending() throws IOException {
        host.pending("af_alg:h retval=-1 module=af_alg");
        assertThat(host.run("show", "h")).isZero();
        assertThat(host.out.toString()).isEqualTo("""
                        af_alg:h
                          retval        -1 (EPERM)
                          state         pending for af_alg
                          module        af_alg
                          tasks inside  none
                        """);
    }

    @Test
    void showsAProgramOfEngagebpf() throws IOException {
        host.file("/sys/fs/bpf/killswitch/inet_bind", "");
        assertThat(host.run("show", "inet_bind")).isZero();
        assertThat(host.out.toString()).startsWith("inet_bind\n  bpf programs  inet_bind\n");
    }

    @Test
    void saysWhatMayBeMeant() {
        assertThat(host.run("show", "esp4:g")).isZero(); // g may be in esp4
        assertThat(host.run("show", "esp4:e")).isEqualTo(1);
        assertThat(host.err.toString())
                .isEqualTo(
                        "killswitch: esp4:e is not engaged, observed or pending; did you mean 'esp4:f'?; see what is:"
                                + " killswitch status\n");
        host.err.getBuffer().setLength(0);
        assertThat(host.run("show", "x", "--json")).isEqualTo(1);
        assertThat(host.err.toString()).isEmpty();
        assertThat(host.out.toString()).contains("{\"version\":1,\"error\":{\"message\":\"x is not engaged");
    }
}
