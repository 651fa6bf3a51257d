// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.killswitch.lab.Output;

/** The selftests that run on a real host, run here: all pass, and none is skipped. */
@ParameterizedClass(name = "{0}")
@SelftestedKernels
@Tag(Kernels.MODULE_TAG)
final class SelftestsTest {

    private final String kernel;

    SelftestsTest(String kernel) {
        this.kernel = kernel;
    }

    @Test
    void allPassAndNoneIsSkipped() {
        try (TestGuest guest = TestGuest.boot(kernel)) {
            passIn(guest);
        }
    }

    /**
     * Runs them in a guest that does not have their module loaded; names of some may follow.
     *
     * @param cycles how often to engage and disengage a function under load
     */
    static String script(int cycles) {
        return "cd /selftests && TEST_KILLSWITCH_KO=/modules/test_killswitch.ko KILLSWITCH_TEST_CYCLES=" + cycles
                + " ./killswitch_test.sh ";
    }

    /** Runs them in a guest that has the module loaded. */
    static void passIn(TestGuest guest) {
        // newer kernels close most of AF_ALG by default; the demonstrator needs it as it is where it is in use
        guest.sh("modprobe af_alg; f=/proc/sys/crypto/af_alg_restrict; [ ! -e $f ] || echo 0 > $f");
        // it unloads the test module only where it has loaded it
        guest.sh("rmmod test_killswitch");
        Output tap = guest.sh(script(50));
        assertThat(tap.status()).as(tap.output()).isZero();
        assertThat(tap.output().lines().filter(l -> l.startsWith("ok ")).count())
                .as(tap.output())
                .isGreaterThan(20)
                .isEqualTo(plan(tap.output()));
        assertThat(tap.output()).doesNotContain("# SKIP").doesNotContain("not ok");
        // the two demonstrators are among them
        assertThat(tap.output()).contains("CVE-2026-31431").contains("CVE-2026-43284");
        assertThat(guest.read("engaged")).isEmpty();
    }

    private static long plan(String tap) {
        return tap.lines()
                .filter(l -> l.startsWith("1.."))
                .mapToLong(l -> Long.parseLong(l.substring(3).split(" ", 2)[0]))
                .findFirst()
                .orElseThrow();
    }
}
