// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/** SPEC section 6, engageif: what the callers see of a function of which a BPF program picks the calls to override. */
@ParameterizedClass(name = "{0}")
@StockKernels
final class GuardTest extends SharedGuest {

    private static final String NESTED_CALL = "call from inside an override, by a guard's helper";
    private static final String PINS = "/sys/fs/bpf/";
    private static final String GUARD = PINS + "guard";

    private int programs;

    GuardTest(String kernel) {
        super(kernel);
    }

    @BeforeEach
    void mountBpffs() {
        sh("grep -q ' bpf ' /proc/mounts || mount -t bpf bpf /sys/fs/bpf");
        programs = programs();
        log();
    }

    @AfterEach
    void nothingIsLeft() {
        control("disengage_all");
        sh("rm -f " + PINS + "*");
        assertThat(fire(1)).isEqualTo("ok 1");
        assertThat(fire(0xC0FFEE)).isEqualTo("EBADMSG");
        assertPrograms(programs);
    }

    private void pin(String program) {
        require("bpf_guard " + GUARD + " " + program);
    }

    @Test
    void onlyTheCallsThatTheGuardPicksAreOverridden() {
        pin("args 1=1");
        assertThat(control("engageif ks_test_vuln -13 " + GUARD)).startsWith("ok");
        assertThat(log())
                .containsExactly("engageif ks_test_vuln=-13 guard=" + GUARD
                        + " uid=0 auid=4294967295 ses=4294967295 comm=kwrite");
        assertThat(fire(1)).isEqualTo("EACCES");
        assertThat(fire(2)).isEqualTo("ok 1");
        assertThat(fire(0xC0FFEE)).isEqualTo("EBADMSG");
        assertThat(read("fn/ks_test_vuln/hits")).isEqualTo("1\n");
        assertThat(read("fn/ks_test_vuln/passed")).isEqualTo("2\n");
        assertThat(read("fn/ks_test_vuln/backend")).isEqualTo(features.guardedBackend() + "\n");
        assertThat(read("engaged")).isEqualTo("ks_test_vuln retval=-13 hits=1\n");
        write("fn/ks_test_vuln/retval", "-1");
        assertThat(fire(1)).isEqualTo("EPERM");
        assertThat(fire(2)).isEqualTo("ok 1");
    }

    @Test
    void theModuleKeepsTheProgramWhenItsPinIsGoneAndDropsItInTheEnd() {
        pin("args 1=1");
        assertThat(control("engageif ks_test_vuln -13 " + GUARD)).startsWith("ok");
        sh("rm " + GUARD);
        assertThat(programs()).isEqualTo(programs + 1);
        assertThat(fire(1)).isEqualTo("EACCES");
        assertThat(fire(2)).isEqualTo("ok 1");
    }

    @Test
    void allArgumentsAreThere() {
        // ksys_mmap_pgoff(addr, len, prot, flags, fd, pgoff); MAP_PRIVATE | MAP_ANONYMOUS
        pin("args 1=0 2=0x5000 3=1 4=0x22 5=9 6=7");
        assertThat(control("engageif ksys_mmap_pgoff -95 " + GUARD)).startsWith("ok");
        assertThat(sh("map_memory 0x5000 1 0x22 0x7000").output()).isEqualTo("EOPNOTSUPP\n");
        assertThat(sh("map_memory 0x4000 1 0x22 0x7000").output()).isEqualTo("ok\n");
        assertThat(sh("map_memory 0x5000 3 0x22 0x7000").output()).isEqualTo("ok\n");
        assertThat(sh("map_memory 0x5000 1 0x21 0x7000").output()).isEqualTo("ok\n");
        assertThat(sh("map_memory 0x5000 1 0x22 0x6000").output()).isEqualTo("ok\n");
        assertThat(read("fn/ksys_mmap_pgoff/hits")).isEqualTo("1\n");
    }

    @Test
    void aProbeCountsOnlyMatchingCalls() {
        pin("args 1=1");
        assertThat(control("tryengage ks_test_vuln -13 2 " + GUARD)).startsWith("ok");
        assertThat(fire(2)).isEqualTo("ok 1");
        assertThat(read("fn/ks_test_vuln/hits")).isEqualTo("0\n");
        assertThat(read("fn/ks_test_vuln/passed")).isEqualTo("1\n");
        sh("until grep -q engaged " + ROOT + "/fn/ks_test_vuln/state; do sleep 0.1; done");
        assertThat(fire(1)).isEqualTo("EACCES");
        assertThat(fire(2)).isEqualTo("ok 1");
        control("disengage ks_test_vuln");
        assertThat(control("tryengage ks_test_vuln -13 2 " + GUARD)).startsWith("ok");
        assertThat(fire(1)).isEqualTo("ok 1");
        sh("until dmesg | grep -q 'ks_test_vuln aborted'; do sleep 0.1; done");
        assertThat(log())
                .contains(
                        "tryengage ks_test_vuln=-13 timeout=2s guard=" + GUARD
                                + " uid=0 auid=4294967295 ses=4294967295 comm=kwrite",
                        "tryengage ks_test_vuln committed: 0 hits in 2s",
                        "tryengage ks_test_vuln aborted: hits=1 during 2s probe");
    }

    @Test
    void aCountdownTakesAGuardToo() {
        pin("args 1=1");
        assertThat(control("engagefor ks_test_vuln -13 2 " + GUARD)).startsWith("ok");
        assertThat(fire(1)).isEqualTo("EACCES");
        assertThat(fire(2)).isEqualTo("ok 1");
        sh("while [ -e " + ROOT + "/fn/ks_test_vuln ]; do sleep 0.1; done");
        assertThat(fire(1)).isEqualTo("ok 1");
    }

    @Test
    void aGuardComesBackWithItsModule() {
        pin("args 1=1");
        assertThat(control("engageif test_killswitch:ks_test_vuln -13 " + GUARD))
                .startsWith("ok");
        require("rm " + GUARD + " && rmmod test_killswitch && insmod /modules/test_killswitch.ko");
        assertThat(fire(1)).isEqualTo("EACCES");
        assertThat(fire(2)).isEqualTo("ok 1");
    }

    @Test
    void whatIsNoGuardIsRefused() {
        String why = "; it has to be a BPF program of type kprobe, pinned there";
        assertRefused(PINS + "absent", "guard " + PINS + "absent refused: -ENOENT" + why);
        assertRefused("/proc/version", "guard /proc/version refused: -EACCES" + why);
        pin("socket");
        assertRefused(GUARD, "guard " + GUARD + " refused: -EINVAL" + why);
        sh("rm " + GUARD);
        if (sh("bpf_guard " + GUARD + " sleepable").status() == 0) { // older kernels have none of type kprobe
            assertRefused(GUARD, "guard " + GUARD + " refused: it may sleep");
        }
        sh("rm -f " + GUARD);
        pin("kprobe_multi");
        if (features.kprobeMulti()) { // older kernels take the number and think nothing of it
            assertRefused(GUARD, "guard " + GUARD + " refused: it was loaded for one way of attaching it");
        }
        String path =
                "a BPF program is named by its full path, of at most 255 visible ASCII characters without \\ ' and \"";
        assertRefused("guard", path);
        assertRefused("/a'b", path);
        assertRefused("/" + "a".repeat(255), path);
        assertThat(control("engageif ks_test_vuln -13")).isEqualTo("EINVAL");
        assertThat(control("engageif ks_test_vuln -13 " + GUARD + " x")).isEqualTo("EINVAL");
        assertThat(control("engageif ks_no_such_function -13 " + GUARD)).isIn("ENOENT", "EINVAL");
    }

    private void assertRefused(String path, String why) {
        log();
        assertThat(control("engageif ks_test_vuln -13 " + path)).isEqualTo("EINVAL");
        assertThat(log()).containsExactly(why);
        assertThat(read("engaged")).isEmpty();
    }

    /** No kernel of Debian has what it takes. */
    @Test
    void engagebpfIsRefusedOnAStockKernel() {
        log();
        assertThat(control("engagebpf ks_test_vuln /bpf/override.bpf.o")).isEqualTo("EIO");
        if (features.errorInjection()) { // what it does there: EngageBpfTest
            assertThat(log()).first().asString().contains("ks-bpf-load cannot be run");
            return;
        }
        assertThat(log())
                .containsExactly("ks_test_vuln: engagebpf needs a kernel with CONFIG_FUNCTION_ERROR_INJECTION and"
                        + " CONFIG_BPF_KPROBE_OVERRIDE, and this one has not both; engageif does without");
    }

    /** The guards' helper is itself engaged, with a guard that calls it: what that one calls is overridden, unasked. */
    @Test
    void aGuardThatCallsTheFunctionItGuardsEndsInNoLoop() {
        require("bpf_guard " + PINS + "inner uid_gid 77");
        require("bpf_guard " + PINS + "outer uid_gid 77");
        assertThat(control("engageif ks_test_vuln -13 " + PINS + "outer")).startsWith("ok");
        assertThat(fire(1)).isEqualTo("ok 1");
        assertThat(control("engageif bpf_get_current_uid_gid 77 " + PINS + "inner"))
                .startsWith("ok");
        if (!features.ownTrampolines() || !features.overridesInsideKprobes()) {
            // ftrace does not pass calls nested so deep on, and kprobes none from their handlers; see README
            assertThat(fire(1)).isEqualTo("ok 1");
            note(Bypass.DOCUMENTED, NESTED_CALL);
            return;
        }
        assertThat(fire(1)).isEqualTo("EACCES");
        assertThat(read("fn/bpf_get_current_uid_gid/hits")).isEqualTo("2\n");
        note(Bypass.NO_EFFECT, NESTED_CALL);
    }

    @Test
    void interruptsAreAskedAboutWhileAKprobeHandlerRuns() {
        pin("args 1=1");
        control("engageif ks_test_vuln -13 " + GUARD);
        assertThat(sh("insmod /modules/ks_contexts.ko").status()).isZero();
        boolean asked = features.overridesInsideKprobes();
        assertThat(sh("cat /sys/kernel/debug/ks_contexts").output())
                .isEqualTo("softirq=%1$d in_softirq=1 hardirq=%1$d in_hardirq=1 inside=1\n".formatted(asked ? -13 : 0));
        control("disengage ks_test_vuln");
        sh("rm " + GUARD);
        pin("args 1=2");
        control("engageif ks_test_vuln -13 " + GUARD);
        assertThat(sh("cat /sys/kernel/debug/ks_contexts").output())
                .isEqualTo("softirq=0 in_softirq=1 hardirq=0 in_hardirq=1 inside=1\n");
        assertThat(sh("rmmod ks_contexts").status()).isZero();
        assertThat(read("fn/ks_test_vuln/passed")).isEqualTo(asked ? "2\n" : "0\n");
    }

    @Test
    void disengagedWhileEightCallersHammerIt() {
        pin("args");
        String result = require("""
                hammer --workers 8 --pause 2000 EPERM > /tmp/hammer 2>&1 & hammer=$!
                until grep -qs running /tmp/hammer; do sleep 0.1; done
                for i in $(seq 30); do
                  echo "engageif ks_test_vuln -1 %1$s" > %2$s/control || echo refused
                  echo "disengage ks_test_vuln" > %2$s/control || echo refused
                done
                kill $hammer
                wait $hammer; echo "hammer $?"
                cat /tmp/hammer
                """.formatted(GUARD, ROOT));
        assertThat(result).contains("hammer 0\n").doesNotContain("refused");
    }
}
