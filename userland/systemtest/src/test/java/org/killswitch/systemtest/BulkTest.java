// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/** Many functions at a time: what is waited for once is done for each. */
@ParameterizedClass(name = "{0}")
@StockKernels
final class BulkTest extends SharedGuest {

    private static final int MANY = 20;

    BulkTest(String kernel) {
        super(kernel);
    }

    /** Engages functions of a file system that nothing here uses. */
    @BeforeEach
    void engageMany() {
        require("""
                lsmod | grep -q '^xfs ' || modprobe xfs
                awk '$4 == "[xfs]" && $2 ~ /[tT]/ && $3 ~ /^xfs_[a-z_0-9]*$/ { print $3 }' /proc/kallsyms \
                    | sort | uniq -u > /tmp/candidates
                """);
        engage();
    }

    private void engage() {
        String engaged = require("""
                while read function; do
                    [ $(wc -l < %1$s/engaged) -lt %2$d ] || break
                    echo "engage xfs:$function -5" > %1$s/control
                done < /tmp/candidates 2> /dev/null
                sed 's/ .*//' %1$s/engaged > /tmp/engaged; wc -l < /tmp/engaged
                """.formatted(ROOT, MANY)).strip();
        assertThat(engaged).isEqualTo(Integer.toString(MANY));
        assertThat(control("engage ks_test_vuln -1")).startsWith("ok");
    }

    @AfterEach
    void cleanUp() {
        control("disengage_all");
        assertThat(fire(1)).isEqualTo("ok 1");
        // what traces nothing and redirects nothing is on no function; killswitch's own aside
        assertThat(require("grep -v '^ks_' /sys/kernel/tracing/enabled_functions || :"))
                .isEmpty();
        log();
    }

    @Test
    void allAreGivenBackAtOnceWhileOneIsCalled() {
        String result = require("""
                hammer --workers 2 --pause 2000 EPERM > /tmp/hammer 2>&1 & hammer=$!
                until grep -qs running /tmp/hammer; do sleep 0.1; done
                for i in 1 2 3; do
                    echo disengage_all > %1$s/control
                    [ $(wc -l < %1$s/engaged) = 0 ] || echo left
                    while read function; do echo "engage $function -5" > %1$s/control; done < /tmp/engaged
                    echo 'engage ks_test_vuln -1' > %1$s/control
                done
                echo disengage_all > %1$s/control
                kill $hammer; wait $hammer; echo "hammer $?"
                """.formatted(ROOT));
        assertThat(result).isEqualTo("hammer 0\n");
        assertThat(log()).filteredOn(l -> l.startsWith("disengage xfs:")).hasSize(4 * MANY);

        // somebody else may have the functions now, and then they are not ours
        require("insmod /modules/ks_owner.ko");
        assertThat(control("engage ks_test_vuln -1")).isEqualTo("EBUSY");
        require("rmmod ks_owner");
    }

    @Test
    void whoWaitsAtTheSameTimeIsServedAndNamed() {
        log();
        String result = require("""
                cd /tmp
                for f in $(cat engaged) ks_test_vuln ks_test_vuln not_engaged; do
                    i=$((i + 1))
                    printf 'disengage %%s' $f | kwrite %1$s/control > said.$i &
                done
                wait
                cat said.* | sort | sed 's/ok .*/ok/' | uniq -c; rm said.*
                """.formatted(ROOT));
        assertThat(result.lines().map(String::strip)).containsExactlyInAnyOrder("2 ENOENT", MANY + 1 + " ok");
        assertThat(read("engaged")).isEmpty();
        assertThat(log())
                .filteredOn(l -> l.startsWith("disengage "))
                .hasSize(MANY + 1)
                .allMatch(l -> l.endsWith(" uid=0 auid=4294967295 ses=4294967295 comm=kwrite"));
    }

    /** Or who reads the log takes what is engaged for what is not. */
    @Test
    void theLogHasTheOrderInWhichItHappened() {
        String result = require("""
                cd /tmp
                dmesg -c > /dev/null
                for f in $(head -n 8 engaged); do
                    for i in $(seq 10); do until echo "disengage $f" > %1$s/control; do sleep 0.05; done; done 2> /dev/null &
                    for i in $(seq 10); do until echo "engage $f -5" > %1$s/control; do sleep 0.05; done; done 2> /dev/null &
                done
                wait
                dmesg | sed -n 's/.*killswitch: \\(engage\\|disengage\\) \\(xfs:[a-z_0-9]*\\).*/\\2 \\1/p' > changes
                echo "$(wc -l < changes) changes"
                # of each function by turns
                sort -s -k 1,1 changes | uniq -d
                """.formatted(ROOT));
        assertThat(result).isEqualTo("160 changes\n");
        assertThat(read("engaged")).hasLineCount(MANY + 1);
    }

    @Test
    void allInAModuleBecomePendingAndComeBackWithIt() {
        List<String> before = read("engaged").lines().toList();
        log();
        require("rmmod xfs");
        assertThat(read("pending")).hasLineCount(MANY);
        assertThat(read("engaged")).isEqualTo("ks_test_vuln retval=-1 hits=0\n");
        assertThat(log())
                .filteredOn(l -> l.contains(" mitigation lost: module xfs unloading"))
                .hasSize(MANY);
        require("modprobe xfs");
        assertThat(read("engaged").lines()).containsExactlyElementsOf(before);
        assertThat(read("pending")).isEmpty();
    }
}
