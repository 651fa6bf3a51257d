// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.killswitch.lab.GuestSpec;

/**
 * The selftests on processors with flaws of their own, for which the kernel returns from functions and calls them in other
 * ways, and on a kernel that is told to preempt in another way than by default.
 */
final class MachinesTest {

    private static final String FLAWS = "/sys/devices/system/cpu/vulnerabilities/";

    private static final String PREEMPTION = "/sys/kernel/debug/sched/preempt";

    /** Processors by QEMU's names, words of the kernel's command line, and how the kernel says that it goes by them. */
    enum Machine {
        ZEN_1("6.12", "EPYC", "", "retbleed", "Mitigation: untrained return thunk"),
        ZEN_2("6.12", "EPYC-Rome", "", "retbleed", "Mitigation: untrained return thunk"),
        // with or without microcode: "Safe RET" or "safe RET"
        ZEN_3("6.12", "EPYC-Milan", "", "spec_rstack_overflow", "afe RET"),
        STUFFING("6.12", "Skylake-Server", "retbleed=stuff", "retbleed", "Mitigation: Stuffing"),
        ALIGNED("6.12", "Skylake-Server", "", "indirect_target_selection", "Mitigation: Aligned branch/return thunks"),
        ALIGNED_LATER(
                "6.12",
                "Cascadelake-Server",
                "",
                "indirect_target_selection",
                "Mitigation: Aligned branch/return thunks"),
        STUFFING_FOR_TARGETS(
                "6.12",
                "Skylake-Server",
                "retbleed=stuff indirect_target_selection=stuff",
                "indirect_target_selection",
                "Mitigation: Retpolines, Stuffing RSB"),
        UNMITIGATED("6.12", "Skylake-Server", "mitigations=off", "retbleed", "Vulnerable"),
        PREEMPT_FULL("6.12", "max", "preempt=full", PREEMPTION, "(full)"),
        PREEMPT_NONE("6.12", "max", "preempt=none", PREEMPTION, "(none)"),
        PREEMPT_LAZY("newest", "max", "preempt=lazy", PREEMPTION, "(lazy)");

        private final String kernel;
        private final String processor;
        private final String words;
        private final String file;
        private final String sign;

        Machine(String kernel, String processor, String words, String file, String sign) {
            this.kernel = kernel;
            this.processor = processor;
            this.words = words;
            this.file = file.startsWith("/") ? file : FLAWS + file;
            this.sign = sign;
        }

        GuestSpec of(GuestSpec spec) {
            return spec.withModel(processor).withAppend(List.of(words));
        }
    }

    /** On this one, both calls and returns are others. */
    @Test
    void allSelftestsPass() {
        passes(Machine.STUFFING);
    }

    @ParameterizedTest
    @OnlyInMatrix
    @EnumSource(names = "STUFFING", mode = EnumSource.Mode.EXCLUDE)
    void allSelftestsPassOnTheOthersToo(Machine machine) {
        passes(machine);
    }

    private static void passes(Machine machine) {
        try (TestGuest guest = TestGuest.bootWithoutModule(machine.kernel, machine::of)) {
            assertThat(guest.sh("cat " + machine.file).output())
                    .as(machine.file)
                    .contains(machine.sign);
            guest.load();
            SelftestsTest.passIn(guest);
        }
    }
}
