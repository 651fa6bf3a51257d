// SPDX-License-Identifier: GPL-2.0-or-later
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
        note(Bypass.REFUSED, "kernel.ftrace_enabled = 0");
    }

    @Test
    void disarmingAllKprobesChangesNothing() {
        if (!features.overridesInsideKprobes()) {
            assertThat(sh("echo 0 > /sys/kernel/debug/kprobes/enabled").output())
                    .contains("resource busy");
            assertOverridden();
            return;
        }
        sh("echo 0 > /sys/kernel/debug/kprobes/enabled");
        assertThat(sh("cat /sys/kernel/debug/kprobes/enabled").output()).isEqualTo("0\n");
        assertOverridden();
        control("disengage ks_test_vuln");
        assertThat(control("engage ks_test_vuln -13")).startsWith("ok");
        assertOverridden();
        sh("echo 1 > /sys/kernel/debug/kprobes/enabled");
        assertOverridden();
        note(Bypass.NO_EFFECT, "kprobes/enabled = 0, also before");
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
    void anotherTracerTakesTheDirectWayAndLeavesItAgain() {
        String backend = "fn/ks_test_vuln/backend";
        assertThat(read(backend)).isEqualTo(features.backend() + "\n");
        require("cd " + TRACING + " && echo ks_test_vuln > set_ftrace_filter && echo function > current_tracer");
        assertThat(read(backend)).isEqualTo(features.sharedBackend() + "\n");
        assertOverridden();
        require("cd " + TRACING + " && echo nop > current_tracer && echo > set_ftrace_filter");
        assertThat(read(backend)).isEqualTo(features.backend() + "\n");
        assertOverridden();
        assertThat(read("engaged")).isEqualTo("ks_test_vuln retval=-13 hits=6\n");
    }

    @Test
    void theStackIsCompleteWhereAnOverriddenCallIsToldOf() {
        String event = TRACING + "events/killswitch/killswitch_hit/";
        require("echo > " + TRACING + "trace; echo stacktrace > " + event + "trigger; echo 1 > " + event + "enable");
        assertOverridden();
        require("echo '!stacktrace' > " + event + "trigger; echo 0 > " + event + "enable");
        String stack = require("cat " + TRACING + "trace");
        assertThat(stack).contains("symbol=ks_test_vuln retval=-13");
        // from the function's caller on; what is above it may be code that ftrace has made, which has no name
        String caller = " => ks_test_fire\n";
        assertThat(stack).contains(caller);
        int start = stack.indexOf(caller);
        int nextCall = stack.indexOf("killswitch_hit: ", start);
        assertThat(stack.substring(start, nextCall < 0 ? stack.length() : nextCall))
                .containsSubsequence("ks_test_fire", "vfs_write", "ksys_write")
                .doesNotContain("=> 0x");
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
            note(Bypass.NO_EFFECT, "current_tracer = " + tracer + ", before and after");
        }
        sh("cd " + TRACING + " && echo ks_test_vuln > set_ftrace_notrace && echo function > current_tracer");
        assertOverridden();
        sh("cd " + TRACING + " && echo nop > current_tracer && echo > set_ftrace_notrace");
        assertOverridden();
        note(Bypass.NO_EFFECT, "set_ftrace_notrace");
    }

    @Test
    void noTraceOptionChangesAnything() {
        String options = TRACING + "options";
        String[] names = require("ls " + options).split("\n");
        assertThat(names).hasSizeGreaterThan(20);
        require("cd " + TRACING + " && echo ks_test_vuln > set_ftrace_filter && echo function > current_tracer");
        for (String name : names) {
            String file = options + "/" + name;
            String was = require("cat " + file).strip();
            sh("echo " + (was.equals("1") ? 0 : 1) + " > " + file);
            assertThat(fire(1)).as(name).isEqualTo("EACCES");
            sh("echo " + was + " > " + file);
        }
        require("cd " + TRACING + " && echo nop > current_tracer && echo > set_ftrace_filter");
        assertOverridden();
        note(Bypass.NO_EFFECT, "trace_options, each of them");
    }

    @Test
    void aCpuThatGoesAndComesBackOverridesToo() {
        String online = "/sys/devices/system/cpu/cpu1/online";
        String fireOnCpu1 = "taskset 2 kwrite /sys/kernel/debug/test_killswitch/fire";
        assertThat(sh("printf 1 | " + fireOnCpu1).output()).isEqualTo("EACCES\n");
        require("echo 0 > " + online);
        assertOverridden();
        control("disengage ks_test_vuln");
        control("engage ks_test_vuln -13"); // one CPU has not been there for it
        require("echo 1 > " + online);
        assertThat(sh("printf 1 | " + fireOnCpu1).output()).isEqualTo("EACCES\n");
        note(Bypass.NO_EFFECT, "CPU hotplug, also engaged without the CPU");
    }

    @Test
    void patchingTheKernelsCodeMeanwhileChangesNothing() {
        // static keys, static calls, and other functions' ftrace sites
        String calls = require("""
                cd %s
                (while :; do
                    echo 1 > events/sched/enable; echo 0 > events/sched/enable
                    echo 1 > /proc/sys/kernel/sched_schedstats; echo 0 > /proc/sys/kernel/sched_schedstats
                    echo vfs_read > set_ftrace_filter; echo function > current_tracer; echo nop > current_tracer
                    echo turn >> /tmp/turns
                done) > /dev/null 2>&1 & patcher=$!
                until [ -e /tmp/turns ]; do sleep 0.1; done
                i=0
                while [ $i -lt 200 ]; do
                    printf 1 | kwrite /sys/kernel/debug/test_killswitch/fire || :
                    i=$((i + 1))
                done
                kill $patcher; wait $patcher 2> /dev/null || :
                echo nop > current_tracer; echo > set_ftrace_filter; echo 0 > events/sched/enable
                echo 0 > /proc/sys/kernel/sched_schedstats; rm /tmp/turns
                """.formatted(TRACING));
        assertThat(calls.lines()).hasSize(200).containsOnly("EACCES");
        note(Bypass.NO_EFFECT, "static keys, static calls and ftrace sites patched under load");
    }

    @Test
    void scarceMemoryChangesNothing() {
        String calls = require("""
                dd if=/dev/zero of=/tmp/fill bs=1M count=$(awk '/^MemAvailable:/ { print int($2 / 1280) }' /proc/meminfo) \
                    2> /dev/null || :
                for i in $(seq 20); do
                    echo 3 > /proc/sys/vm/drop_caches; echo 1 > /proc/sys/vm/compact_memory
                    printf 1 | kwrite /sys/kernel/debug/test_killswitch/fire || :
                done
                rm /tmp/fill
                """);
        assertThat(calls.lines()).hasSize(20).containsOnly("EACCES");
        note(Bypass.NO_EFFECT, "scarce memory, caches dropped, memory compacted");
    }

    @Test
    void suspendChangesNothing() {
        if (!features.suspends()) {
            assertThat(sh("ls /sys/power/pm_test").status()).isNotZero();
            note(Bypass.NOT_THERE, "suspend and resume, down to the freezer");
            return;
        }
        // a test level goes down as far as it says, waits 5 s, and comes back
        String level = features.resumesDevices() ? "processors" : "freezer";
        require("echo " + level + " > /sys/power/pm_test");
        log();
        require("grep -q mem /sys/power/state && echo mem > /sys/power/state || echo freeze > /sys/power/state");
        assertThat(dmesg()).anyMatch(l -> l.contains("suspend debug: Waiting for"));
        assertOverridden();
        require("echo none > /sys/power/pm_test");
        note(Bypass.NO_EFFECT, "suspend and resume, down to the " + level);
    }

    @Test
    void aBpfProgramOnAProbeOfPerfChangesNothing() {
        control("engage cmdline_proc_show -5");
        assertThat(attach("kprobe")).isEqualTo("attached\n");
        assertThat(sh("cat /proc/cmdline").output()).contains("Input/output error");
        control("disengage cmdline_proc_show");
        assertThat(sh("cat /proc/cmdline").status()).isZero();
        control("engage cmdline_proc_show -5");
        assertThat(sh("cat /proc/cmdline").output()).contains("Input/output error");
        sh("kill $(cat /tmp/pid); sleep 0.5");
        assertThat(sh("cat /proc/cmdline").output()).contains("Input/output error");
        note(Bypass.NO_EFFECT, "BPF program on a kprobe of perf, before and after");
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
        note(Bypass.NO_EFFECT, "kprobe event, before and after");
    }

    @Test
    void bpfTrampolinesChangeNothing() {
        control("engage cmdline_proc_show -5");
        for (String kind : new String[] {"fentry", "fexit"}) {
            String attached = attach(kind);
            if (attached.contains("Device or resource busy")) {
                // up to 5.19 such a program redirects the function as we do: whoever comes second is refused
                assertExcludesTrampoline(kind);
                note(Bypass.REFUSED, "BPF " + kind + " program, before and after");
                continue;
            }
            if (!features.bpfTrampolines()) { // ENOTSUPP, with or without us
                assertThat(attached).contains("524");
                control("disengage cmdline_proc_show");
                assertThat(attach(kind)).contains("524");
                note(Bypass.NOT_THERE, "BPF " + kind + " program, before and after");
                continue;
            }
            assertThat(attached).isEqualTo("attached\n");
            assertThat(sh("cat /proc/cmdline").output()).as(kind).contains("Input/output error");
            control("disengage cmdline_proc_show");
            assertThat(sh("cat /proc/cmdline").status()).isZero();
            control("engage cmdline_proc_show -5");
            assertThat(sh("cat /proc/cmdline").output()).as(kind).contains("Input/output error");
            sh("kill $(cat /tmp/pid); sleep 0.5");
            assertThat(sh("cat /proc/cmdline").output()).as(kind).contains("Input/output error");
            note(Bypass.NO_EFFECT, "BPF " + kind + " program, before and after");
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
        boolean overridden = features.overridesInsideKprobes();
        assertThat(sh("cat /sys/kernel/debug/ks_contexts").output())
                .isEqualTo("softirq=%1$d in_softirq=1 hardirq=%1$d in_hardirq=1 inside=1\n"
                        .formatted(overridden ? -13 : 0));
        control("disengage ks_test_vuln");
        assertThat(sh("cat /sys/kernel/debug/ks_contexts").output())
                .isEqualTo("softirq=0 in_softirq=1 hardirq=0 in_hardirq=1 inside=1\n");
        assertThat(sh("rmmod ks_contexts").status()).isZero();
        note(
                overridden ? Bypass.NO_EFFECT : Bypass.DOCUMENTED,
                "call from a softirq and a hard interrupt while a kprobe handler runs");
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
        note(Bypass.REFUSED, "another module's redirection, before and after");
    }

    @Test
    void livepatchAndKillswitchExcludeEachOther() {
        if (!features.livepatch()) {
            // then the kernel has no place for one; what else can own an entry is tested above
            assertThat(sh("ls /sys/kernel/livepatch").status()).isNotZero();
            note(Bypass.NOT_THERE, "livepatch, before and after");
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
        note(Bypass.REFUSED, "livepatch, before and after");
    }
}
