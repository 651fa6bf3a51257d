// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/** SPEC sections 2 and 3: observe, enforce, and the reason that comes with a command. */
@ParameterizedClass(name = "{0}")
@StockKernels
final class ObserveTest extends SharedGuest {

    private static final String TEST_MODULE = "/modules/test_killswitch.ko";

    ObserveTest(String kernel) {
        super(kernel);
    }

    @BeforeEach
    void clearLog() {
        log();
    }

    @AfterEach
    void cleanUp() {
        control("disengage_all");
        sh("lsmod | grep -q ^test_killswitch || insmod " + TEST_MODULE);
        assertThat(fire(1)).isEqualTo("ok 1");
    }

    @Test
    void itCountsAndOverridesNothingUntilItIsEnforced() {
        assertThat(control("observe ks_test_vuln")).isEqualTo("ok 20");
        assertThat(read("fn/ks_test_vuln/state")).isEqualTo("observing\n");
        assertThat(read("engaged")).as("it is not engaged").isEmpty();
        assertThat(fire(0xC0FFEE)).isEqualTo("EBADMSG");
        assertThat(fire(1)).isEqualTo("ok 1");
        assertThat(read("fn/ks_test_vuln/hits")).isEqualTo("2\n");
        assertThat(write("fn/ks_test_vuln/retval", "-1")).isEqualTo("EINVAL");
        assertThat(control("keep ks_test_vuln")).isEqualTo("EINVAL");
        assertThat(control("engage ks_test_vuln -1")).isEqualTo("EBUSY");

        assertThat(control("enforce ks_test_vuln -13 # CVE-2026-1")).startsWith("ok");
        assertThat(fire(1)).isEqualTo("EACCES");
        assertThat(read("engaged")).isEqualTo("ks_test_vuln retval=-13 hits=3\n");
        assertThat(read("fn/ks_test_vuln/state")).isEqualTo("engaged\n");
        assertThat(read("fn/ks_test_vuln/reason")).isEqualTo("CVE-2026-1\n");
        assertThat(control("enforce ks_test_vuln -1")).isEqualTo("EINVAL");
        assertThat(control("enforce no_such_function -1")).isEqualTo("ENOENT");
        assertThat(log())
                .anyMatch(l -> l.matches("observe ks_test_vuln uid=0 auid=\\d+ ses=\\d+ comm=kwrite"))
                .anyMatch(l -> l.matches("enforce ks_test_vuln=-13 hits=2 uid=0 auid=\\d+ ses=\\d+ comm=kwrite"
                        + " reason=\"CVE-2026-1\""));
    }

    @Test
    void malformedOnesChangeNothing() {
        for (String command : new String[] {
            "observe", "observe ks_test_vuln x", "observe a b c", "enforce ks_test_vuln", "enforce ks_test_vuln x"
        }) {
            assertThat(control(command)).as(command).isEqualTo("EINVAL");
        }
        assertThat(sh("ls " + ROOT + "/fn").output()).isEmpty();
    }

    @Test
    void itSurvivesItsModule() {
        control("observe ks_test_vuln # who uses it?");
        fire(1);
        sh("rmmod test_killswitch");
        assertThat(read("pending")).isEqualTo("ks_test_vuln observe module=test_killswitch\n");
        sh("insmod " + TEST_MODULE);
        assertThat(fire(1)).isEqualTo("ok 1");
        assertThat(awaitRead("fn/ks_test_vuln/hits")).isEqualTo("2\n");
        assertThat(read("fn/ks_test_vuln/reason")).isEqualTo("who uses it?\n");
        sh("rmmod test_killswitch");
        assertThat(control("enforce ks_test_vuln -13"))
                .as("while it is pending")
                .startsWith("ok");
        assertThat(read("pending")).isEqualTo("ks_test_vuln retval=-13 module=test_killswitch\n");
        sh("insmod " + TEST_MODULE);
        assertThat(fire(1)).isEqualTo("EACCES");
    }

    @Test
    void whatIsOnlyReachedByAKprobeIsObservedToo() {
        if (!features.kprobeOverride()) {
            assertThat(control("observe tracing_readme_read")).isEqualTo("EINVAL");
            return;
        }
        assertThat(control("observe tracing_readme_read")).startsWith("ok");
        assertThat(sh("head -c 4 /sys/kernel/tracing/README").output()).isEqualTo("trac");
        assertThat(read("fn/tracing_readme_read/hits")).isEqualTo("1\n");
        assertThat(control("enforce tracing_readme_read -5")).startsWith("ok");
        assertThat(sh("head -c 4 /sys/kernel/tracing/README").status()).isNotZero();
    }

    @Test
    void theTraceEventTellsObservedFromOverridden() {
        require("cd /sys/kernel/tracing; echo > trace; echo 1 > events/killswitch/killswitch_hit/enable");
        control("observe ks_test_vuln");
        assertThat(fire(1)).isEqualTo("ok 1");
        control("enforce ks_test_vuln -13");
        assertThat(fire(1)).isEqualTo("EACCES");
        String trace = require("cd /sys/kernel/tracing; echo 0 > events/killswitch/killswitch_hit/enable; cat trace");
        assertThat(trace.lines()
                        .filter(l -> l.contains("killswitch_hit: "))
                        .map(l -> l.replaceAll(".*killswitch_hit: ", "")))
                .containsExactly(
                        "symbol=ks_test_vuln retval=0 uid=0 state=observed",
                        "symbol=ks_test_vuln retval=-13 uid=0 state=overridden");
    }

    /** A caller in a loop on each CPU sees what the function returns, then the value, never anything else. */
    @Test
    void enforcingLeavesNoGap() {
        for (boolean traced : new boolean[] {false, true}) {
            if (traced) {
                require("echo 1 > /sys/kernel/tracing/events/killswitch/killswitch_hit/enable");
            }
            control("observe ks_test_vuln");
            String result = require("""
                    cd /tmp; rm -f stop out.*; printf 1 > one
                    for cpu in 0 1; do
                        (while [ ! -e stop ]; do
                            taskset $((cpu + 1)) kwrite %2$s < /tmp/one
                        done > out.$cpu) &
                    done
                    sleep 2
                    printf 'enforce ks_test_vuln -13' | kwrite %1$s/control
                    sleep 1; touch stop; wait
                    for cpu in 0 1; do uniq out.$cpu | tr '\\n' ' '; done
                    cat %1$s/fn/ks_test_vuln/hits; cat out.0 out.1 | wc -l
                    """.formatted(ROOT, TestGuest.FIRE));
            require("echo 0 > /sys/kernel/tracing/events/killswitch/killswitch_hit/enable");
            String[] lines = result.split("\n", -1);
            assertThat(lines[0]).isEqualTo("ok 24");
            assertThat(lines[1]).matches("ok 1 EACCES ok 1 EACCES \\d+");
            long hits = Long.parseLong(lines[1].replaceAll(".* ", ""));
            assertThat(hits).as("no call is lost").isEqualTo(Long.parseLong(lines[2].strip()));
            control("disengage ks_test_vuln");
        }
    }

    /**
     * On a busy path, for as long as the property killswitch.observe.seconds says: each call is counted, and with enforce
     * every caller sees the value from one call on. The calls of the two callers that are killed may be counted or not.
     */
    @Test
    void noCallOfABusyPathIsLost() {
        int seconds = Integer.getInteger("killswitch.observe.seconds", 3);
        control("observe ks_test_vuln");
        String result = require("""
                    hammer --workers 2 --forward EACCES > /tmp/hammer 2>&1 & hammer=$!
                    until grep -qs running /tmp/hammer; do sleep 0.1; done
                    sleep %1$d
                    cat %2$s/fn/ks_test_vuln/hits
                    printf 'enforce ks_test_vuln -13' | kwrite %2$s/control
                    sleep 1
                    kill $hammer; wait $hammer; echo "hammer $?"
                    cat /tmp/hammer %2$s/fn/ks_test_vuln/hits
                    """.formatted(seconds, ROOT));
        assertThat(result).contains("\nok 24\nhammer 0\nrunning\n");
        List<Long> calls = Pattern.compile("(?:success|EBADMSG|EACCES) (\\d+)")
                .matcher(result)
                .results()
                .map(m -> Long.parseLong(m.group(1)))
                .toList();
        long counted = Long.parseLong(result.strip().substring(result.strip().lastIndexOf('\n') + 1));
        assertThat(calls).as(result).hasSize(4);
        assertThat(counted - calls.stream().mapToLong(n -> n).sum()).as(result).isBetween(0L, 2L);
    }

    @Test
    void aReasonStaysWithTheEngagement() {
        assertThat(control("engage ks_test_vuln -1 \t# CVE-2026-31431: it's \\ \"open\" # here "))
                .startsWith("ok");
        assertThat(read("fn/ks_test_vuln/reason")).isEqualTo("CVE-2026-31431: it's \\ \"open\" # here\n");
        assertThat(log())
                .singleElement()
                .asString()
                .endsWith(" comm=kwrite reason=\"CVE-2026-31431: it\\x27s \\x5c \\x22open\\x22 # here\"");
        assertThat(control("disengage ks_test_vuln # false alarm")).startsWith("ok");
        assertThat(log()).singleElement().asString().endsWith(" reason=\"false alarm\"");
        control("engage ks_test_vuln -1");
        assertThat(read("fn/ks_test_vuln/reason")).isEqualTo("\n");
    }

    @Test
    void reasonsThatAreRefused() {
        for (String command : new String[] {
            "engage ks_test_vuln -1 # " + "x".repeat(121),
            "engage ks_test_vuln -1 #",
            "engage ks_test_vuln -1 # ",
            "engage ks_test_vuln -1 # a\nb",
            "engage ks_test_vuln -1 # \u00e9",
            "disengage_all # all",
            "seal # for good",
            "lock # for good",
            "engage ks_test_vuln -1 #reason",
            "engage # ks_test_vuln -1"
        }) {
            assertThat(control(command)).as(command).isEqualTo("EINVAL");
        }
        assertThat(read("engaged")).isEmpty();
        assertThat(control("engage ks_test_vuln -1 # " + "x".repeat(120))).startsWith("ok");
    }
}
