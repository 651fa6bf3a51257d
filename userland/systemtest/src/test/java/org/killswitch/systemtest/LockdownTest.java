// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/** SPEC section 4: the table of lockdown levels. Every test raises the level, so each has a guest of its own. */
@ParameterizedClass(name = "{0}")
@StockKernels
final class LockdownTest {

    private static final String LOCKDOWN = "/sys/kernel/security/lockdown";

    private final String kernel;

    LockdownTest(String kernel) {
        this.kernel = kernel;
    }

    @Test
    void atRunTime() {
        try (TestGuest guest = TestGuest.boot(kernel, "lsm=lockdown")) {
            assertThat(guest.sh("cat " + LOCKDOWN).output()).isEqualTo("[none] integrity confidentiality\n");
            assertThat(guest.control("engage ks_test_vuln -1")).startsWith("ok");
            assertThat(guest.control("engage cmdline_proc_show -5")).startsWith("ok");
            for (String level : new String[] {"integrity", "confidentiality"}) {
                guest.sh("echo " + level + " > " + LOCKDOWN);
                assertThat(guest.sh("cat " + LOCKDOWN).output()).contains("[" + level + "]");
                guest.log();
                for (String command : new String[] {
                    "engage version_proc_show -1",
                    "tryengage version_proc_show -1 5",
                    "tryengage version_proc_show -1 0",
                    "engagefor version_proc_show -1 5",
                    "engage no_such_module:f -1",
                    "engageif version_proc_show -1 /sys/fs/bpf/guard",
                    "engagebpf version_proc_show /override.bpf.o",
                    "keep ks_test_vuln",
                    "observe version_proc_show",
                    "enforce ks_test_vuln -1"
                }) {
                    assertThat(guest.control(command))
                            .as("%s under %s", command, level)
                            .isEqualTo("EPERM");
                }
                assertThat(guest.write("fn/ks_test_vuln/retval", "-13")).isEqualTo("EPERM");
                assertThat(guest.log())
                        .containsExactly(
                                "engage refused: the kernel is locked down",
                                "tryengage refused: the kernel is locked down",
                                "tryengage refused: the kernel is locked down",
                                "engagefor refused: the kernel is locked down",
                                "engage refused: the kernel is locked down",
                                "engageif refused: the kernel is locked down",
                                "engagebpf refused: the kernel is locked down",
                                "keep refused: the kernel is locked down",
                                "observe refused: the kernel is locked down",
                                "enforce refused: the kernel is locked down",
                                "retval refused: the kernel is locked down");
                assertThat(guest.control("engage version_proc_show")).isEqualTo("EINVAL");
                assertThat(guest.read("fn/ks_test_vuln/retval")).isEqualTo("-1\n");
                assertThat(guest.sh("cat /proc/version").status()).isZero();
            }
            // what is engaged stays so, and can be disengaged at every level
            assertThat(guest.sh("cat /proc/cmdline").output()).contains("Input/output error");
            assertThat(guest.control("disengage cmdline_proc_show")).startsWith("ok");
            assertThat(guest.sh("cat /proc/cmdline").status()).isZero();
            assertThat(guest.control("disengage_all")).startsWith("ok");
            assertThat(guest.read("engaged")).isEmpty();
        }
    }

    @Test
    void disengageIsAllowedUnderIntegrity() {
        try (TestGuest guest = TestGuest.boot(kernel, "lsm=lockdown")) {
            guest.control("engage cmdline_proc_show -5");
            guest.sh("echo integrity > " + LOCKDOWN);
            assertThat(guest.control("disengage cmdline_proc_show")).startsWith("ok");
            assertThat(guest.sh("cat /proc/cmdline").status()).isZero();
        }
    }

    @Test
    void aCountdownEndsAndASealHoldsUnderLockdown() {
        try (TestGuest guest = TestGuest.boot(kernel, "lsm=lockdown")) {
            assertThat(guest.control("engagefor cmdline_proc_show -5 4")).startsWith("ok");
            guest.control("engage version_proc_show -5");
            guest.sh("echo confidentiality > " + LOCKDOWN);
            assertThat(guest.control("keep cmdline_proc_show")).isEqualTo("EPERM");
            assertThat(guest.sh("cat /proc/cmdline").output()).contains("Input/output error");
            guest.sh("sleep 5");
            assertThat(guest.sh("cat /proc/cmdline").status()).isZero();
            assertThat(guest.control("seal")).startsWith("ok");
            assertThat(guest.control("disengage_all")).isEqualTo("EPERM");
            assertThat(guest.sh("cat /proc/version").output()).contains("Input/output error");
        }
    }

    /** A module that is signed must not be a way around what signatures are for. */
    @Test
    void underIntegrityTheModuleParameterIsForErrnosAndNotForWhatDecides() {
        String engage = "cmdline_proc_show=-5,version_proc_show=0,uptime_proc_show=-4096,security_locked_down=0,"
                + "security_locked_down=-1,module_sig_check=-1,mod_verify_sig=0,ptrace_may_access=0,no_such:f=7";
        try (TestGuest guest = loadUnder("integrity", engage + " unsafe=1")) {
            assertThat(guest.read("engaged")).isEqualTo("cmdline_proc_show retval=-5 hits=0\n");
            assertThat(guest.read("pending")).isEmpty();
            assertThat(guest.sh("cat /proc/cmdline").output()).contains("Input/output error");
            assertThat(guest.log())
                    .filteredOn(l -> l.startsWith("parameter engage: entry "))
                    .hasSize(8)
                    .allMatch(l -> l.contains("skipped: -EPERM"));
            // not once more, with other parameters
            assertThat(guest.sh("rmmod killswitch").status()).isNotZero();
            assertThat(guest.sh("rmmod -f killswitch").status()).isNotZero();
        }
    }

    @Test
    void lockdownCannotBeEngagedAwayBeforeItIsSwitchedOn() {
        try (TestGuest guest = TestGuest.bootWithoutModule(kernel, "lsm=lockdown")) {
            assertThat(guest.sh(TestGuest.INSMOD + "engage=security_locked_down=0,lockdown_is_locked_down=0")
                            .status())
                    .isZero();
            assertThat(guest.read("engaged")).isEmpty();
            guest.sh("echo integrity > " + LOCKDOWN);
            assertThat(guest.sh("insmod /modules/ks_early.ko").status() == 0)
                    .as("the tests' modules are signed where only such are taken")
                    .isEqualTo(Project.kernel(kernel).takesSignedModulesOnly());
            assertThat(guest.control("engage ks_test_vuln -1")).isEqualTo("EPERM");
        }
    }

    @Test
    void theModuleParameterIsRefusedUnderConfidentiality() {
        try (TestGuest guest = loadUnder("confidentiality", "cmdline_proc_show=-5")) {
            assertThat(guest.read("engaged")).isEmpty();
            assertThat(guest.sh("cat /proc/cmdline").status()).isZero();
            assertThat(guest.log()).contains("parameter engage refused: the kernel is locked down (confidentiality)");
        }
    }

    /** Raises the level after the kernel has accepted the unsigned module and before its init runs. */
    private TestGuest loadUnder(String level, String engage) {
        TestGuest guest = TestGuest.bootWithoutModule(kernel, "lsm=lockdown");
        assertThat(guest.sh("insmod /modules/ks_await_lockdown.ko level=" + level
                                + " && { " + TestGuest.INSMOD + "engage=" + engage + " & sleep 1; "
                                + "echo " + level + " > " + LOCKDOWN + "; wait $!; }")
                        .status())
                .isZero();
        assertThat(guest.sh("cat " + LOCKDOWN).output()).contains("[" + level + "]");
        return guest;
    }
}
