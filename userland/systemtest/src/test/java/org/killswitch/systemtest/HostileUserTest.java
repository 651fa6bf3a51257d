// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/** SPEC section 5: no user can be in the way of an engage, a disengage, a countdown, a module that loads or unloads. */
@ParameterizedClass(name = "{0}")
@StockKernels
final class HostileUserTest extends SharedGuest {

    private static final String SECURITYFS = "/sys/kernel/security";
    private static final String HOLD = "/selftests/hostile/hold ";
    private static final String HOLD_AS_NOBODY = "nobody " + HOLD;
    private static final String RELOAD = "rmmod test_killswitch && insmod /modules/test_killswitch.ko";

    /** In seconds: what ends in time takes a fraction of it, and what does not never ends. */
    private static final int A_SECOND = 1;

    private static final int IN_TIME = 10;

    HostileUserTest(String kernel) {
        super(kernel);
    }

    @BeforeEach
    void allowFuse() {
        // as udev has it
        require("modprobe fuse; chmod 666 /dev/fuse");
    }

    @AfterEach
    void leaveNothing() {
        sh("kill $(cat /tmp/attack.pid) 2>/dev/null; rm -f /tmp/attack*");
        sh("lsmod | grep -q ^killswitch || " + TestGuest.INSMOD);
        sh("lsmod | grep -q ^test_killswitch || insmod /modules/test_killswitch.ko");
        assertThat(within(IN_TIME, command("disengage_all"))).isEqualTo("0");
        assertThat(read("engaged")).isEmpty();
        assertThat(fire(1)).isEqualTo("ok 1");
    }

    /** Starts an attack, which goes on until {@link #endAttack()}, and waits until it is under way. */
    private void attack(String program, String underWay) {
        String begun = sh(program + " > /tmp/attack 2>&1 & echo $! > /tmp/attack.pid;"
                        + " for i in $(seq 300); do grep -qx " + underWay + " /tmp/attack && break; sleep 0.1; done;"
                        + " cat /tmp/attack")
                .output();
        assertThat(begun).as(program).contains(underWay + "\n");
    }

    private void endAttack() {
        require("kill $(cat /tmp/attack.pid)");
    }

    private static String command(String command) {
        return "echo '" + command + "' > " + ROOT + "/control";
    }

    /** The exit status of a script, or "waits" if it has none after so many seconds. */
    private String within(int seconds, String script) {
        return sh("rm -f /tmp/status; { { " + script
                        + "; }; echo $? > /tmp/status.new; mv /tmp/status.new /tmp/status; }"
                        + " > /dev/null 2>&1 & for i in $(seq " + seconds * 50
                        + "); do [ -e /tmp/status ] && break; sleep 0.02; done;"
                        + " cat /tmp/status 2> /dev/null || echo waits")
                .output()
                .strip();
    }

    /** An engage, a countdown, and a module that goes and comes back: what every attack is to leave alone. */
    private void assertNothingWaits() {
        assertThat(within(A_SECOND, command("engage version_proc_show -5"))).isEqualTo("0");
        assertThat(sh("cat /proc/version").output()).contains("Input/output error");
        assertThat(within(A_SECOND, command("engagefor cmdline_proc_show -5 2")))
                .isEqualTo("0");
        assertThat(sh("cat /proc/cmdline").output()).contains("Input/output error");
        assertThat(within(3, "until cat /proc/cmdline; do sleep 0.1; done")).isEqualTo("0");
        assertThat(within(IN_TIME, RELOAD)).isEqualTo("0");
    }

    @Test
    void onlyRootListsTheFolders() {
        assertThat(control("engage ks_test_vuln -1")).startsWith("ok");
        for (String folder : new String[] {"", "/fn", "/fn/ks_test_vuln"}) {
            assertThat(sh(HOLD_AS_NOBODY + "list " + ROOT + folder).output())
                    .as(folder)
                    .isEqualTo("open EACCES\n");
        }
        assertThat(require("stat -c %a " + ROOT + " " + ROOT + "/fn " + ROOT + "/fn/ks_test_vuln"))
                .isEqualTo("711\n700\n700\n");
    }

    @Test
    void aListingOfTheFolderAboveDoesNotKeepTheParameterFromEngaging() {
        require("rmmod killswitch");
        attack(HOLD_AS_NOBODY + "list " + SECURITYFS, "held");
        assertThat(within(IN_TIME, TestGuest.INSMOD + "engage=test_killswitch:ks_test_vuln=-1"))
                .isEqualTo("0");
        assertThat(fire(1)).isEqualTo("EPERM");
        assertThat(within(IN_TIME, RELOAD)).isEqualTo("0");
        assertThat(fire(1)).isEqualTo("EPERM");
        endAttack();
        String hits = ROOT + "/fn/*/hits";
        assertThat(within(IN_TIME, "until cat " + hits + "; do sleep 0.1; done"))
                .isEqualTo("0");
        assertThat(require("cat " + hits)).isEqualTo("2\n");
        assertNothingWaits();
    }

    @Test
    void aListingOfTheFolderAboveIsInNobodysWayLater() {
        attack(HOLD_AS_NOBODY + "list " + SECURITYFS, "held");
        assertNothingWaits();
        endAttack();
    }

    @Test
    void aReadThatNeverEndsIsInNobodysWay() {
        assertThat(control("engage ks_test_vuln -1")).startsWith("ok");
        attack(HOLD_AS_NOBODY + "read " + ROOT + "/engaged", "held");
        assertNothingWaits();
        assertThat(fire(1)).isEqualTo("EPERM");
        assertThat(within(2 * IN_TIME, "rmmod killswitch")).isEqualTo("0");
        assertThat(fire(1)).isEqualTo("ok 1");
        endAttack();
    }

    /** Only root can do this, and then it is root's own commands that wait for their files. */
    @Test
    void aListingOfTheOverridesByRootKeepsNoOverrideFromTakingEffect() {
        attack(HOLD + "list " + ROOT + "/fn", "held");
        sh("{ " + command("engage version_proc_show -5") + "; } > /dev/null 2>&1 & { "
                + command("engagefor cmdline_proc_show -5 2") + "; } > /dev/null 2>&1 & sleep 1");
        assertThat(sh("cat /proc/version").output()).contains("Input/output error");
        assertThat(sh("cat /proc/cmdline").output()).contains("Input/output error");
        assertThat(within(3, "until cat /proc/cmdline; do sleep 0.1; done")).isEqualTo("0");
        assertThat(within(IN_TIME, RELOAD)).isEqualTo("0");
        endAttack();
    }

    @Test
    void openFilesOfAUserKeepNothingLoaded() {
        assertThat(control("engage ks_test_vuln -1")).startsWith("ok");
        require("mkfifo /tmp/go; exec 7< " + ROOT + "/engaged 8< " + ROOT + "/pending 9< " + ROOT + "/sealed;"
                + " nobody /bin/sh -c 'echo; read x < /tmp/go; cat <&7; cat <&9' > /tmp/attack 2>&1 &"
                + " until [ -s /tmp/attack ]; do sleep 0.1; done");
        assertThat(within(2 * IN_TIME, "rmmod killswitch")).isEqualTo("0");
        assertThat(sh("ls -d " + ROOT).status()).isNotZero();
        // what was there when it was opened, although nobody is there to be asked any more
        assertThat(require("echo > /tmp/go; sleep 1; cat /tmp/attack; rm /tmp/go"))
                .isEqualTo("\nks_test_vuln retval=-1 hits=0\n0\n");
        assertThat(fire(1)).isEqualTo("ok 1");
    }

    /** A task of the lowest priority that is preempted in the kernel, on a CPU that others keep busy. */
    @Test
    void aGracePeriodThatAUserStretchesIsWaitedForByNobodyElse() {
        assertThat(control("engage ks_test_vuln -1")).startsWith("ok");
        attack("/selftests/hostile/hostile --attack hog", "ready");
        sh("{ " + command("disengage ks_test_vuln") + "; echo $? > /tmp/attack.disengaged; } > /dev/null 2>&1 &");
        assertThat(within(A_SECOND, "until echo 1 > " + TestGuest.FIRE + "; do sleep 0.02; done"))
                .isEqualTo("0");
        assertNothingWaits();
        endAttack();
        assertThat(within(3 * IN_TIME, "until grep -qx 0 /tmp/attack.disengaged; do sleep 0.1; done"))
                .isEqualTo("0");
    }
}
