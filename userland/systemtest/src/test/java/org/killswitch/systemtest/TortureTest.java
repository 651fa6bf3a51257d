// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.killswitch.dev.Torture;
import org.killswitch.lab.SourceTree;

/**
 * The short versions of "script/dev stress", "fuzz" and "faults", on the kernel that tells of mistakes. Each program
 * checks what it does itself, and fails if anything is not as it must be.
 */
@Order(1)
@Tag("long")
final class TortureTest {

    private final Torture trial =
            new Torture(Project.LAB, Project.kernel(Torture.KERNEL), new SourceTree(Project.ROOT));

    private String run(Torture.Tool program, List<String> arguments, List<Path> files) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        int status = trial.run(program, arguments, files, Duration.ofMinutes(20), output, output);
        String text = output.toString(StandardCharsets.UTF_8);
        assertThat(status).as(text).isZero();
        return text;
    }

    @Test
    void everythingAtOnce() {
        assertThat(run(Torture.Tool.STRESS, List.of("--seconds", "30"), List.of()))
                .contains("engage ks_test_vuln -1");
    }

    @Test
    void whateverIsWritten() {
        Path corpus = Project.ROOT.resolve("selftests/fuzz.corpus");
        List<String> arguments = List.of("--writes", "5000", "--loads", "10", "fuzz.corpus");
        assertThat(run(Torture.Tool.FUZZ, arguments, List.of(corpus)))
                .containsPattern("\\d+ writes accepted, \\d+ refused")
                .containsPattern("[1-9]\\d* places of the module reached")
                .contains("10 loads");
    }

    /**
     * Of the failures in loading a module only the first: the others are for "script/dev faults". How many failures
     * are refused, and not borne, differs with what the kernel's caches hold at that moment.
     */
    @Test
    void whateverFails() {
        assertThat(run(Torture.Tool.FAULTS, List.of("--stride", "4998"), List.of()))
                .containsPattern("[1-9]\\d failures in turn, +[1-9]\\d* of them refused.*: engage\n")
                .contains(": insmod of killswitch\n")
                .contains(", all refused: disengage_all, sealed\n");
    }
}
