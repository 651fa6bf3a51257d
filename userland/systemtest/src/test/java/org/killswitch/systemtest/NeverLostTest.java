package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/** SPEC section 5: what could switch an override off, or slip past it, does not. */
@ParameterizedClass(name = "{0}")
@StockKernels
final class NeverLostTest extends SharedGuest {

    private static final String TRACING = "/sys/kernel/tracing/";

    NeverLostTest(String kernel) {
        super(kernel);
    }

    @BeforeEach
    void engage() {
        assertThat(control("engage ks_test_vuln -13")).startsWith("ok");
        assertOverridden();
    }

    @AfterEach
    void disengage() {
        control("disengage_all");
        assertThat(fire(1)).isEqualTo("ok 1");
        assertThat(fire(0xC0FFEE)).isEqualTo("EBADMSG");
    }

    private void assertOverridden() {
        assertThat(fire(1)).isEqualTo("EACCES");
        assertThat(fire(0xC0FFEE)).isEqualTo("EACCES");
    }

    @Test
    void ftraceCannotBeSwitchedOff() {
        assertThat(sh("echo 0 > /proc/sys/kernel/ftrace_enabled").status()).isNotZero();
        assertThat(sh("cat /proc/sys/kernel/ftrace_enabled").output()).isEqualTo("1\n");
        assertOverridden();
    }

    @Test
    void disarmingAllKprobesChangesNothing() {
        sh("echo 0 > /sys/kernel/debug/kprobes/enabled");
        assertThat(sh("cat /sys/kernel/debug/kprobes/enabled").output()).isEqualTo("0\n");
        assertOverridden();
        control("disengage ks_test_vuln");
        assertThat(control("engage ks_test_vuln -13")).startsWith("ok");
        assertOverridden();
        sh("echo 1 > /sys/kernel/debug/kprobes/enabled");
        assertOverridden();
    }

    @Test
    void aFunctionIsNotEngagedWhileFtraceIsOff() {
        control("disengage_all");
        if (sh("echo 0 > /proc/sys/kernel/ftrace_enabled").status() != 0) {
            // newer kernels cannot switch ftrace off at all, and say so
            assertThat(sh("dmesg").output()).contains("ftrace_enabled file is deprecated");
            assertThat(sh("cat /proc/sys/kernel/ftrace_enabled").output()).isEqualTo("1\n");
            return;
        }
        assertThat(control("engage ks_test_vuln -13")).isEqualTo("EBUSY");
        assertThat(log()).contains("ks_test_vuln: kernel.ftrace_enabled is 0; set it to 1 first");
        assertThat(read("engaged")).isEmpty();
        sh("echo 1 > /proc/sys/kernel/ftrace_enabled");
        assertThat(control("engage ks_test_vuln -13")).startsWith("ok");
        assertOverridden();
    }

    @Test
    void theFunctionTracersChangeNothing() {
        for (String tracer : new String[] {"function", "function_graph"}) {
            sh("cd " + TRACING + " && echo ks_test_vuln > set_ftrace_filter && echo " + tracer + " > current_tracer");
            assertOverridden();
            assertThat(sh("cat " + TRACING + "current_tracer").output()).isEqualTo(tracer + "\n");
            if (tracer.equals("function")) { // the other does not show redirected calls on every kernel
                assertThat(sh("grep -c ks_test_vuln " + TRACING + "trace")
                                .output()
                                .strip())
                        .isNotEqualTo("0");
            }
            control("disengage ks_test_vuln");
            assertThat(fire(1)).isEqualTo("ok 1");
            control("engage ks_test_vuln -13");
            assertOverridden();
            sh("cd " + TRACING + " && echo nop > current_tracer && echo > set_ftrace_filter");
            assertOverridden();
        }
        sh("cd " + TRACING + " && echo ks_test_vuln > set_ftrace_notrace && echo function > current_tracer");
        assertOverridden();
        sh("cd " + TRACING + " && echo nop > current_tracer && echo > set_ftrace_notrace");
        assertOverridden();
    }

    @Test
    void aKprobeEventOnTheFunctionChangesNothing() {
        sh("cd " + TRACING + " && echo 'p:ks_probe ks_test_vuln' > kprobe_events"
                + " && echo 1 > events/kprobes/ks_probe/enable");
        assertOverridden();
        // and the other way round: the probe is there first, and leaves first
        control("disengage ks_test_vuln");
        assertThat(fire(1)).isEqualTo("ok 1");
        control("engage ks_test_vuln -13");
        assertOverridden();
        sh("cd " + TRACING + " && echo 0 > events/kprobes/ks_probe/enable && echo > kprobe_events");
        assertOverridden();
    }

    @Test
    void bpfTrampolinesChangeNothing() {
        control("engage cmdline_proc_show -5");
        for (String kind : new String[] {"fentry", "fexit"}) {
            String attached = attach(kind);
            if (attached.contains("Device or resource busy")) {
                // up to 5.19 such a program redirects the function as we do: whoever comes second is refused
                assertExcludesTrampoline(kind);
                continue;
            }
            if (!features.bpfTrampolines()) { // ENOTSUPP, with or without us
                assertThat(attached).contains("524");
                control("disengage cmdline_proc_show");
                assertThat(attach(kind)).contains("524");
                return;
            }
            assertThat(attached).isEqualTo("attached\n");
            assertThat(sh("cat /proc/cmdline").output()).as(kind).contains("Input/output error");
            control("disengage cmdline_proc_show");
            assertThat(sh("cat /proc/cmdline").status()).isZero();
            control("engage cmdline_proc_show -5");
            assertThat(sh("cat /proc/cmdline").output()).as(kind).contains("Input/output error");
            sh("kill $(cat /tmp/pid); sleep 0.5");
            assertThat(sh("cat /proc/cmdline").output()).as(kind).contains("Input/output error");
        }
    }

    /** Starts the program that attaches to the entry or exit of cmdline_proc_show; what it says. */
    private String attach(String kind) {
        return sh("rm -f /tmp/attached; bpf_attach " + kind
                        + " cmdline_proc_show > /tmp/attached 2>&1 & echo $! > /tmp/pid; "
                        + "until grep -q . /tmp/attached 2>/dev/null; do sleep 0.1; done; cat /tmp/attached")
                .output();
    }

    private void assertExcludesTrampoline(String kind) {
        assertThat(sh("cat /proc/cmdline").output()).as(kind).contains("Input/output error");
        control("disengage cmdline_proc_show");
        assertThat(attach(kind)).isEqualTo("attached\n");
        assertThat(control("engage cmdline_proc_show -5")).isEqualTo("EBUSY");
        assertThat(read("engaged")).doesNotContain("cmdline_proc_show");
        sh("kill $(cat /tmp/pid); sleep 0.5");
        assertThat(control("engage cmdline_proc_show -5")).startsWith("ok");
        assertThat(sh("cat /proc/cmdline").output()).as(kind).contains("Input/output error");
    }

    @Test
    void interruptsWhileAKprobeHandlerRunsAreOverridden() {
        assertThat(sh("insmod /modules/ks_contexts.ko").status()).isZero();
        assertThat(sh("cat /sys/kernel/debug/ks_contexts").output())
                .isEqualTo("softirq=-13 in_softirq=1 hardirq=-13 in_hardirq=1 missed=2\n");
        control("disengage ks_test_vuln");
        assertThat(sh("cat /sys/kernel/debug/ks_contexts").output())
                .isEqualTo("softirq=0 in_softirq=1 hardirq=0 in_hardirq=1 missed=2\n");
        assertThat(sh("rmmod ks_contexts").status()).isZero();
    }

    @Test
    void anotherOwnerOfTheEntryAndKillswitchExcludeEachOther() {
        assertThat(sh("insmod /modules/ks_owner.ko").output()).contains("Device or resource busy");
        assertOverridden();

        control("disengage ks_test_vuln");
        assertThat(sh("insmod /modules/ks_owner.ko").status()).isZero();
        log();
        assertThat(control("engage ks_test_vuln -13")).isEqualTo("EBUSY");
        assertThat(read("engaged")).isEmpty();
        assertThat(log()).containsExactly("ks_test_vuln: a livepatch or another redirection owns its entry");
        assertThat(fire(1)).isEqualTo("ok 1");

        sh("rmmod ks_owner");
        assertThat(control("engage ks_test_vuln -13")).startsWith("ok");
        assertOverridden();
    }

    @Test
    void livepatchAndKillswitchExcludeEachOther() {
        if (!features.livepatch()) {
            // then the kernel has no place for one; what else can own an entry is tested above
            assertThat(sh("ls /sys/kernel/livepatch").status()).isNotZero();
            return;
        }
        assertThat(sh("insmod /modules/ks_livepatch.ko").output()).contains("Device or resource busy");
        assertOverridden();

        control("disengage ks_test_vuln");
        assertThat(sh("insmod /modules/ks_livepatch.ko").status()).isZero();
        assertThat(fire(1)).isEqualTo("ENOTTY");
        assertThat(control("engage ks_test_vuln -13")).isEqualTo("EBUSY");
        assertThat(read("engaged")).isEmpty();
        assertThat(log())
                .anyMatch(l -> l.startsWith("ks_test_vuln: a livepatch or another redirection owns its entry"));
        assertThat(fire(1)).isEqualTo("ENOTTY");

        sh("until [ \"$(cat /sys/kernel/livepatch/ks_livepatch/transition)\" = 0 ]; do sleep 0.2; done; "
                + "echo 0 > /sys/kernel/livepatch/ks_livepatch/enabled; "
                + "while [ -e /sys/kernel/livepatch/ks_livepatch ]; do sleep 0.2; done; rmmod ks_livepatch");
        assertThat(control("engage ks_test_vuln -13")).startsWith("ok");
        assertOverridden();
    }
}
