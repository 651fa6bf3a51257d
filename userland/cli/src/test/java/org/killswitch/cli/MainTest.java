package org.killswitch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {

    @TempDir
    Path dir;

    FakeHost host;

    @BeforeEach
    void makeHost() throws IOException {
        host = new FakeHost(dir);
    }

    @Test
    void helpsWithoutTheModule() {
        assertThat(host.run("--help")).isZero();
        assertThat(host.out.toString())
                .contains("status", "engage", "disengage", "Examples:", "killswitch engage af_alg_sendmsg -EPERM")
                .doesNotContain("\033[");
        assertThat(host.out.toString().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
        assertThat(host.err.toString()).isEmpty();
    }

    /** Every command, and those below it, however many there come to be. */
    static Stream<String> commands() {
        return below(Main.allCommands(), "").filter(name -> !name.equals("help"));
    }

    private static Stream<String> below(CommandLine command, String names) {
        return command.getSubcommands().entrySet().stream()
                .flatMap(c ->
                        Stream.concat(Stream.of(names + c.getKey()), below(c.getValue(), names + c.getKey() + " ")));
    }

    @Test
    void commandsOfGroupsAreAmongThem() {
        assertThat(commands()).contains("status", "lab clean", "bpf remove").hasSizeGreaterThan(20);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpsWithEveryCommand(String command) {
        assertThat(host.run((command + " --help").split(" "))).isZero();
        assertThat(host.run(("help " + command).split(" "))).isZero();
        String text = host.out.toString();
        assertThat(text).startsWith(text.substring(text.length() / 2)).contains("Usage: killswitch " + command);
    }

    @Test
    void knowsItsVersion() {
        assertThat(host.run("--version")).isZero();
        assertThat(host.out.toString()).matches("killswitch \\d+\\.\\d+\\.\\d+\n");
    }

    @Test
    void showsWhatThereIsWhenNothingIsAsked() {
        assertThat(host.run()).isEqualTo(2);
        assertThat(host.err.toString()).contains("Usage: killswitch").contains("engage");
        assertThat(host.out.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "bogus, there is no command 'bogus'",
        "enagge f -1, there is no command 'enagge'; did you mean 'engage'?",
        "lab rum, there is no command 'rum'; did you mean 'run'?",
        "help bogus, there is no command 'bogus'",
        "help lab rum, did you mean 'run'?",
        "@argfile, there is no command '@argfile'",
        "--bogus, '--bogus'",
        "status --bogus, '--bogus'",
        "status f, one word too many: 'f'",
        "status --watch 0, --watch takes 1 second or more",
        "status --watch x, x",
        "engage, SYMBOL",
        "engage f, RETVAL",
        "engage f EPERM, did you mean -EPERM?",
        "engage f -EFOO, not an errno name",
        "engage f 08, not a return value",
        "engage f+4 -1, offset",
        "engage f -1 x, one word too many: 'x'",
        "engage --prob 3s f -1, there is no option '--prob'",
        "engage f --prob 3s, there is no option '--prob'",
        "engage f -1 --probe soon, write it like 30s",
        "engage f -1 --probe 86401s, up to 24h",
        "engage f -1 --probe -1s, not a time",
        "engage f -1 --for 0, --for takes 1s or more",
        "engage f -1 --for 25h, up to 24h",
        "engage f -1 --for 5s --probe 5s, mutually exclusive",
        "keep, SYMBOL",
        "keep f+4, offset",
        "observe, SYMBOL",
        "observe f+4, offset",
        "enforce f, RETVAL",
        "enforce f EPERM, did you mean -EPERM?",
        "set f, RETVAL",
        "set --yes f, there is no option '--yes'",
        "show f g, one word too many: 'g'",
        "lock, no way back but a reboot",
        "seal, no way back but a reboot",
        "seal now --yes, one word too many: 'now'",
        "disengage, SYMBOL",
        "disengage f/g, not a function's name",
        "disengage f --all, mutually exclusive",
    })
    void refusesWrongUsageInOneLine(String arguments, String complaint) throws IOException {
        host.loaded();
        assertThat(host.run(arguments.split(" "))).isEqualTo(2);
        assertThat(host.err.toString()).contains(complaint).contains("--help)").hasLineCount(1);
        assertThat(host.out.toString()).isEmpty();
        assertThat(host.command()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status",
                "status --watch",
                "engage f -1",
                "disengage f",
                "disengage --all",
                "keep f",
                "seal --yes",
                "lock --yes",
                "observe f",
                "enforce f -1",
                "set f -1",
                "show f"
            })
    void saysHowToLoadTheModule(String arguments) {
        assertThat(host.run(arguments.split(" "))).isEqualTo(1);
        assertThat(host.err.toString())
                .isEqualTo("killswitch: the killswitch module is not loaded; run: modprobe killswitch\n");
        assertThat(host.out.toString()).isEmpty();
    }

    @Test
    void saysItAsAnObjectWhereAProgramReads() {
        for (String arguments : new String[] {"status --json", "status --json --watch", "show f --json"}) {
            host.out.getBuffer().setLength(0);
            assertThat(host.run(arguments.split(" "))).isEqualTo(1);
            assertThat(host.out.toString())
                    .isEqualTo(
                            "{\"version\":1,\"error\":{\"message\":\"the killswitch module is not loaded; run: modprobe"
                                    + " killswitch\",\"errno\":\"ENOENT\"}}\n");
        }
        assertThat(host.err.toString()).isEmpty();
    }

    @Test
    void failsWhereItsOutputCannotBeWritten() throws IOException {
        host.loaded();
        assertThat(host.runWritingTo(Path.of("/dev/full"), "status", "--json")).isEqualTo(1);
        assertThat(host.err.toString()).contains("cannot be written").hasLineCount(1);
    }

    /** Picocli would read the words of the file. */
    @Test
    void aWordIsNoFile() throws IOException {
        host.loaded();
        Path words = java.nio.file.Files.writeString(dir.resolve("words"), "-EPERM");
        assertThat(host.run("engage", "f", "@" + words)).isEqualTo(2);
        assertThat(host.command()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void answersAPlainStatusAsTheParserWould(boolean loaded) throws IOException {
        if (loaded) {
            host.loaded("f retval=-1 hits=3");
        }
        for (var same : List.of(
                List.of(new String[] {"status"}, new String[] {"status", "--json=false"}),
                List.of(new String[] {"status", "--json"}, new String[] {"status", "--json=true"}))) {
            FakeHost parsed = new FakeHost(dir);
            FakeHost plain = new FakeHost(dir);
            assertThat(plain.run(same.get(0))).isEqualTo(parsed.run(same.get(1)));
            assertThat(plain.out.toString()).isEqualTo(parsed.out.toString());
            assertThat(plain.err.toString()).isEqualTo(parsed.err.toString());
        }
    }
}
