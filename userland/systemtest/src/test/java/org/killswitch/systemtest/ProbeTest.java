// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/** SPEC section 3: tryengage. */
@ParameterizedClass(name = "{0}")
@StockKernels
final class ProbeTest extends SharedGuest {

    ProbeTest(String kernel) {
        super(kernel);
    }

    @AfterEach
    void disengageAll() {
        control("disengage_all");
    }

    /** Waits until the probe has ended in an engagement; on a busy machine a guest is slow, and so are we. */
    private void awaitCommit(String symbol) {
        sh("i=0; until [ $(cat " + ROOT + "/fn/" + symbol + "/state) = engaged ] || [ $i = 300 ]; "
                + "do i=$((i + 1)); sleep 0.1; done");
        assertThat(read("fn/" + symbol + "/state")).isEqualTo("engaged\n");
    }

    @Test
    void commitsWhenNothingCalled() {
        assertThat(control("tryengage ks_test_vuln -13 5")).isEqualTo("ok 28");
        assertThat(read("fn/ks_test_vuln/state")).isEqualTo("probing\n");
        assertThat(read("fn/ks_test_vuln/timeout_left")).matches("[1-5]\n");
        assertThat(read("engaged")).isEqualTo("ks_test_vuln retval=-13 hits=0\n");
        awaitCommit("ks_test_vuln");
        assertThat(read("fn/ks_test_vuln/timeout_left")).isEqualTo("0\n");
        assertThat(fire(1)).isEqualTo("EACCES");
        assertThat(log())
                .anyMatch(l -> l.startsWith("tryengage ks_test_vuln=-13 timeout=5s uid=0 auid="))
                .contains("tryengage ks_test_vuln committed: 0 hits in 5s");
    }

    @Test
    void abortsWhenSomethingCalledAndRunsTheCallsMeanwhile() {
        control("tryengage ks_test_vuln -13 5");
        assertThat(fire(0xC0FFEE)).isEqualTo("EBADMSG");
        assertThat(fire(1)).isEqualTo("ok 1");
        assertThat(read("fn/ks_test_vuln/hits")).isEqualTo("2\n");
        sh("sleep 5.5");
        assertThat(read("engaged")).isEmpty();
        assertThat(sh("ls " + ROOT + "/fn").output()).isEmpty();
        assertThat(fire(1)).isEqualTo("ok 1");
        assertThat(log()).contains("tryengage ks_test_vuln aborted: hits=2 during 5s probe");
        assertThat(control("engage ks_test_vuln -13")).startsWith("ok");
    }

    @Test
    void disengageCancelsAndTheSymbolCanBeEngagedAtOnce() {
        control("tryengage ks_test_vuln -13 5");
        assertThat(control("disengage ks_test_vuln")).startsWith("ok");
        assertThat(control("engage ks_test_vuln -1")).startsWith("ok");
        log();
        sh("sleep 5.5");
        // the cancelled probe neither commits nor aborts anything
        assertThat(log()).isEmpty();
        assertThat(read("engaged")).isEqualTo("ks_test_vuln retval=-1 hits=0\n");
        assertThat(fire(1)).isEqualTo("EPERM");
    }

    @Test
    void aProbeThatIsEngagedAlreadyIsBusy() {
        control("tryengage ks_test_vuln -13 86400");
        assertThat(control("engage ks_test_vuln -1")).isEqualTo("EBUSY");
        assertThat(read("fn/ks_test_vuln/timeout_left")).matches("863[89]\\d\n|86400\n");
    }

    @Test
    void theValueCanChangeDuringAProbe() {
        control("tryengage ks_test_vuln -13 5");
        write("fn/ks_test_vuln/retval", "-5");
        assertThat(read("fn/ks_test_vuln/state")).isEqualTo("probing\n");
        awaitCommit("ks_test_vuln");
        assertThat(fire(1)).isEqualTo("EIO");
    }

    @Test
    void twoProbesEndInTheirOwnTime() {
        control("tryengage ks_test_vuln -13 10");
        control("tryengage cmdline_proc_show -5 2");
        awaitCommit("cmdline_proc_show");
        assertThat(read("fn/ks_test_vuln/state")).isEqualTo("probing\n");
        awaitCommit("ks_test_vuln");
    }

    @Test
    void aKprobeProbesTooOrIsRefused() {
        String answer = control("tryengage tracing_readme_read -13 5");
        if (!features.kprobeOverride()) {
            assertThat(answer).isEqualTo("EINVAL");
            assertThat(read("engaged")).isEmpty();
            return;
        }
        assertThat(sh("head -c 4 /sys/kernel/tracing/README").output()).isEqualTo("trac");
        sh("sleep 5.5");
        assertThat(read("engaged")).isEmpty();
        assertThat(log()).contains("tryengage tracing_readme_read aborted: hits=1 during 5s probe");
    }
}
