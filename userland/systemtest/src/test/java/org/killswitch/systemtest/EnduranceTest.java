// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;

/** Many engagements, one after the other and side by side. Mostly waits for grace periods: both kernels at once. */
@ParameterizedClass(name = "{0}")
@StockKernels
@Execution(ExecutionMode.CONCURRENT)
final class EnduranceTest {

    /** More than this is a leak in each of the 900 cycles, less is the kernel's own coming and going. */
    private static final long GROWTH_KIB = 128;

    private final String kernel;

    EnduranceTest(String kernel) {
        this.kernel = kernel;
    }

    @Test
    @OnlyInMatrix
    void aThousandCyclesWhileTheFunctionIsCalled() {
        try (TestGuest guest = TestGuest.boot(kernel)) {
            String result = guest.sh("""
                    dmesg -n 4
                    memory() {
                        echo 3 > /proc/sys/vm/drop_caches; sleep 2; echo 3 > /proc/sys/vm/drop_caches
                        awk -v at=$1 '/^(SUnreclaim|Percpu|VmallocUsed):/ { print at, $1, $2 }' /proc/meminfo
                    }
                    hammer --workers 2 --pause 2000 EPERM > /tmp/hammer 2>&1 & hammer=$!
                    until grep -qs running /tmp/hammer; do sleep 0.1; done
                    i=0
                    while [ $i -lt 1000 ]; do
                        echo 'engage ks_test_vuln -1' > /sys/kernel/security/killswitch/control || exit 3
                        echo 'disengage ks_test_vuln' > /sys/kernel/security/killswitch/control || exit 4
                        i=$((i + 1))
                        if [ $i = 100 ] || [ $i = 1000 ]; then memory $i; fi
                    done
                    kill $hammer
                    wait $hammer; echo "hammer $?"
                    cat /tmp/hammer
                    """).output();
            assertThat(result).contains("\nhammer 0\n");
            for (String kind : new String[] {"SUnreclaim", "Percpu", "VmallocUsed"}) {
                assertThat(kib(result, 1000, kind) - kib(result, 100, kind))
                        .as("growth of %s in KiB from cycle 100 to 1000: %s", kind, result)
                        .isLessThan(GROWTH_KIB);
            }
            assertThat(guest.read("engaged")).isEmpty();
            assertThat(guest.fire(1)).isEqualTo("ok 1");
        }
    }

    private static long kib(String result, int cycle, String kind) {
        Matcher m = Pattern.compile("^" + cycle + " " + kind + ": (\\d+)$", Pattern.MULTILINE)
                .matcher(result);
        assertThat(m.find()).as(result).isTrue();
        return Long.parseLong(m.group(1));
    }

    @Test
    @OnlyInMatrix
    void theThousandTwentyFifthEngagementIsRefused() {
        try (TestGuest guest = TestGuest.boot(kernel)) {
            // a file system that nothing here uses has functions enough
            String result = guest.sh("""
                    dmesg -n 4
                    modprobe xfs || exit 3
                    awk '$4 == "[xfs]" && $2 ~ /[tT]/ && $3 ~ /^xfs_[a-z_0-9]*$/ { print $3 }' /proc/kallsyms \
                        | sort | uniq -u | head -n 1300 > /tmp/functions
                    while read function; do
                        [ $(wc -l < /sys/kernel/security/killswitch/engaged) -lt 1024 ] || break
                        echo "engage xfs:$function -5" > /sys/kernel/security/killswitch/control
                    done < /tmp/functions 2> /dev/null
                    wc -l < /sys/kernel/security/killswitch/engaged
                    """).output();
            assertThat(result).isEqualTo("1024\n");
            String before = guest.read("engaged");
            guest.log();
            assertThat(guest.control("engage ks_test_vuln -1")).isEqualTo("ENOMEM");
            assertThat(guest.log()).containsExactly("ks_test_vuln: all 1024 places for engagements are taken");
            assertThat(guest.read("engaged")).isEqualTo(before);
            assertThat(guest.sh("ls " + TestGuest.ROOT + "/fn | wc -l").output().strip())
                    .isEqualTo("1024");
            assertThat(guest.fire(1)).isEqualTo("ok 1");

            String first = before.substring(0, before.indexOf(' '));
            assertThat(guest.control("disengage " + first)).startsWith("ok");
            assertThat(guest.control("engage ks_test_vuln -1")).startsWith("ok");
            assertThat(guest.fire(1)).isEqualTo("EPERM");
        }
    }
}
