// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.killswitch.cli.FakeHost;
import tools.jackson.databind.json.JsonMapper;

/** {@code killswitch bpf} as far as plain files can stand in for pins; what pins are is asked in a guest (WhenTest). */
class BpfCommandTest {

    @TempDir
    Path dir;

    FakeHost host;

    @BeforeEach
    void makeHost() throws IOException {
        host = new FakeHost(dir);
    }

    private Path pin(String name) throws IOException {
        host.file("/sys/fs/bpf/killswitch/" + name, "");
        return host.files.path("/sys/fs/bpf/killswitch/" + name);
    }

    @Test
    void nothingIsPinned() {
        assertThat(host.run("bpf", "list")).isZero();
        assertThat(host.out.toString()).isEqualTo("nothing is pinned\n");
        host.out.getBuffer().setLength(0);
        assertThat(host.run("bpf", "list", "--json")).isZero();
        assertThat(new JsonMapper().readTree(host.out.toString()).get("pinned")).isEmpty();
    }

    @Test
    void nothingIsPinnedWhereThereIsNoFolder() throws IOException {
        Files.delete(host.files.path("/sys/fs/bpf/killswitch"));
        assertThat(host.run("bpf", "list")).isZero();
        assertThat(host.out.toString()).isEqualTo("nothing is pinned\n");
    }

    @Test
    void removesEachAndSaysWhatItCouldNot() throws IOException {
        Path first = pin("esp_input");
        Path second = pin("esp6_input");
        assertThat(host.run("bpf", "remove", "esp_input", "esp_inptu", "esp6_input"))
                .isEqualTo(1);
        assertThat(first).doesNotExist();
        assertThat(second).doesNotExist();
        assertThat(host.out.toString()).isEqualTo("esp_input is removed\nesp6_input is removed\n");
        assertThat(host.err.toString())
                .startsWith("killswitch: nothing is pinned as 'esp_inptu'")
                .contains("esp6_input")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../f", "/etc/passwd", ""})
    void removesNothingElsewhere(String name) throws IOException {
        host.file("/sys/fs/bpf/f", "");
        assertThat(host.run("bpf", "remove", name)).isEqualTo(1);
        assertThat(host.err.toString()).contains("is not a name in").hasLineCount(1);
        assertThat(host.files.path("/sys/fs/bpf/f")).exists();
    }

    @Test
    void wantsAName() {
        assertThat(host.run("bpf", "remove")).isEqualTo(2);
        assertThat(host.run("bpf")).isEqualTo(2);
    }
}
