// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.killswitch.cli.Errors;
import org.killswitch.cli.FakeHost;
import org.killswitch.lab.Cache;
import picocli.CommandLine;

/** {@code lab run} and {@code lab clean} as far as no guest is needed. */
final class LabCommandsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private FakeHost host;

    @SuppressWarnings("NullAway.Init")
    private Cache cache;

    @BeforeEach
    void open() throws IOException {
        host = new FakeHost(Files.createDirectory(folder.resolve("host")));
        cache = new Cache(folder.resolve("cache"));
    }

    private int clean(String... arguments) {
        return Errors.reportTo(host.host(), new CommandLine(new LabCleanCommand(host.host(), () -> List.of(cache))))
                .execute(arguments);
    }

    private Path entry(String name, int days) throws IOException {
        Path entry = cache.entry(name, into -> {
            try {
                Files.write(into.resolve("f"), new byte[2048]);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        return Files.setLastModifiedTime(entry, FileTime.from(Instant.now().minus(Duration.ofDays(days))));
    }

    @Test
    void cleaningSaysWhatItRemoved() throws IOException {
        Path old = entry("kernels/old", 31);
        Path recent = entry("kernels/new", 29);
        assertThat(clean("--dry-run")).isZero();
        assertThat(host.out.toString())
                .isEqualTo("2.0 KiB  kernels/old\n2.0 KiB would be removed from " + cache.root() + "\n");
        assertThat(old).exists();
        host.out.getBuffer().setLength(0);
        assertThat(clean()).isZero();
        assertThat(host.out.toString()).endsWith("2.0 KiB removed from " + cache.root() + "\n");
        assertThat(old).doesNotExist();
        assertThat(recent).exists();
        host.out.getBuffer().setLength(0);
        assertThat(clean()).isZero();
        assertThat(host.out.toString()).isEqualTo("nothing to remove in " + cache.root() + "\n");
        assertThat(clean("--days", "0")).isZero();
        assertThat(recent).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"--days -1, --days takes 0 or more", "--days x, not an int", "x, unexpected argument"})
    void wrongUsageIsOneLine(String arguments, String complaint) {
        assertThat(clean(arguments.split(" ", -1))).isEqualTo(2);
        assertThat(host.err.toString()).contains(complaint).hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', textBlock = """
            uname -a,        uname -a
            echo|a b|it's,   "'echo' 'a b' 'it'\\''s'"
            echo|$HOME|*,    "'echo' '$HOME' '*'"
            echo|"",         "'echo' ''"
            """)
    void severalWordsAreQuotedForTheShell(String words, String script) {
        assertThat(LabOfHost.script(List.of(words.replace("\"\"", "").split("\\|", -1))))
                .isEqualTo(script);
    }

    @ParameterizedTest
    @CsvSource({
        "--file /nowhere/x -- true, --file /nowhere/x cannot be read",
        "--kernel 3.2 -- true,      3.2",
        "--sources /nowhere --module -- true, no sources of killswitch",
    })
    void whatIsNotThereIsOneLine(String arguments, String complaint) {
        assertThat(host.run(("lab run " + arguments).split(" ", -1))).isEqualTo(125);
        assertThat(host.err.toString()).contains(complaint).hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({
        "lab run,                        Missing required parameter",
        "lab run --cpus many -- true,    many",
        "lab run --timeout never -- true, is not a time",
    })
    void wrongUsageOfRunIsOneLine(String arguments, String complaint) {
        assertThat(host.run(arguments.split(" ", -1))).isEqualTo(125);
        assertThat(host.err.toString()).contains(complaint).hasLineCount(1);
    }
}
