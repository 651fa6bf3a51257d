// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/** The short form of "killswitch lab hostile": each attack once, and what must hold under it. */
@ParameterizedClass(name = "{0}")
@StockKernels
final class AdversaryTest {

    private final String kernel;

    AdversaryTest(String kernel) {
        this.kernel = kernel;
    }

    @Test
    void noAttackSucceeds() {
        try (TestGuest guest = TestGuest.boot(kernel, "log_buf_len=16M")) {
            // or every refusal would go through the serial line
            String result = Scripts.require(
                    "hostile",
                    guest.sh(
                            "dmesg -n 3; PATH=$PATH:/selftests/hostile; hostile; status=$?; dmesg -n 7; exit $status"));
            assertThat(result.lines().filter(l -> l.contains("SKIPPED")))
                    .as(result)
                    // newer kernels let nobody but root have it
                    .isSubsetOf("    SKIPPED: no memory to be held by userfaultfd: EPERM");
            assertThat(result).contains("user: fuse\n", "root: unseal\n").doesNotContain("WRONG");
            guest.warningsAreSeenTo();
        }
    }
}
