// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;

/** What holds for whatever is written after --when, and for whatever is given to ks-bpf-load: with a real kernel. */
@ParameterizedClass(name = "{0}")
@StockKernels
final class BpfPropertiesTest {

    private static final String JAVA = ResidentCommand.java("/tests/bpf", "/tests/guard") + "org.killswitch.";
    private static final int EXPRESSIONS = Kernels.inMatrix() ? 10_000 : 2_000;
    private static final int OBJECTS = Kernels.inMatrix() ? 10_000 : 2_000;
    private static final long SEED = 20261124;
    private static final Pattern COMPARED =
            Pattern.compile("compared (\\d+) true (\\d+)% unread (\\d+)% refused (\\d+) outside (\\d+)\\n");
    private static final Pattern REFUSED = Pattern.compile("refused (\\d+) loaded (\\d+)\\n");

    private final Kernel kernel;

    BpfPropertiesTest(String kernel) {
        this.kernel = Project.kernel(kernel);
    }

    private Guest boot() {
        GuestSpec spec = Project.LAB
                .withCommandsLibraries(Project.withCommand(kernel), kernel)
                .withFile("/tests/bpf", Project.ROOT.resolve("userland/bpf/target/test-classes"))
                .withFile("/tests/guard", Project.ROOT.resolve("userland/guard/target/test-classes"))
                .withFile("/bpf", Project.bpfPrograms(kernel))
                .withFile(
                        "/helpers",
                        Project.LAB.buildModules(kernel, Project.ROOT.resolve("userland/systemtest/src/test/modules")))
                .withFile("/bin/bpf_guard", Project.program(kernel, "bpf_guard"));
        // where every access to memory is checked, the verifier takes its time
        Duration limit = kernel.release().isStock() ? Duration.ofMinutes(10) : Duration.ofHours(3);
        return Project.LAB.boot(kernel, spec.withTimeout(limit));
    }

    /** Random expressions mean the same to the kernel that runs the program and to an interpreter. */
    @Test
    void aCompiledExpressionMeansWhatItSays() {
        try (Guest guest = boot()) {
            Scripts.require(guest, "insmod /helpers/ks_memory.ko");
            String output = Scripts.require(
                    guest,
                    JAVA + "guard.RandomGuardsMain " + EXPRESSIONS + " " + SEED + " /bpf/types.bpf.o"
                            + " $(cat /sys/module/ks_memory/parameters/address) /sys/kernel/debug/ks_memory");
            Matcher m = COMPARED.matcher(output);
            assertThat(output).matches(COMPARED);
            assertThat(m.matches()).isTrue();
            assertThat(Integer.parseInt(m.group(1))).isEqualTo(EXPRESSIONS);
            assertThat(Integer.parseInt(m.group(2))).as("per cent true").isBetween(10, 90);
            assertThat(Integer.parseInt(m.group(3))).as("per cent unread").isBetween(2, 90);
        }
    }

    /** Without the kernel module nothing is ever attached, whatever an object has come to be. */
    @Test
    void damagedObjectsAreRefusedAndLeaveNothing() {
        try (Guest guest = boot()) {
            Scripts.require(guest, "insmod /modules/test_killswitch.ko; mount -t bpf bpf /sys/fs/bpf");
            String before = Scripts.require(guest, "bpf_guard count");
            String output = Scripts.require(
                    guest,
                    JAVA + "bpf.MutatedObjectsMain ks_test_vuln " + OBJECTS + " " + SEED
                            + " /bpf/two.bpf.o /bpf/override.bpf.o");
            Matcher m = REFUSED.matcher(output);
            assertThat(m.matches()).as(output).isTrue();
            int refused = Integer.parseInt(m.group(1));
            // A change may leave a program that is right, and in which nothing gets to the call any more.
            assertThat(refused + Integer.parseInt(m.group(2))).isEqualTo(OBJECTS);
            assertThat(refused).isGreaterThan(OBJECTS * 99 / 100);
            assertThat(guest.run("ls /sys/fs/bpf/killswitch").output()).isEmpty();
            guest.run(
                    "for i in $(seq 50); do [ $(bpf_guard count) = " + before.strip() + " ] && exit; sleep 0.1; done");
            assertThat(Scripts.require(guest, "bpf_guard count")).isEqualTo(before);
            assertThat(Scripts.require(guest, "cat /sys/kernel/debug/kprobes/list"))
                    .doesNotContain("ks_test_vuln");
        }
    }
}
