// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.killswitch.lab.Output;

/** The command on this host where something goes wrong around it: signals, a full disk, no network, an odd environment. */
final class RoughConditionsTest {

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final String COMMAND =
            Project.IMAGE.resolve("bin/killswitch").toString();

    @TempDir
    private Path folder;

    /** The kernel is in the cache, so that nothing but what is tested takes time. */
    @BeforeAll
    static void fetchKernel() {
        assertThat(Project.kernel("6.1").image()).exists();
    }

    private Process start(Map<String, String> environment, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private Output run(Map<String, String> environment, String... words) throws IOException, InterruptedException {
        Process process = start(environment, words);
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return new Output(process.exitValue(), withoutProgress(output()));
    }

    /** On a busy machine any step may take long enough to be reported. */
    private static String withoutProgress(String output) {
        return output.replaceAll("(?m)^lab: .* \\.\\.\\.\n", "");
    }

    private String output() throws IOException {
        return Files.readString(folder.resolve("output"), StandardCharsets.UTF_8);
    }

    /** A guest in which a script has begun to run: what it printed, without a line's end, has come. */
    private Process guest(Path temporary) throws IOException, InterruptedException {
        Files.createDirectory(temporary);
        Process run = start(
                Map.of("TMPDIR", temporary.toString()),
                "env", // or it would ignore INT, as all does that a script has started in the background
                "--default-signal",
                COMMAND,
                "lab",
                "run",
                "--kernel",
                "6.1",
                "--",
                "printf begun; sleep 1000");
        long end = System.nanoTime() + LIMIT.toNanos();
        while (run.isAlive() && System.nanoTime() < end && !output().contains("begun")) {
            Thread.sleep(100);
        }
        assertThat(withoutProgress(output())).isEqualTo("begun");
        assertThat(machines(temporary)).isNotEmpty();
        return run;
    }

    /** The processes whose command line names a folder: QEMU, and its watchdog. */
    private static List<Long> machines(Path folder) {
        return ProcessHandle.allProcesses()
                .filter(p -> commandLine(p.pid()).contains(folder + "/killswitch-lab"))
                .map(ProcessHandle::pid)
                .toList();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // it has ended
        }
    }

    private static void awaitNothingIn(Path temporary) throws IOException, InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (System.nanoTime() < end && !(machines(temporary).isEmpty() && isEmpty(temporary))) {
            Thread.sleep(100);
        }
        assertThat(machines(temporary)).isEmpty();
        assertThat(temporary).isEmptyDirectory();
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143", "HUP, 129", "KILL, 137"})
    void aSignalLeavesNothingOfAGuest(String signal, int status) throws IOException, InterruptedException {
        Path temporary = folder.resolve("tmp");
        Process run = guest(temporary);
        Project.run(List.of("kill", "-" + signal, Long.toString(run.pid())));
        assertThat(run.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(run.exitValue()).isEqualTo(status);
        awaitNothingIn(temporary);
        assertThat(withoutProgress(output())).isEqualTo("begun");
    }

    /** What QEMU does not take is said once, with its own words. */
    @Test
    void whatQemuRefusesIsNotTriedAgain() throws IOException, InterruptedException {
        Output output = run(Map.of(), COMMAND, "lab", "run", "--kernel", "6.1", "--cpus", "1000", "--", "true");
        assertThat(output.status()).isEqualTo(125);
        assertThat(output.output())
                .contains("QEMU does not run the guest", "1000")
                .doesNotContain("trying again")
                .hasLineCount(1);
    }

    @Test
    void aKernelThatNeverBootsIsTriedTwice() throws IOException, InterruptedException {
        Output output =
                run(Map.of(), COMMAND, "lab", "run", "--kernel", "6.1", "--append", "rdinit=/nowhere", "--", "true");
        assertThat(output.status()).isEqualTo(125);
        assertThat(output.output().split("trying again", -1)).hasSize(2);
        assertThat(output.output().lines().toList().getLast()).contains("the guest did not boot", "panic");
    }

    @Test
    void aTemporaryFolderThatIsNotThereIsNotUsed() throws IOException, InterruptedException {
        assertThat(run(Map.of("TMPDIR", "/nowhere"), COMMAND, "--version"))
                .isEqualTo(new Output(0, "killswitch " + Project.version() + "\n"));
    }

    @Test
    void aTemporaryFolderThatCannotBeWrittenToIsOneLine() throws IOException, InterruptedException {
        Output output = run(Map.of("TMPDIR", "/proc"), COMMAND, "lab", "run", "--kernel", "6.1", "--", "true");
        assertThat(output.status()).isEqualTo(125);
        assertThat(output.output())
                .contains("a guest cannot be started: no such file or folder: /proc/")
                .hasLineCount(1);
    }

    @Test
    void aFullDiskIsOneLine() throws IOException {
        PrivateMounts.assumeAllowed();
        Output all = PrivateMounts.run(
                Files.createDirectory(folder.resolve("small")),
                "mount -t tmpfs -o size=64k none .; cd .; TMPDIR=$PWD " + COMMAND
                        + " lab run --kernel 6.1 -- true 2>&1; status=$?; ls -A $PWD; exit $status");
        assertThat(all.status()).isEqualTo(125);
        assertThat(withoutProgress(all.output()))
                .contains("a guest cannot be started", "No space left on device")
                .hasLineCount(1); // and nothing is left
    }

    @Test
    void withoutANetworkAnEmptyCacheIsOneLine() throws IOException, InterruptedException {
        PrivateMounts.assumeAllowed();
        Path cache = folder.resolve("cache");
        Output output = run(
                Map.of("XDG_CACHE_HOME", cache.toString()),
                "unshare",
                "--user",
                "--map-current-user",
                "--net",
                COMMAND,
                "lab",
                "run",
                "--kernel",
                "6.1",
                "--",
                "true");
        assertThat(output.status()).isEqualTo(125);
        assertThat(output.output())
                .startsWith("killswitch: fetching Debian's package lists failed")
                .hasLineCount(1);
        assertThat(cache.resolve("killswitch/kernels")).doesNotExist();
    }

    @Test
    void aCacheThatCannotBeMadeIsOneLine() throws IOException, InterruptedException {
        for (String cache : List.of("/proc", folder + "/with blank")) {
            Output output = run(Map.of("XDG_CACHE_HOME", cache), COMMAND, "lab", "run", "--", "true");
            assertThat(output.status()).isEqualTo(125);
            assertThat(output.output()).contains("XDG_CACHE_HOME").hasLineCount(1);
        }
    }

    /** Arguments arrive as they are, and what environments say to Java does not. */
    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", "xx_YY.ISO-8859-1", "en_US.UTF-8", ""})
    void anyLocaleIsFine(String locale) throws IOException, InterruptedException {
        Output output = run(
                Map.of("LC_ALL", locale, "JAVA_TOOL_OPTIONS", "-Dx=y", "JDK_JAVA_OPTIONS", "-Dx=y", "LANG", "de_DE"),
                COMMAND,
                "engage",
                "f\u00e9",
                "-1");
        assertThat(output.status()).isEqualTo(2);
        assertThat(output.output()).contains("'f\u00e9'").hasLineCount(1);
    }

    @Test
    void aFolderThatIsGoneAndAClosedOutputAreNoTrouble() throws IOException, InterruptedException {
        Output gone = run(
                Map.of(),
                "sh",
                "-c",
                "mkdir \"$0\"; cd \"$0\"; rmdir \"$0\"; " + COMMAND + " --version",
                folder + "/gone");
        assertThat(gone.status()).isZero();
        assertThat(gone.output())
                .endsWith("killswitch " + Project.version() + "\n"); // the shell itself says something, too
        Output full = run(Map.of(), "sh", "-c", COMMAND + " --help > /dev/full");
        assertThat(full.status()).isEqualTo(1);
        assertThat(full.output()).contains("cannot write to standard output").hasLineCount(1);
        Output closed = run(Map.of(), "sh", "-c", COMMAND + " --help | head -1");
        assertThat(closed.output()).hasLineCount(1);
    }

    /** A tree that another user could have put above the current folder is not run: CVE-2022-24765 was of this kind. */
    @Test
    void sourcesOfOthersAreNotRun() throws IOException, InterruptedException {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        Path below = Files.createDirectories(tree.resolve("a/b"));
        Files.createDirectories(tree.resolve("userland"));
        Files.createDirectories(tree.resolve("kernel"));
        Path proof = folder.resolve("proof");
        Files.writeString(tree.resolve("kernel/Kbuild"), "$(shell touch " + proof + ")\nobj-m := killswitch.o\n");
        Files.writeString(tree.resolve("kernel/killswitch.c"), "int x;\n");
        Files.setAttribute(tree.resolve("kernel"), "unix:mode", 0777);
        Output output =
                run(Map.of(), "sh", "-c", "cd " + below + "; " + COMMAND + " lab run --kernel 6.1 --module -- true");
        assertThat(output.status()).isEqualTo(125);
        assertThat(output.output())
                .contains("the sources in " + tree + " are not used", "--sources " + tree)
                .hasLineCount(1);
        assertThat(proof).doesNotExist();
    }
}
