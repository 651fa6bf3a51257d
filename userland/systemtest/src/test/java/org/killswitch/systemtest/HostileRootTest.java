// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/** What root that works against killswitch must not achieve by its own means. None can be taken back: a guest each. */
@ParameterizedClass(name = "{0}")
@StockKernels
final class HostileRootTest {

    private static final String TARGET = "test_killswitch:ks_test_vuln";
    private static final String TEST_MODULE = "/modules/test_killswitch.ko";
    private static final String TRACING = "/sys/kernel/tracing/";
    private static final String LOCKDOWN = "/sys/kernel/security/lockdown";

    private final String kernel;
    private final Features features;

    HostileRootTest(String kernel) {
        this.kernel = kernel;
        features = Features.of(Project.kernel(kernel));
    }

    /** Each is what killswitch calls, or is called by. */
    private static void assertNeeded(TestGuest guest, String... functions) {
        guest.log();
        for (String function : functions) {
            assertThat(guest.control("engage " + function + " 0")).as(function).isEqualTo("EINVAL");
            assertThat(guest.log()).containsExactly(function + " refused: killswitch needs it");
        }
    }

    @Test
    void whatIsPendingUnderASealArmsAllTheSame() {
        try (TestGuest guest = TestGuest.bootWithoutModule(kernel)) {
            guest.sh("rmmod test_killswitch");
            assertThat(guest.sh(TestGuest.INSMOD + "engage=" + TARGET + "=-1").status())
                    .isZero();
            assertThat(guest.control("seal")).startsWith("ok");
            assertNeeded(guest, "module_kallsyms_on_each_symbol", "notifier_call_chain");
            assertThat(guest.sh("insmod " + TEST_MODULE).status()).isZero();
            assertThat(guest.fire(1)).isEqualTo("EPERM");
            assertThat(guest.read("pending")).isEmpty();
        }
    }

    @Test
    void whatIsArmedUnderASealStaysSo() {
        try (TestGuest guest = TestGuest.boot(kernel)) {
            guest.control("engage ks_test_vuln -1");
            assertThat(guest.control("seal")).startsWith("ok");
            assertNeeded(guest, "ftrace_get_addr_new", "ftrace_get_addr_curr", "text_poke_bp");
            // not even what nobody needs, where ftrace does not reach: that is the tracing core
            String byKprobeOnly = features.kprobeOverride() ? "EPERM" : "EINVAL";
            assertThat(guest.control("engage tracing_readme_read -5")).isEqualTo(byKprobeOnly);
            assertThat(guest.control("observe tracing_readme_read")).isEqualTo(byKprobeOnly);
            assertThat(guest.sh("echo 'p:x ks_test_vuln' > " + TRACING + "kprobe_events && echo 1 > " + TRACING
                                    + "events/kprobes/x/enable")
                            .status())
                    .isZero();
            assertThat(guest.fire(1)).isEqualTo("EPERM");
            guest.sh("echo 0 > " + TRACING + "events/kprobes/x/enable; echo > " + TRACING + "kprobe_events");
            assertThat(guest.fire(1)).isEqualTo("EPERM");
        }
    }

    @Test
    void whatKeepsItsMemorySafeIsNotEngagedEither() {
        try (TestGuest guest = TestGuest.boot(kernel)) {
            assertNeeded(
                    guest,
                    "unregister_ftrace_function",
                    "synchronize_rcu_tasks",
                    "kernel_text_address",
                    "__module_address",
                    "unregister_kprobe");
        }
    }

    @Test
    void aGuardThatCouldBeChangedIsNotSealed() {
        try (TestGuest guest = TestGuest.boot(kernel)) {
            assertThat(guest.sh("mount -t bpf bpf /sys/fs/bpf; bpf_guard /sys/fs/bpf/guard map")
                            .status())
                    .isZero();
            assertThat(guest.control("engageif ks_test_vuln -1 /sys/fs/bpf/guard"))
                    .startsWith("ok");
            assertThat(guest.fire(1)).isEqualTo("EPERM");
            guest.log();
            assertThat(guest.control("seal")).isEqualTo("EBUSY");
            assertThat(guest.log())
                    .containsExactly("seal refused: the guard of ks_test_vuln could be changed from outside (it has"
                            + " maps); disengage it first");
            assertThat(guest.read("sealed")).isEqualTo("0\n");
            assertThat(guest.control("disengage ks_test_vuln")).startsWith("ok");
            assertThat(guest.control("seal")).startsWith("ok");
            guest.log();
            assertThat(guest.control("engageif ks_test_vuln -1 /sys/fs/bpf/guard"))
                    .isEqualTo("EPERM");
            assertThat(guest.log())
                    .containsExactly("ks_test_vuln refused: sealed, and its guard could be changed from outside (it"
                            + " has maps)");
        }
    }

    @Test
    void theParameterDoesNotTurnLockdownOff() {
        try (TestGuest guest = TestGuest.bootWithoutModule(kernel, "lsm=lockdown")) {
            guest.sh(TestGuest.INSMOD + "engage=security_locked_down=0,module_sig_check=0,cmdline_proc_show=-5");
            assertThat(guest.read("engaged")).isEqualTo("cmdline_proc_show retval=-5 hits=0\n");
            guest.sh("echo integrity > " + LOCKDOWN);
            assertThat(guest.sh("insmod /modules/ks_twin_a.ko").status() == 0)
                    .as("the tests' modules are signed where only such are taken")
                    .isEqualTo(Project.kernel(kernel).takesSignedModulesOnly());
            assertThat(guest.control("engage version_proc_show -5")).isEqualTo("EPERM");
        }
    }

    /** Once killswitch was loaded under integrity, it is not loaded again with other parameters. */
    @Test
    void underIntegrityTheParameterTakesErrnosOnlyAndOnce() {
        try (TestGuest guest = TestGuest.bootWithoutModule(kernel, "lsm=lockdown")) {
            assertThat(guest.sh("insmod /modules/ks_await_lockdown.ko && { " + TestGuest.INSMOD
                                    + "unsafe=1 engage=cmdline_proc_show=-5,version_proc_show=0,security_file_open=-1,"
                                    + "security_locked_down=0 & sleep 1; echo integrity > " + LOCKDOWN + "; wait $!; }")
                            .status())
                    .isZero();
            assertThat(guest.read("engaged")).isEqualTo("cmdline_proc_show retval=-5 hits=0\n");
            assertThat(guest.log())
                    .contains(
                            "version_proc_show=0 refused: the kernel is locked down, and then the value has to be an"
                                    + " errno",
                            "security_file_open=-1 refused: the kernel is locked down, and the function decides about"
                                    + " a permission or verifies something");
            assertThat(guest.sh("rmmod killswitch").status()).isNotZero();
            assertThat(guest.sh("rmmod -f killswitch").status()).isNotZero();
            assertThat(guest.sh("cat /proc/cmdline").output()).contains("Input/output error");
        }
    }

    @Test
    void aModuleThatCannotBeProtectedIsNotLoaded() {
        if (!features.livepatch()) {
            return; // there is no other owner of a function's entry: PendingTest says that, too
        }
        try (TestGuest guest = TestGuest.boot(kernel)) {
            guest.sh("rmmod test_killswitch");
            assertThat(guest.control("engage " + TARGET + " -13")).startsWith("ok");
            assertThat(guest.sh("insmod /modules/ks_livepatch.ko").status()).isZero();
            guest.log();
            assertThat(guest.sh("insmod " + TEST_MODULE).status()).isNotZero();
            assertThat(guest.sh("grep -c ^test_killswitch /proc/modules").output())
                    .isEqualTo("0\n");
            assertThat(guest.log())
                    .contains("module test_killswitch is not loaded: what is pending for it could not be armed");
            assertThat(guest.read("pending")).isEqualTo(TARGET + " retval=-13 module=test_killswitch\n");
            guest.sh("until [ \"$(cat /sys/kernel/livepatch/ks_livepatch/transition)\" = 0 ]; do sleep 0.2; done;"
                    + " echo 0 > /sys/kernel/livepatch/ks_livepatch/enabled;"
                    + " while [ -e /sys/kernel/livepatch/ks_livepatch ]; do sleep 0.2; done; rmmod ks_livepatch");
            assertThat(guest.sh("insmod " + TEST_MODULE).status()).isZero();
            assertThat(guest.fire(1)).isEqualTo("EACCES");
        }
    }

    /** A user can choose which of two modules the kernel loads first. */
    @Test
    void aNameAloneInTheParameterIsForEachModuleThatHasIt() {
        try (TestGuest guest = TestGuest.bootWithoutModule(kernel)) {
            assertThat(guest.sh(TestGuest.INSMOD + "engage=ks_twin=-7").status())
                    .isZero();
            for (String order : new String[] {"a b", "b a"}) {
                assertThat(guest.sh("for m in " + order + "; do insmod /modules/ks_twin_$m.ko || exit; done")
                                .status())
                        .isZero();
                assertThat(guest.sh("cat /sys/module/ks_twin_?/parameters/call").output())
                        .isEqualTo("-7\n-7\n");
                assertThat(guest.read("engaged"))
                        .contains("ks_twin_a:ks_twin retval=-7 hits=", "ks_twin_b:ks_twin retval=-7 hits=");
                assertThat(guest.sh("rmmod ks_twin_a ks_twin_b").status()).isZero();
            }
        }
    }

    /** ftrace shuts down when it finds its own work undone; then it keeps what it calls. */
    @Test
    void itStaysWhileAShutDownFtraceCallsIt() {
        try (TestGuest guest = TestGuest.boot(kernel)) {
            guest.control("engage ks_test_vuln -1");
            assertThat(guest.sh("insmod /modules/ks_ftrace_kill.ko").status()).isZero();
            assertThat(guest.fire(1)).isEqualTo("EPERM");
            guest.log();
            guest.sh("rmmod killswitch > /dev/null 2>&1 & sleep 3");
            assertThat(guest.log())
                    .contains("ftrace has shut down and keeps a hook of killswitch until reboot: unloading never ends");
            assertThat(guest.sh("grep -c ^killswitch /proc/modules").output()).isEqualTo("1\n");
            for (int i = 0; i < 100; i++) {
                assertThat(guest.fire(1)).isEqualTo("ok 1");
            }
        }
    }

    @Test
    void aModuleWhoseInitIsNotOverIsEngagedAtOnce() {
        try (TestGuest guest = TestGuest.boot(kernel)) {
            String parameters = "/sys/module/ks_early/parameters/";
            guest.sh("insmod /modules/ks_early.ko wait=1 > /dev/null 2>&1 & until [ -e " + parameters
                    + "go ]; do sleep 0.1; done");
            assertThat(guest.control("engage ks_early:ks_early_vuln -7")).startsWith("ok");
            assertThat(guest.read("pending")).isEmpty();
            assertThat(guest.read("engaged")).isEqualTo("ks_early:ks_early_vuln retval=-7 hits=0\n");
            guest.sh("echo 1 > " + parameters + "go; until grep -q ^ks_early.*Live /proc/modules; do sleep 0.1; done");
            assertThat(guest.sh("cat " + parameters + "seen").output()).isEqualTo("0 -7\n");
            assertThat(guest.read("engaged")).isEqualTo("ks_early:ks_early_vuln retval=-7 hits=1\n");
        }
    }
}
