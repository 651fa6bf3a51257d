// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/** SPEC section 3: engagefor and keep. */
@ParameterizedClass(name = "{0}")
@StockKernels
final class ExpiryTest extends SharedGuest {

    private static final String WHO = " uid=0 auid=4294967295 ses=4294967295 comm=kwrite";

    ExpiryTest(String kernel) {
        super(kernel);
    }

    @BeforeEach
    void clearLog() {
        log();
    }

    @AfterEach
    void disengageAll() {
        control("disengage_all");
        sh("lsmod | grep -q ^test_killswitch || insmod /modules/test_killswitch.ko");
        assertThat(fire(1)).isEqualTo("ok 1");
    }

    @Test
    void itUndoesItself() {
        assertThat(control("engagefor ks_test_vuln -13 3")).isEqualTo("ok 28");
        assertThat(fire(1)).isEqualTo("EACCES");
        assertThat(fire(0xC0FFEE)).isEqualTo("EACCES");
        assertThat(read("fn/ks_test_vuln/state")).isEqualTo("expiring\n");
        assertThat(read("fn/ks_test_vuln/timeout_left")).matches("[123]\n");
        assertThat(read("engaged")).isEqualTo("ks_test_vuln retval=-13 hits=2\n");
        sh("sleep 4");
        assertThat(fire(1)).isEqualTo("ok 1");
        assertThat(read("engaged")).isEmpty();
        assertThat(sh("ls " + ROOT + "/fn").output()).isEmpty();
        assertThat(log())
                .containsExactly(
                        "engagefor ks_test_vuln=-13 timeout=3s" + WHO,
                        "engagefor ks_test_vuln expired hits=2 after 3s");
    }

    @Test
    void keptItStays() {
        control("engagefor ks_test_vuln -13 3");
        assertThat(control("keep ks_test_vuln")).isEqualTo("ok 17");
        assertThat(read("fn/ks_test_vuln/state")).isEqualTo("engaged\n");
        assertThat(read("fn/ks_test_vuln/timeout_left")).isEqualTo("0\n");
        sh("sleep 4");
        assertThat(fire(1)).isEqualTo("EACCES");
        assertThat(control("keep ks_test_vuln")).isEqualTo("EINVAL");
        assertThat(log())
                .containsExactly(
                        "engagefor ks_test_vuln=-13 timeout=3s" + WHO,
                        "keep ks_test_vuln" + WHO,
                        "ks_test_vuln: it is engaged, and there is no countdown to stop");
    }

    @Test
    void keepIsForCountdownsOnly() {
        control("tryengage ks_test_vuln -13 60");
        assertThat(control("keep ks_test_vuln")).isEqualTo("EINVAL");
        assertThat(read("fn/ks_test_vuln/state")).isEqualTo("probing\n");
    }

    @Test
    void disengageCancelsAndTheValueCanChange() {
        control("engagefor ks_test_vuln -13 2");
        write("fn/ks_test_vuln/retval", "-5");
        assertThat(fire(1)).isEqualTo("EIO");
        assertThat(read("fn/ks_test_vuln/state")).isEqualTo("expiring\n");
        assertThat(control("engage ks_test_vuln -1")).isEqualTo("EBUSY");
        assertThat(control("disengage ks_test_vuln")).startsWith("ok");
        assertThat(control("engage ks_test_vuln -1")).startsWith("ok");
        sh("sleep 3");
        assertThat(fire(1)).isEqualTo("EPERM");
    }

    @Test
    void eachEndsInItsOwnTime() {
        control("engagefor ks_test_vuln -13 5");
        control("engagefor cmdline_proc_show -5 2");
        control("tryengage version_proc_show -5 2");
        sh("sleep 3");
        assertThat(read("engaged")).isEqualTo("ks_test_vuln retval=-13 hits=0\nversion_proc_show retval=-5 hits=0\n");
        sh("sleep 3");
        assertThat(read("engaged")).isEqualTo("version_proc_show retval=-5 hits=0\n");
    }

    @Test
    void theCountdownGoesOnWhileItsModuleIsAway() {
        control("engagefor ks_test_vuln -13 5");
        sh("rmmod test_killswitch");
        assertThat(read("pending")).isEqualTo("ks_test_vuln retval=-13 module=test_killswitch\n");
        sh("insmod /modules/test_killswitch.ko");
        assertThat(fire(1)).isEqualTo("EACCES");
        assertThat(awaitRead("fn/ks_test_vuln/state")).isEqualTo("expiring\n");
        sh("rmmod test_killswitch; sleep 6");
        assertThat(read("pending")).isEmpty();
        assertThat(log()).contains("engagefor ks_test_vuln expired hits=1 after 5s");
    }

    @Test
    void whatBlocksEveryNewProcessUndoesItself() {
        // From the first command on to the end of the countdown the shell has only its own words.
        String result = sh("""
                dmesg -n 4
                mkfifo /tmp/never /tmp/go; exec 7<>/tmp/never 8<>/tmp/go
                # a shell that cannot fork gives up, so let another one try
                sh -c 'read x <&8; /bin/true; echo "it forks"' > /tmp/tried 2>&1 & child=$!
                echo 'engagefor kernel_clone -11 5' > /sys/kernel/security/killswitch/control || exit 3
                echo >&8
                wait $child
                read text < /tmp/tried; echo "while engaged: $text"
                read state < /sys/kernel/security/killswitch/fn/kernel_clone/state; echo "$state"
                waited=0
                while [ -e /sys/kernel/security/killswitch/fn/kernel_clone ] && [ $waited -lt 60 ]; do
                    read -t 1 x <&7
                    waited=$((waited + 1))
                done
                /bin/true && echo "forks again"
                """).output();
        assertThat(result)
                .contains("while engaged: ")
                .contains("can't fork: Resource temporarily unavailable")
                .contains("expiring\n")
                .endsWith("forks again\n");
        sh("until dmesg | grep -q 'engagefor kernel_clone expired'; do sleep 0.1; done"); // it is logged in the end
        assertThat(log()).anyMatch(l -> l.matches("engagefor kernel_clone expired hits=[1-9]\\d* after 5s"));
    }
}
