// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.killswitch.dev.Checkpatch;
import org.killswitch.lab.Cache;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.KernelRelease;
import org.killswitch.lab.Progress;

/** What the kernel's own tools say about kernel/. */
final class KernelSourcesTest {

    /** Checkpatch's complaints that are not mended, and why. */
    private static final List<String> EXPLAINED = List.of(
            // compat.h is there to name what differs between kernels
            "NEW_TYPEDEFS", "MACRO_ARG_UNUSED");

    /** Where an ELF file names its processor, and the low byte of what stands there for this one. */
    private static final int ELF_MACHINE = 18;

    private static final byte EM_AARCH64 = (byte) 183;

    @Test
    void checkpatchFindsNothingThatIsNotExplained() throws IOException {
        Path checkpatch = Checkpatch.fetch(Cache.standard(), KernelRelease.named("6.12"), Progress.none());
        List<String> command = new ArrayList<>(List.of(
                checkpatch.toString(), "--no-tree", "--terse", "--show-types", "--max-line-length=100", "--file"));
        try (Stream<Path> files = Files.walk(Project.ROOT.resolve("kernel"))) {
            files.filter(f ->
                            f.toString().matches(".*\\.[chS]") && !f.toString().endsWith(".mod.c"))
                    .forEach(f -> command.add(f.toString()));
        }
        assertThat(command).hasSizeGreaterThan(15);
        List<String> complaints = Project.tryRun(command)
                .output()
                .lines()
                .filter(l -> l.matches(".*: (ERROR|WARNING|CHECK):.*"))
                .toList();
        assertThat(complaints)
                .filteredOn(l -> !l.contains("/compat.h:") || EXPLAINED.stream().noneMatch(e -> l.contains(e + ":")))
                // the kernel's list of hooks passes more than their names
                .filteredOn(l -> !l.contains("/permission.c:") || !l.contains("MACRO_ARG_UNUSED:"))
                .isEmpty();
    }

    @Test
    void sparseAndTheCompilerFindNothing(@TempDir Path copy) {
        assertNothingIsFound("6.1", copy);
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.12", "6.1-arm64", "6.12-arm64"})
    @OnlyInMatrix
    void noMoreOnOtherKernels(String kernel, @TempDir Path copy) {
        assertNothingIsFound(kernel, copy);
    }

    private static void assertNothingIsFound(String kernel, Path copy) {
        Project.run(List.of("cp", "-r", Project.ROOT.resolve("kernel") + "/.", copy.toString()));
        Kernel stock = Project.kernel(kernel);
        String output = Project.run(List.of(
                "make",
                "-C",
                stock.headers().toString(),
                "CROSS_COMPILE=" + stock.release().architecture().toolPrefix(),
                "M=" + copy,
                "C=2",
                "CHECK=sparse",
                // a callback has the parameters that its caller passes, used or not; and kernels compare signed
                // with unsigned as they like, though 6.1 says so for some architectures only
                "KCFLAGS=-Wall -Wextra -Wno-unused-parameter -Wno-sign-compare",
                "modules"));
        assertThat(output).contains("CHECK   " + copy + "/override.c").contains("killswitch.ko");
        // the kernel's own headers are not ours to mend
        assertThat(output.lines())
                .filteredOn(l -> l.startsWith(copy.toString()) && l.matches(".*(warning|error):.*"))
                .isEmpty();
        assertThat(output.lines()).filteredOn(l -> l.contains("objtool")).isEmpty();
    }

    /** The line of SPEC section 8, word for word. */
    @Test
    void theCrossBuildMakesModulesOfTheOtherArchitecture(@TempDir Path copy) throws IOException {
        Project.run(List.of("cp", "-r", Project.ROOT.resolve("Makefile").toString(), copy.toString()));
        Project.run(List.of("cp", "-r", Project.ROOT.resolve("kernel").toString(), copy.toString()));
        Project.run(List.of("mkdir", copy.resolve("userland").toString()));
        Project.run(List.of(
                "make",
                "-C",
                copy.toString(),
                "modules",
                "ARCH=arm64",
                "CROSS_COMPILE=aarch64-linux-gnu-",
                "KDIR=" + Project.kernel("6.12-arm64").headers()));
        for (String name : List.of("killswitch.ko", "test_killswitch.ko")) {
            byte[] elf = Files.readAllBytes(copy.resolve("kernel/" + name));
            assertThat(elf[ELF_MACHINE]).as(name).isEqualTo(EM_AARCH64);
        }
    }
}
