// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.killswitch.cli.FakeHost;
import org.killswitch.cli.Main;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;

/** {@code rehearse} as far as no guest is needed: what is wrong is refused before one is booted. */
final class RehearseCommandTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private FakeHost host;

    @BeforeEach
    void open() throws IOException {
        host = new FakeHost(folder);
        host.file("/proc/kallsyms", "ffffffff81000000 T tcp_v4_connect\nffffffff81000100 T unix_seq_show\n");
    }

    private int rehearse(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "rehearse";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Main.run(host.host(), all);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|nothing to rehearse",
                "-- true|nothing to rehearse",
                "tcp_v4_connect|RETVAL is missing",
                "tcp_v4_connect -- -EPERM|RETVAL is missing",
                "tcp_v4_connect -EPERM -5|unexpected argument '-5'",
                "tcp_v4_connect -ENOTHING|-ENOTHING",
                "tcp_v4_connect --frobnicate|there is no option '--frobnicate'",
                "CVE-2026-31431 -EPERM|unexpected argument '-EPERM'",
                "CVE-2026-31431 --when uid|takes no --when",
                "CVE-26|is not the number of a CVE",
                "--policy tcp_v4_connect|takes no function",
                "--policy --for 1m|takes no --for",
                "--policy --when uid|takes no --when",
                "tcp_v4_connect -EPERM --for 0s|takes 1s or more",
                "tcp_v4_connect -EPERM --for soon|is not a time",
                "tcp_v4_connect -EPERM --keep --json|exclude each other",
            })
    void wrongUsageIsOneLine(String arguments, String complaint) {
        assertThat(rehearse(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1)))
                .isEqualTo(2);
        assertThat(host.err.toString()).contains(complaint).hasLineCount(1);
        assertThat(host.out.toString()).isEmpty();
    }

    @Test
    void whatCannotBeRehearsedIsOneLine() throws IOException {
        assertThat(rehearse("tcp_v5_connect", "-EPERM")).isEqualTo(1);
        assertThat(host.err.toString())
                .contains("has a function tcp_v5_connect")
                .hasLineCount(1);
        host.err.getBuffer().setLength(0);
        assertThat(rehearse("--policy")).isEqualTo(1);
        assertThat(host.err.toString()).contains("there is no policy in /etc/killswitch/policy.d");
        host.err.getBuffer().setLength(0);
        host.file("/etc/killswitch/policy.d/a.yaml", "- symbol: f\n  retval: -EPERM\n  nonsense: 1\n");
        assertThat(rehearse("--policy")).isEqualTo(1);
        assertThat(host.err.toString()).contains("a.yaml:", "nonsense").hasLineCount(1);
    }

    @Test
    void aKernelThatTheLabDoesNotHaveIsOneLine() {
        assertThat(rehearse("tcp_v4_connect", "-EPERM", "--kernel", "2.6")).isEqualTo(1);
        assertThat(host.err.toString()).hasLineCount(1);
    }

    @Test
    void theCommandIsWhatFollowsTheFirstDashes() {
        List<String> words = List.of("f", "-EPERM", "sh", "-c", "--", "x");
        assertThat(RehearseCommand.commandIn(words, List.of("f", "-EPERM", "--json", "--", "sh", "-c", "--", "x")))
                .containsExactly("sh", "-c", "--", "x");
        assertThat(RehearseCommand.commandIn(List.of("f", "-EPERM"), List.of("f", "-EPERM")))
                .isEmpty();
    }

    @Test
    void functionsAreEngagedAsTheyAreTyped() throws Exception {
        Subject functions = new Subject.Functions(
                List.of(new SymbolName("f"), new SymbolName("m:g")),
                Retval.parse("-EPERM"),
                Optional.of("uid != 0 && comm != 'x'"));
        assertThat(functions.script("ks", Optional.of(Duration.ofMinutes(5))))
                .isEqualTo("ks engage f m:g -1 --force --when 'uid != 0 && comm != '\\''x'\\''' --for 5m");
        assertThat(functions.text()).isEqualTo("f, m:g returning -1 (EPERM) when uid != 0 && comm != 'x'");
    }

    @Test
    void aCveIsEngagedAlsoWhereItIsFixed() {
        Subject cve = new Subject.Cve("CVE-2026-31431");
        assertThat(cve.script("ks", Optional.empty()))
                .contains("- cve: CVE-2026-31431", "/etc/killswitch/policy.d")
                .endsWith("ks apply");
        assertThat(cve.script("ks", Optional.of(Duration.ofSeconds(30))))
                .isEqualTo("ks cve apply CVE-2026-31431 --for 30s");
        assertThat(new Subject.Policy().script("ks", Optional.empty())).isEqualTo("ks apply");
    }

    @Test
    void nothingIsLeftInTheFolderForTemporaryFiles() throws IOException {
        rehearse("tcp_v5_connect", "-EPERM");
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            assertThat(files).noneMatch(f -> f.getFileName().toString().startsWith("killswitch-rehearsal"));
        }
    }
}
