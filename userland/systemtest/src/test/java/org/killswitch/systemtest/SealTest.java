// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/** SPEC section 2: seal. There is no way back, so each test has a guest of its own. */
@ParameterizedClass(name = "{0}")
@StockKernels
final class SealTest {

    private final String kernel;

    SealTest(String kernel) {
        this.kernel = kernel;
    }

    @Test
    void nothingIsDisengagedAnyMore() {
        // time for what is between a probe's begin and its end here
        int seconds = Project.kernel(kernel).release().isStock() ? 10 : 30;
        try (TestGuest guest = TestGuest.boot(kernel)) {
            guest.control("engage ks_test_vuln -13");
            guest.control("engage no_such_module:f -1");
            guest.control("tryengage cmdline_proc_show -5 " + seconds);
            guest.control("tryengage version_proc_show -5 " + seconds);
            assertThat(guest.read("sealed")).isEqualTo("0\n");
            guest.log();
            assertThat(guest.control("seal")).isEqualTo("ok 4");
            assertThat(guest.control("seal")).isEqualTo("ok 4");
            assertThat(guest.read("sealed")).isEqualTo("1\n");
            for (String command : new String[] {
                "disengage ks_test_vuln", "disengage no_such_module:f", "disengage cmdline_proc_show", "disengage_all"
            }) {
                assertThat(guest.control(command)).as(command).isEqualTo("EPERM");
            }
            assertThat(guest.write("fn/ks_test_vuln/retval", "0")).isEqualTo("EPERM");
            assertThat(guest.control("engagefor uptime_proc_show -5 5")).isEqualTo("EPERM");
            assertThat(guest.control("keep ks_test_vuln")).isEqualTo("EINVAL");
            assertThat(guest.log())
                    .startsWith("seal uid=0 auid=4294967295 ses=4294967295 comm=kwrite")
                    .contains(
                            "disengage refused: sealed until reboot",
                            "disengage_all refused: sealed until reboot",
                            "retval refused: sealed until reboot",
                            "engagefor refused: sealed until reboot")
                    .filteredOn(l -> l.startsWith("seal "))
                    .hasSize(1);
            assertThat(guest.fire(1)).isEqualTo("EACCES");

            // neither asked nor forced
            assertThat(guest.sh("rmmod killswitch").status()).isNotZero();
            assertThat(guest.sh("rmmod -f killswitch").status()).isNotZero();
            assertThat(guest.fire(1)).isEqualTo("EACCES");

            // what only a kprobe reaches could be missed, and is refused from now on
            assertThat(guest.control("engage tracing_readme_read -5"))
                    .isEqualTo(Features.of(Project.kernel(kernel)).kprobeOverride() ? "EPERM" : "EINVAL");

            // more can be engaged, and a probe ends as it would have
            assertThat(guest.control("engage uptime_proc_show -5")).startsWith("ok");
            assertThat(guest.sh("cat /proc/uptime").output()).contains("Input/output error");
            guest.sh("cat /proc/version > /dev/null; sleep " + (seconds + 1));
            assertThat(guest.log())
                    .contains(
                            "tryengage cmdline_proc_show committed: 0 hits in " + seconds + "s",
                            "tryengage version_proc_show aborted: hits=1 during " + seconds + "s probe");
            assertThat(guest.control("disengage cmdline_proc_show")).isEqualTo("EPERM");

            // a module may still go, but its mitigation comes back with it
            guest.sh("rmmod test_killswitch");
            assertThat(guest.control("disengage ks_test_vuln")).isEqualTo("EPERM");
            assertThat(guest.read("pending")).isEqualTo("""
                            ks_test_vuln retval=-13 module=test_killswitch
                            no_such_module:f retval=-1 module=no_such_module
                            """);
            guest.sh("insmod /modules/test_killswitch.ko");
            assertThat(guest.fire(1)).isEqualTo("EACCES");
        }
    }

    @Test
    void aCountdownHasToBeDecidedFirst() {
        try (TestGuest guest = TestGuest.boot(kernel)) {
            guest.control("engagefor ks_test_vuln -13 600");
            guest.log();
            assertThat(guest.control("seal")).isEqualTo("EBUSY");
            assertThat(guest.log())
                    .containsExactly("seal refused: ks_test_vuln is expiring; keep it or disengage it first");
            assertThat(guest.read("sealed")).isEqualTo("0\n");
            assertThat(guest.control("keep ks_test_vuln")).startsWith("ok");
            assertThat(guest.control("seal")).startsWith("ok");
            assertThat(guest.control("disengage ks_test_vuln")).isEqualTo("EPERM");
        }
    }

    @Test
    void theParameterSealsAtLoad() {
        try (TestGuest guest = TestGuest.bootWithoutModule(kernel)) {
            assertThat(guest.sh(TestGuest.INSMOD + "seal=1 engage=cmdline_proc_show=-5")
                            .status())
                    .isZero();
            assertThat(guest.log()).contains("engage cmdline_proc_show=-5 source=modparam", "seal source=modparam");
            assertThat(guest.read("sealed")).isEqualTo("1\n");
            assertThat(guest.control("disengage cmdline_proc_show")).isEqualTo("EPERM");
            assertThat(guest.sh("rmmod -f killswitch").status()).isNotZero();
            assertThat(guest.sh("cat /proc/cmdline").output()).contains("Input/output error");
            assertThat(guest.sh("stat -c %a /sys/module/killswitch/parameters/seal")
                            .output())
                    .isEqualTo("400\n");
        }
    }

    @Test
    void onlyRootSeals() {
        try (TestGuest guest = TestGuest.boot(kernel)) {
            assertThat(guest.sh("printf seal | kwrite --drop-after-open " + TestGuest.ROOT + "/control")
                            .output())
                    .isEqualTo("EPERM\n");
            assertThat(guest.read("sealed")).isEqualTo("0\n");
            assertThat(guest.sh("rmmod killswitch").status()).isZero();
        }
    }
}
