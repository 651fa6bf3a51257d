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

    @Test
    void commitsWhenNothingCalled() {
        assertThat(control("tryengage ks_test_vuln -13 2")).isEqualTo("ok 28");
        assertThat(read("fn/ks_test_vuln/state")).isEqualTo("probing\n");
        assertThat(read("fn/ks_test_vuln/timeout_left")).matches("[12]\n");
        assertThat(read("engaged")).isEqualTo("ks_test_vuln retval=-13 hits=0\n");
        sh("sleep 3");
        assertThat(read("fn/ks_test_vuln/state")).isEqualTo("engaged\n");
        assertThat(read("fn/ks_test_vuln/timeout_left")).isEqualTo("0\n");
        assertThat(fire(1)).isEqualTo("EACCES");
        assertThat(log())
                .anyMatch(l -> l.startsWith("tryengage ks_test_vuln=-13 timeout=2s uid=0 auid="))
                .contains("tryengage ks_test_vuln committed: 0 hits in 2s");
    }

    @Test
    void abortsWhenSomethingCalledAndRunsTheCallsMeanwhile() {
        control("tryengage ks_test_vuln -13 2");
        assertThat(fire(0xC0FFEE)).isEqualTo("EBADMSG");
        assertThat(fire(1)).isEqualTo("ok 1");
        assertThat(read("fn/ks_test_vuln/hits")).isEqualTo("2\n");
        sh("sleep 3");
        assertThat(read("engaged")).isEmpty();
        assertThat(sh("ls " + ROOT + "/fn").output()).isEmpty();
        assertThat(fire(1)).isEqualTo("ok 1");
        assertThat(log()).contains("tryengage ks_test_vuln aborted: hits=2 during 2s probe");
        assertThat(control("engage ks_test_vuln -13")).startsWith("ok");
    }

    @Test
    void disengageCancelsAndTheSymbolCanBeEngagedAtOnce() {
        control("tryengage ks_test_vuln -13 2");
        assertThat(control("disengage ks_test_vuln")).startsWith("ok");
        assertThat(control("engage ks_test_vuln -1")).startsWith("ok");
        log();
        sh("sleep 3");
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
        control("tryengage ks_test_vuln -13 2");
        write("fn/ks_test_vuln/retval", "-5");
        assertThat(read("fn/ks_test_vuln/state")).isEqualTo("probing\n");
        sh("sleep 3");
        assertThat(fire(1)).isEqualTo("EIO");
    }

    @Test
    void twoProbesEndInTheirOwnTime() {
        control("tryengage ks_test_vuln -13 4");
        control("tryengage cmdline_proc_show -5 2");
        sh("sleep 3");
        assertThat(read("fn/cmdline_proc_show/state")).isEqualTo("engaged\n");
        assertThat(read("fn/ks_test_vuln/state")).isEqualTo("probing\n");
        sh("sleep 2");
        assertThat(read("fn/ks_test_vuln/state")).isEqualTo("engaged\n");
    }

    @Test
    void aKprobeProbesTooOrIsRefused() {
        String answer = control("tryengage tracing_readme_read -13 2");
        if (!features.kprobeOverride()) {
            assertThat(answer).isEqualTo("EINVAL");
            assertThat(read("engaged")).isEmpty();
            return;
        }
        assertThat(sh("head -c 4 /sys/kernel/tracing/README").output()).isEqualTo("trac");
        sh("sleep 3");
        assertThat(read("engaged")).isEmpty();
        assertThat(log()).contains("tryengage tracing_readme_read aborted: hits=1 during 2s probe");
    }
}
