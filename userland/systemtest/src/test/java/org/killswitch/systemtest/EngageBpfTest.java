// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.killswitch.lab.Output;

/** SPEC section 6, engagebpf: programs compiled by clang, on a kernel with error injection. */
@Tag("long")
final class EngageBpfTest extends SharedGuest {

    private static final String KERNEL = "6.12-errinj";
    private static final String PINS = "/sys/fs/bpf/killswitch";
    private static final String HELPER = "/usr/sbin/ks-bpf-load";
    private static final String REAL_HELPER = "/opt/killswitch/bin/ks-bpf-load";
    private static final String BY = " uid=0 auid=4294967295 ses=4294967295 comm=kwrite";
    private static final String GATE = "within_error_injection_list";

    private int programs;

    EngageBpfTest() {
        super(KERNEL, TestGuest::bootWithCommand);
    }

    @BeforeEach
    void begin() {
        useHelper(REAL_HELPER);
        programs = programs();
        log();
    }

    @AfterEach
    void nothingIsLeft() {
        control("disengage_all");
        sh("rm -f " + PINS + "/*");
        assertThat(read("engaged")).isEmpty();
        assertThat(fire(1)).isEqualTo("ok 1");
        assertPrograms(programs);
        assertThat(require("cat /sys/kernel/debug/kprobes/list")).doesNotContain("ks_test_vuln");
        sh("rm -f /tmp/*");
    }

    private void useHelper(String program) {
        require("ln -sf " + program + " " + HELPER);
    }

    private String engageBpf(String symbol, String object) {
        return control("engagebpf " + symbol + " /bpf/" + object);
    }

    @Test
    void aProgramOverridesUntilItsPinIsGone() {
        assertThat(require("inet_bind dgram")).isEqualTo("ok\n");
        assertThat(engageBpf("inet_bind", "override.bpf.o")).startsWith("ok");
        assertThat(log())
                .containsExactly(
                        "ks-bpf-load: attached to inet_bind, for as long as it is pinned at " + PINS + "/inet_bind",
                        "engagebpf inet_bind bpf=/bpf/override.bpf.o rc=0" + BY);
        assertThat(require("inet_bind dgram")).isEqualTo("EACCES\n");
        assertThat(require("ls " + PINS)).isEqualTo("inet_bind\n");
        assertThat(require("killswitch bpf list")).containsPattern("inet_bind +link +\\d+\n");
        assertThat(require("killswitch status")).containsPattern("inet_bind +- +- +bpf program");
        assertThat(read("engaged")).isEmpty();
        assertThat(require("killswitch bpf remove inet_bind")).isEqualTo("inet_bind is removed\n");
        assertThat(require("inet_bind dgram")).isEqualTo("ok\n");
    }

    @Test
    void itOutlivesTheModule() {
        assertThat(engageBpf("inet_bind", "override.bpf.o")).startsWith("ok");
        require("rmmod killswitch");
        assertThat(require("inet_bind stream")).isEqualTo("EACCES\n");
        require(TestGuest.INSMOD);
        require("rm " + PINS + "/inet_bind");
        assertThat(require("inet_bind stream")).isEqualTo("ok\n");
    }

    @Test
    void aSecondProgramHasAPinOfItsOwn() {
        assertThat(engageBpf("test_killswitch:ks_test_vuln", "two.bpf.o")).startsWith("ok");
        assertThat(require("ls " + PINS)).isEqualTo("ks_test_vuln\nks_test_vuln__count\n");
        assertThat(fire(2)).isEqualTo("EACCES");
        assertThat(fire(3)).isEqualTo("ok 1");
        require("rm " + PINS + "/ks_test_vuln");
        assertThat(fire(2)).isEqualTo("ok 1");
    }

    @Test
    void theCommandDoesItAndSaysWhyNot() {
        Output done = sh("killswitch engage inet_bind --bpf /bpf/override.bpf.o");
        assertThat(done.status()).as(done.output()).isZero();
        assertThat(done.output()).contains("inet_bind", "killswitch bpf remove").hasLineCount(1);
        assertThat(require("inet_bind stream")).isEqualTo("EACCES\n");
        Output again = sh("killswitch engage inet_bind --bpf /bpf/override.bpf.o");
        assertThat(again.status()).isEqualTo(1);
        assertThat(again.output())
                .startsWith("killswitch: cannot load a program for inet_bind: " + PINS + "/inet_bind is there already")
                .hasLineCount(1);
    }

    @Test
    void whatCannotBeLoadedIsAnIoErrorAndLeavesNothing() {
        require("echo 'int f;' > /tmp/source.bpf.c; head -c 600 /bpf/override.bpf.o > /tmp/short.bpf.o");
        assertFails("/tmp/missing.bpf.o", "there is no file /tmp/missing.bpf.o");
        assertFails("/tmp/source.bpf.c", "/tmp/source.bpf.c is no compiled object (ELF); compile it: clang");
        assertFails("/bin/busybox", "/bin/busybox is an object for another machine than BPF");
        assertFails("/tmp/short.bpf.o", "/tmp/short.bpf.o is damaged: ");
        assertFails("/tmp", "/tmp is no regular file");
        assertFails("/bpf/watching.bpf.o", "no program in /bpf/watching.bpf.o calls bpf_override_return()");
        assertFails("/bpf/on_return.bpf.o", "program late of /bpf/on_return.bpf.o is in section \"kretprobe\"");
        assertFails("/bpf/rejected.bpf.o", "invalid mem access 'map_value_or_null'");
        require("mkdir -p " + PINS + "; bpf_guard " + PINS + "/ks_test_vuln args 1=1");
        assertFails("/bpf/override.bpf.o", PINS + "/ks_test_vuln is there already");
        require("rm " + PINS + "/ks_test_vuln; rm " + HELPER);
        assertThat(engageBpf("ks_test_vuln", "override.bpf.o")).isEqualTo("EIO");
        assertThat(log()).first().asString().startsWith("ks_test_vuln: " + HELPER + " cannot be run: -ENOENT");
        assertThat(engageBpf("no_such_function", "override.bpf.o")).isEqualTo("EIO");
        assertThat(log()).containsExactly("no_such_function: there is no such function");
    }

    private void assertFails(String object, String reason) {
        assertThat(control("engagebpf ks_test_vuln " + object)).as(object).isEqualTo("EIO");
        List<String> log = log();
        assertThat(log).as(object).hasSize(2);
        assertThat(log.get(0)).startsWith("ks-bpf-load: ks_test_vuln: ").contains(reason);
        assertThat(log.get(1)).isEqualTo("engagebpf ks_test_vuln bpf=" + object + " rc=1" + BY);
        assertThat(fire(1)).isEqualTo("ok 1");
        sh("rmdir " + PINS + " 2>/dev/null");
        assertThat(sh("ls " + PINS + " | grep -v '^ks_test_vuln$'").output()).doesNotContain("ks_");
    }

    @Test
    void wordsAndNamesAreChecked() {
        assertThat(control("engagebpf ks_test_vuln")).isEqualTo("EINVAL");
        assertThat(control("engagebpf ks_test_vuln override.bpf.o")).isEqualTo("EINVAL");
        assertThat(control("engagebpf ks_test_vuln+4 /bpf/override.bpf.o")).isEqualTo("EINVAL");
        assertThat(control("engagebpf init_once /bpf/override.bpf.o")).isEqualTo("EADDRNOTAVAIL");
        assertThat(control("engage ks_test_vuln -1")).startsWith("ok");
        assertThat(engageBpf("ks_test_vuln", "override.bpf.o")).isEqualTo("EBUSY");
    }

    @Test
    void anOperatorsOwnOverrideOfTheGateIsLeftAlone() {
        assertThat(control("engage " + GATE + " 0")).startsWith("ok");
        assertThat(engageBpf("ks_test_vuln", "override.bpf.o")).isEqualTo("EBUSY");
        assertThat(log()).contains("ks_test_vuln: " + GATE + " is engaged; disengage that first");
        assertThat(read("engaged")).startsWith(GATE + " retval=0 ");
        assertThat(sh("ls " + PINS).output()).doesNotContain("ks_test_vuln");
    }

    /** While a helper of ours has the gate open, nobody else gets through, and it does not get elsewhere. */
    @Test
    void theGateIsForOneProcessAndOneFunction() {
        helper("touch /tmp/open; while [ ! -e /tmp/go ]; do sleep 0.1; done;"
                // A child is another process, and what the helper becomes is not.
                + " " + REAL_HELPER + " $1 ks_test_vuln; echo $? > /tmp/child;"
                + " exec " + REAL_HELPER + " $1 inet_bind");
        openGate();
        assertThat(engageBpf("ks_test_vuln", "override.bpf.o")).isEqualTo("EBUSY");
        assertByHandRefused("ks_test_vuln");
        assertByHandRefused("inet_bind");
        assertThat(closeGate()).isEqualTo("EIO");
        assertThat(require("cat /tmp/child")).isEqualTo("1\n");
        assertByHandRefused("ks_test_vuln");
        assertThat(require("inet_bind stream")).isEqualTo("ok\n");
        assertThat(sh("ls " + PINS).output()).isEmpty();
    }

    @Test
    void theHelperGetsThroughUntilItEnds() {
        helper("touch /tmp/open; while [ ! -e /tmp/go ]; do sleep 0.1; done; exec " + REAL_HELPER + " $1 $2");
        openGate();
        assertByHandRefused("ks_test_vuln");
        assertThat(closeGate()).startsWith("ok");
        assertThat(fire(1)).isEqualTo("EACCES");
        require("rm " + PINS + "/ks_test_vuln");
        assertByHandRefused("ks_test_vuln");
    }

    /** Whoever wrote the command waits for it in the kernel, where no signal helps. */
    @Test
    void aHelperThatDoesNotEndIsKilled() {
        helper("exec sleep 1000");
        assertThat(engageBpf("ks_test_vuln", "override.bpf.o")).isEqualTo("EIO");
        assertThat(log())
                .containsSequence(
                        HELPER + " has not ended after 60 s and is killed",
                        "engagebpf ks_test_vuln bpf=/bpf/override.bpf.o rc=137" + BY);
    }

    private void helper(String script) {
        require("cat > /tmp/helper <<'END'\n#!/bin/sh\n" + script + "\nEND\nchmod 755 /tmp/helper");
        useHelper("/tmp/helper");
    }

    private void openGate() {
        require("(echo engagebpf ks_test_vuln /bpf/override.bpf.o | kwrite " + ROOT
                + "/control > /tmp/result; touch /tmp/over) > /dev/null 2>&1 &");
        require("for i in $(seq 300); do [ -e /tmp/open ] && exit; sleep 0.1; done; exit 1");
    }

    private String closeGate() {
        require("touch /tmp/go; for i in $(seq 600); do [ -e /tmp/over ] && exit; sleep 0.1; done; exit 1");
        return require("cat /tmp/result").strip();
    }

    private void assertByHandRefused(String function) {
        Output byHand = sh(REAL_HELPER + " /bpf/override.bpf.o " + function);
        assertThat(byHand.status()).as(byHand.output()).isEqualTo(1);
        assertThat(byHand.output()).contains("attaching it to " + function + ": Invalid argument");
    }
}
