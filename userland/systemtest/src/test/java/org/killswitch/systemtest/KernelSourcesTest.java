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
import org.killswitch.lab.KernelRelease;

/** What the kernel's own tools say about kernel/. */
final class KernelSourcesTest {

    /** Checkpatch's complaints that are not mended, and why. */
    private static final List<String> EXPLAINED = List.of(
            // compat.h is there to compare versions, and to name what differs between them
            "LINUX_VERSION_CODE", "CONSTANT_COMPARISON", "NEW_TYPEDEFS", "MACRO_ARG_UNUSED");

    @Test
    void checkpatchFindsNothingThatIsNotExplained() throws IOException {
        Path checkpatch = Project.LAB.checkpatch(KernelRelease.named("6.12"));
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
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.1", "6.12"})
    void sparseAndTheCompilerFindNothing(String kernel, @TempDir Path copy) {
        Project.run(List.of("cp", "-r", Project.ROOT.resolve("kernel") + "/.", copy.toString()));
        String output = Project.run(List.of(
                "make",
                "-C",
                Project.kernel(kernel).headers().toString(),
                "M=" + copy,
                "C=2",
                "CHECK=sparse",
                // a callback has the parameters that its caller passes, used or not
                "KCFLAGS=-Wall -Wextra -Wno-unused-parameter",
                "modules"));
        assertThat(output).contains("CHECK   " + copy + "/override.c").contains("killswitch.ko");
        // the kernel's own headers are not ours to mend
        assertThat(output.lines())
                .filteredOn(l -> l.startsWith(copy.toString()) && l.matches(".*(warning|error):.*"))
                .isEmpty();
        assertThat(output.lines()).filteredOn(l -> l.contains("objtool")).isEmpty();
    }
}
