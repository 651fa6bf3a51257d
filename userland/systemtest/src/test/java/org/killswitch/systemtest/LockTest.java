// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/** SPEC section 2, "lock": nothing more is engaged until reboot; what there is goes on. */
@ParameterizedClass(name = "{0}")
@StockKernels
final class LockTest {

    private final String kernel;

    LockTest(String kernel) {
        this.kernel = kernel;
    }

    @Test
    void nothingMoreIsEngaged() {
        try (TestGuest guest = TestGuest.boot(kernel)) {
            guest.control("engage cmdline_proc_show -5");
            guest.control("engagefor version_proc_show -5 600");
            guest.control("observe uptime_proc_show");
            guest.control("engage ks_early:ks_early_vuln -7");
            assertThat(guest.read("locked")).isEqualTo("0\n");
            guest.log();
            assertThat(guest.control("lock")).isEqualTo("ok 4");
            assertThat(guest.control("lock")).isEqualTo("ok 4");
            assertThat(guest.read("locked")).isEqualTo("1\n");
            assertThat(guest.log())
                    .filteredOn(l -> l.startsWith("lock uid=0 auid="))
                    .hasSize(1);
            for (String command : new String[] {
                "engage ks_test_vuln -1",
                "tryengage ks_test_vuln -1 5",
                "engagefor ks_test_vuln -1 5",
                "observe ks_test_vuln",
                "enforce uptime_proc_show -5",
                "engage no_such_module:f -1"
            }) {
                assertThat(guest.control(command)).as(command).isEqualTo("EPERM");
            }
            assertThat(guest.fire(1)).isEqualTo("ok 1");
            assertThat(guest.sh("rmmod killswitch").status()).isNotZero();
            assertThat(guest.sh("rmmod -f killswitch").status()).isNotZero();

            // what is pending arms, what expires can be kept, what is engaged can be disengaged
            guest.sh("insmod /modules/ks_early.ko poke=1");
            assertThat(guest.sh("cat /sys/module/ks_early/parameters/seen").output())
                    .isEqualTo("-7 -7\n");
            assertThat(guest.control("keep version_proc_show")).startsWith("ok");
            assertThat(guest.sh("cat /proc/uptime").status()).isZero();
            assertThat(guest.control("disengage cmdline_proc_show")).startsWith("ok");
            assertThat(guest.sh("cat /proc/cmdline").status()).isZero();
            assertThat(guest.control("engage cmdline_proc_show -5")).isEqualTo("EPERM");

            // with both, nothing changes any more
            assertThat(guest.control("seal")).startsWith("ok");
            assertThat(guest.control("disengage version_proc_show")).isEqualTo("EPERM");
        }
    }

    @Test
    void theParameterLocksAtLoad() {
        try (TestGuest guest = TestGuest.bootWithoutModule(kernel)) {
            assertThat(guest.sh(TestGuest.INSMOD + "lock=1 seal=1 engage=cmdline_proc_show=-5")
                            .status())
                    .isZero();
            assertThat(guest.log())
                    .containsExactly(
                            "engage cmdline_proc_show=-5 source=modparam",
                            "seal source=modparam",
                            "lock source=modparam");
            assertThat(guest.read("locked") + guest.read("sealed")).isEqualTo("1\n1\n");
            assertThat(guest.control("engage version_proc_show -5")).isEqualTo("EPERM");
            assertThat(guest.control("disengage cmdline_proc_show")).isEqualTo("EPERM");
        }
    }
}
