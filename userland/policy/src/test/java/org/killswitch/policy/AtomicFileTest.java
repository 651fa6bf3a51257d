// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The writer is another process, which strace(1) watches and kills. */
class AtomicFileTest {

    private static final String OLD = "old\n".repeat(10_000);
    private static final String NEW = "the new one\n".repeat(10_000);

    /** Status of a shell's child that SIGKILL ended, which strace takes over. */
    private static final int KILLED = 128 + 9;

    @TempDir
    private Path folder;

    private Path file;
    private Path trace;

    /** The process that writes. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] args) throws PolicyException {
            AtomicFile.write(Path.of(args[0]), NEW);
        }
    }

    @BeforeEach
    void anOldFile() throws IOException {
        file = folder.resolve("policy.d/a.yaml");
        trace = folder.resolve("trace");
        Files.createDirectory(file.getParent());
        Files.writeString(file, OLD);
    }

    private int write(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("strace", "-f", "-qq", "-y", "-s", "8", "-o", trace.toString()));
        command.addAll(List.of(options));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                file.toString()));
        Process process = new ProcessBuilder(command).inheritIO().start();
        return process.waitFor();
    }

    /** So a loss of power finds one of them, whichever writes the disk has done. */
    @Test
    void theNewOneIsOnTheDiskBeforeItTakesTheOldOnesPlaceAndThenItsNameIs() throws IOException, InterruptedException {
        assertThat(write("-e", "trace=openat,write,fsync,rename")).isZero();
        assertThat(file).hasContent(NEW);
        String directory = file.getParent().toString();
        List<String> calls = Files.readAllLines(trace).stream()
                .filter(l -> l.contains(directory + "/.a.yaml.") || l.contains("<" + directory + ">"))
                .map(l -> l.replaceFirst("^\\d+ +(\\w+)\\(.*", "$1"))
                .toList();
        // first it looks for what others have left
        assertThat(calls).containsExactly("openat", "openat", "write", "fsync", "rename", "openat", "fsync");
    }

    @Test
    void whatOthersHaveIsLeftAlone() throws IOException, PolicyException {
        Path parent = file.getParent();
        List<Path> others = List.of(
                parent.resolve(".a.yaml.1"), // a process that is there
                parent.resolve(".a.yaml.swp"),
                parent.resolve(".b.yaml.999999999"));
        for (Path other : others) {
            Files.writeString(other, "");
        }
        Files.writeString(parent.resolve(".a.yaml.999999999"), "half");
        AtomicFile.write(file, NEW);
        try (Stream<Path> files = Files.list(parent)) {
            assertThat(files.filter(f -> !f.equals(file))).containsExactlyInAnyOrderElementsOf(others);
        }
    }

    @ParameterizedTest
    @CsvSource({"write, 1, false", "fsync, 1, false", "rename, 1, false", "fsync, 2, true"})
    void killedAtACallItLeavesTheOldOneOrTheNewOne(String call, int which, boolean isNew)
            throws IOException, InterruptedException {
        assertThat(write("-e", "trace=" + call, "-e", "inject=" + call + ":signal=KILL:when=" + which))
                .isEqualTo(KILLED);
        assertThat(Files.readString(file)).isEqualTo(isNew ? NEW : OLD);
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertThat(files.map(f -> f.getFileName().toString()).filter(n -> !n.startsWith(".")))
                    .containsExactly("a.yaml");
        }
        assertThat(write("-e", "trace=none")).isZero();
        assertThat(file).hasContent(NEW);
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertThat(files).as("what was left is removed").containsExactly(file);
        }
    }
}
