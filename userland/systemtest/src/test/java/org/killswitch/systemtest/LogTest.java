// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/** SPEC section 4: the log lines, word for word, and the audit records. */
@ParameterizedClass(name = "{0}")
@StockKernels
final class LogTest extends SharedGuest {

    private static final String NOBODY_SET = "auid=4294967295 ses=4294967295";

    LogTest(String kernel) {
        super(kernel, "audit=1");
    }

    @Test
    void everyChangeIsALineWithTheOperator() {
        log();
        control("engage ks_test_vuln -1");
        write("fn/ks_test_vuln/retval", "-13");
        fire(1);
        control("disengage ks_test_vuln");
        control("tryengage ks_test_vuln -1 60");
        control("disengage_all");
        String who = " uid=0 " + NOBODY_SET + " comm=kwrite";
        assertThat(log())
                .containsExactly(
                        "engage ks_test_vuln=-1" + who,
                        "retval ks_test_vuln=-13 was=-1" + who,
                        "disengage ks_test_vuln hits=1" + who,
                        "tryengage ks_test_vuln=-1 timeout=60s" + who,
                        "disengage ks_test_vuln hits=0" + who);
    }

    @Test
    void theLoginIsNamedWhereThereIsOne() {
        log();
        sh("sh -c 'echo 1000 > /proc/self/loginuid; printf \"engage ks_test_vuln -1\" | kwrite " + ROOT + "/control'");
        control("disengage_all");
        assertThat(log()).element(0).asString().matches("engage ks_test_vuln=-1 uid=0 auid=1000 ses=\\d+ comm=kwrite");
    }

    @Test
    void aProcessNameCannotForgeALine() {
        log();
        sh("cp $(command -v kwrite) \"/tmp/$(printf 'a\\nb uid=1 \\\\\"')\"; "
                + "printf 'engage ks_test_vuln -1' | /tmp/a* " + ROOT + "/control; rm /tmp/a*");
        control("disengage_all");
        assertThat(log())
                .element(0)
                .isEqualTo("engage ks_test_vuln=-1 uid=0 " + NOBODY_SET + " comm=a\\x0ab\\x20uid=1\\x20\\x5c\\x22");
    }

    @Test
    void everyRefusalThatAnErrnoDoesNotExplainIsALine() {
        log();
        control("bogus");
        control("engage ks_test_vuln");
        control("engage ks_test_vuln+4 -1");
        control("tryengage ks_test_vuln -1 86401");
        control("engage start_kernel -1");
        control("engage ks_test_vuln.cold -1");
        control("engage ks_test_vuln -1");
        control("engage test_killswitch:ks_test_vuln -1");
        control("disengage_all");
        assertThat(log())
                .filteredOn(l -> !l.contains(" uid="))
                .containsExactly(
                        "unknown command; there are engage, tryengage, engagefor, engageif, engagebpf, keep, observe, enforce,"
                                + " disengage, disengage_all, seal and lock",
                        "engage takes 2 words after it",
                        "engage takes a function's name, or <module>:<name>, without an offset",
                        "the time is in whole seconds, 0 to 86400",
                        "start_kernel: not a function that can be probed (register_kprobe: -EINVAL)",
                        "ks_test_vuln.cold: a part of a function, not a function",
                        "test_killswitch:ks_test_vuln: already engaged as ks_test_vuln");
    }

    @Test
    void changesAreAuditRecords() {
        // without an audit daemon the records go to the log, a few a second
        sh("echo 0 > /proc/sys/kernel/printk_ratelimit");
        control("engage ks_test_vuln -1");
        control("disengage ks_test_vuln");
        sh("sleep 1");
        assertThat(dmesg())
                .anyMatch(
                        l -> l.matches(".*audit: type=1316 .*module=killswitch msg='engage ks_test_vuln=-1 uid=0 .*'"))
                .anyMatch(l -> l.matches(
                        ".*audit: type=1316 .*module=killswitch msg='disengage ks_test_vuln hits=0 uid=0 .*'"));
    }
}
