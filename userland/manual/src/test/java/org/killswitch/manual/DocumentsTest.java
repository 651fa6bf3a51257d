// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.manual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.killswitch.cli.Main;
import org.killswitch.control.Retval;
import picocli.CommandLine;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** The documents show no command line that the command does not understand, and lead to no file that is not there. */
class DocumentsTest {

    private static final Path ROOT = Path.of("../..");

    /** In a block of text: as typed by root, by a user, or in a script. */
    private static final Pattern TYPED = Pattern.compile(" {4,}(?:[$#] )?(?:sudo )?killswitch( .*)?");

    private static final Pattern MENTIONED = Pattern.compile("`(?:sudo )?killswitch ([^`]*)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");

    /** A word of the shell, in which quoted parts may follow each other; a comment; or what ends a command. */
    private static final Pattern WORD =
            Pattern.compile("((?:'[^']*'|\"[^\"]*\"|[^\\s'\"|;&<>])+)|\\s*([|;&<>]).*|\\s+(#.*)?");

    static Stream<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("bench/README.md")));
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            docs.filter(d -> d.toString().endsWith(".md")).sorted().forEach(documents::add);
        }
        return documents.stream();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void eachCommandLineIsUnderstood(Path document) throws IOException {
        for (String line : Files.readAllLines(document)) {
            Matcher typed = TYPED.matcher(line);
            if (typed.matches() && typed.group(1) != null) {
                understands(typed.group(1));
            }
            MENTIONED.matcher(line).results().forEach(m -> exists(m.group(1)));
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void eachLinkLeadsToAFile(Path document) throws IOException {
        LINK.matcher(Files.readString(document))
                .results()
                .forEach(m -> assertThat(document.resolveSibling(m.group(1))).exists());
    }

    @Test
    void theDocumentsHaveCommandLines() throws IOException {
        long lines = 0;
        for (Path document : documents().toList()) {
            lines += Files.readAllLines(document).stream()
                    .filter(l -> TYPED.matcher(l).matches())
                    .count();
        }
        assertThat(lines).isGreaterThan(40);
    }

    @Test
    void eachExampleOfTheHelpIsUnderstood() {
        examples(Main.allCommands());
    }

    private static void examples(CommandLine command) {
        for (String line : command.getCommandSpec().usageMessage().footer()) {
            // An example that is folded cannot be copied.
            assertThat(line.length()).as(line).isLessThanOrEqualTo(line.startsWith("  ") ? 80 : Integer.MAX_VALUE);
            if (line.startsWith("  killswitch ")) {
                // The main command says beside each example what it does.
                understands(line.substring("  killswitch".length()).replaceFirst("   +\\S.*", ""));
            }
        }
        CommandTexts.below(command).values().forEach(DocumentsTest::examples);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "enagge f -1",
                "engage f -EFOO",
                "engage f",
                "engage f -1 --when",
                "cve apply-all",
                "lab run",
                "status --jsno",
            })
    void aCommandLineThatIsWrongIsFound(String line) {
        assertThatCode(() -> understands(" " + line)).isInstanceOf(AssertionError.class);
    }

    @Test
    void wordsAreThoseOfAShell() {
        assertThat(words(" engage f -1 --when 'uid != 0' --reason=\"a b\"  # only users"))
                .containsExactly("engage", "f", "-1", "--when", "uid != 0", "--reason=a b");
        assertThat(words(" status --json | jq .")).containsExactly("status", "--json");
    }

    private static void understands(String line) {
        List<String> words = words(line);
        assertThatCode(() -> {
                    ParseResult parsed = Main.allCommands().parseArgs(words.toArray(String[]::new));
                    if (words.getFirst().equals("engage")
                            && !parsed.subcommand().hasMatchedOption("--bpf")) {
                        value(parsed.subcommand());
                    }
                })
                .as("killswitch" + line)
                .doesNotThrowAnyException();
    }

    /** The parser takes any words for functions; the last has to be a value, or stand for one. */
    private static void value(ParseResult engage) throws Exception {
        List<String> words = engage.matchedPositionals().stream()
                .map(PositionalParamSpec::originalStringValues)
                .flatMap(List::stream)
                .toList();
        assertThat(words).hasSizeGreaterThan(1);
        if (!List.of("RETVAL", "VALUE").contains(words.getLast())) {
            Retval.parse(words.getLast());
        }
    }

    private static void exists(String line) {
        CommandLine command = Main.allCommands();
        for (String word : words(" " + line)) {
            if (command.getSubcommands().isEmpty() || !word.matches("[a-z]+")) {
                return;
            }
            assertThat(command.getSubcommands()).as("killswitch " + line).containsKey(word);
            command = command.getSubcommands().get(word);
        }
    }

    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(line);
        int at = 0;
        while (word.find(at) && word.start() == at) {
            if (word.group(1) != null) {
                words.add(word.group(1).replaceAll("'([^']*)'|\"([^\"]*)\"", "$1$2"));
            } else if (word.group(2) != null || word.group(3) != null) {
                return words;
            }
            at = word.end();
        }
        assertThat(at).as("the end of: " + line).isEqualTo(line.length());
        return words;
    }
}
