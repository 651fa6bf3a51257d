// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.manual;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is generated, judged by the programs that are to read it. */
class ManualGeneratorTest {

    private static final Path ROOT = Path.of("../..");

    @TempDir
    private Path folder;

    @Test
    void everyCommandHasAPage() throws IOException {
        Map<String, String> files = ManualGenerator.files(org.killswitch.cli.Main.allCommands(), ROOT);
        assertThat(files)
                .containsKeys(
                        "man8/killswitch.8",
                        "man8/killswitch-engage.8",
                        "man8/killswitch-lab.8",
                        "man8/killswitch-lab-run.8",
                        "man8/ks-bpf-load.8",
                        "man7/killswitch-guards.7",
                        "bash/killswitch",
                        "zsh/_killswitch")
                .doesNotContainKey("man8/killswitch-help.8");
        assertThat(files.get("man8/killswitch-engage.8"))
                .contains(".SH NAME\nkillswitch\\-engage \\- ", "\\fB\\-\\-probe\\fR=\\fITIME\\fR")
                .contains(".SH \"EXAMPLES\"\n.EX\nkillswitch engage af_alg_sendmsg \\-EPERM\n");
        assertThat(files.get("man7/killswitch-guards.7"))
                .contains(
                        ".TH \"KILLSWITCH\\-GUARDS\" 7 \"20",
                        ".SH \"THE GRAMMAR\"\n",
                        "\n.TP\n\\fBuid\\fR, \\fBgid\\fR\n")
                .contains("\n.EX\n    killswitch engage SYMBOL RETVAL \\-\\-when EXPRESSION\n.EE\n");
        assertThat(files.get("man8/killswitch.8"))
                .containsSubsequence(".SH COMMANDS", ".SH \"ENVIRONMENT\"", ".SH FILES", ".SH SEE ALSO");
    }

    @Test
    void manFindsNothingToComplainOf() throws IOException, InterruptedException {
        write();
        try (var pages = Files.find(
                folder, 2, (f, a) -> f.getParent().getFileName().toString().startsWith("man"))) {
            for (Path page : pages.filter(Files::isRegularFile).toList()) {
                Path complaints = folder.resolve("complaints");
                Process man = new ProcessBuilder("man", "--warnings", "-l", page.toString())
                        .redirectOutput(folder.resolve("page").toFile())
                        .redirectError(complaints.toFile())
                        .start();
                assertThat(man.waitFor()).as(page.toString()).isZero();
                assertThat(complaints).as(page.toString()).isEmptyFile();
                assertThat(Files.readString(folder.resolve("page"))).contains("NAME", "DESCRIPTION", "SEE ALSO");
                if (page.toString().endsWith(".8")) {
                    assertThat(Files.readString(folder.resolve("page")))
                            .contains("SYNOPSIS", "EXIT STATUS", "ENVIRONMENT");
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "killswitch en,             engage",
        "killswitch lab k,          kernels",
        "killswitch lab run --mod,  --module",
        "killswitch engage x -1 --p,--probe",
        "killswitch disengage --a,  --all",
        "killswitch engage a -EPE,  -EPERM",
        "killswitch lab run --kernel 6.12-d, 6.12-debug",
        "killswitch engage some_f,  some_function",
        "killswitch check other:s,  some_function",
        "'killswitch observe a,so', 'a,some_function'",
    })
    void bashCompletes(String typed, String word) throws IOException, InterruptedException {
        write();
        String script = """
                . '%s'
                COMP_LINE='%s'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=(${COMP_LINE//:/ : }); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                $(complete -p killswitch | sed 's/.*-F \\([^ ]*\\) .*/\\1/') killswitch
                printf '%%s\\n' "${COMPREPLY[@]}"
                """.formatted(folder.resolve("bash/killswitch"), typed);
        assertThat(run("bash", "--norc", "-c", script)).contains(word);
    }

    /** Types into a shell with a terminal of its own, which is the only place where zsh completes. */
    @ParameterizedTest
    @CsvSource({
        "killswitch eng,             'killswitch engage '",
        "killswitch lab ker,         'killswitch lab kernels '",
        "killswitch lab run --mod,   'killswitch lab run --module '",
        "killswitch engage x -1 --p, 'killswitch engage x -1 --probe='",
        "killswitch disengage --a,   'killswitch disengage --all '",
        "killswitch set a -EPE,      'killswitch set a -EPERM '",
        "killswitch lab run --kernel=6.12-d, 'killswitch lab run --kernel=6.12-debug '",
        "killswitch engage some_f,   'killswitch engage some_function '",
        "killswitch check other:s,   'killswitch check other:some_function '",
        "'killswitch observe a,so',  'killswitch observe a,some_function '",
    })
    void zshCompletes(String typed, String completed) throws IOException, InterruptedException {
        write();
        String script = """
                zmodload zsh/zpty
                zpty shell 'TERM=dumb PS1= zsh -f -i'
                zpty -w shell "fpath=('%s' \\$fpath); autoload -Uz compinit; compinit -u -D; unsetopt zle_bracketed_paste 2>/dev/null"
                zpty -w shell 'show() { print -r -- "<<$BUFFER>>"; }; zle -N show; bindkey "^T" show; echo rea''dy'
                zpty -r -m shell line '*ready*' || exit 1
                zpty -w -n shell '%s'$'\\t\\x14'
                zpty -r -m shell line '*<<killswitch*>>*' && print -r -- "$line"
                zpty -d shell
                """.formatted(folder.resolve("zsh"), typed);
        assertThat(String.join("\n", run("zsh", "-f", "-c", script))).contains("<<" + completed + ">>");
    }

    private void write() throws IOException {
        ManualGenerator.main(new String[] {folder.toString(), ROOT.toString()});
        Path symbols = Files.writeString(
                folder.resolve("kallsyms"),
                "0000000000000000 D some_data\n0000000000000000 t some_function\t[other]\n");
        for (String completion : List.of("bash/killswitch", "zsh/_killswitch")) {
            Path file = folder.resolve(completion);
            Files.writeString(file, Files.readString(file).replace("/proc/kallsyms", symbols.toString()));
        }
    }

    private static List<String> run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.lines().map(String::strip).toList();
    }
}
