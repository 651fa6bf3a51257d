// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.killswitch.lab.GuestFailure;

final class ConsoleWatchTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    PANIC   | [    2.9] Kernel panic - not syncing: sysrq triggered crash
                    OOPS    | [    3.1] BUG: unable to handle page fault for address: ffffffffc0000000
                    OOPS    | [    3.1] BUG: kernel NULL pointer dereference, address: 0000000000000000
                    OOPS    | [    3.1] Oops: 0002 [#1] PREEMPT SMP NOPTI
                    OOPS    | [    3.1] general protection fault, probably for non-canonical address
                    OOPS    | [    3.1] BUG: KASAN: slab-use-after-free in ks_engage+0x1/0x2
                    OOPS    | [    3.1] BUG: sleeping function called from invalid context at mm/slab.h:1
                    OOPS    | [    3.1] kernel BUG at mm/slub.c:1!
                    STALL   | [   30.1] rcu: INFO: rcu_preempt self-detected stall on CPU
                    STALL   | [   30.1] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
                    STALL   | [   30.1] watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [sh:1]
                    STALL   | [  130.1] INFO: task sh:1 blocked for more than 120 seconds.
                    WARNING | [    3.1] ------------[ cut here ]------------
                    WARNING | [    3.1] WARNING: CPU: 0 PID: 1 at kernel/trace/ftrace.c:1 f+0x1/0x2
                    WARNING | [    3.1][  T212] WARNING: CPU: 0 PID: 1 at kernel/trace/ftrace.c:1 f+0x1/0x2
                    WARNING | [    3.1] WARNING: possible circular locking dependency detected
                    """)
    void signsOfTrouble(GuestFailure.Kind kind, String line) {
        ConsoleWatch watch = new ConsoleWatch();
        watch.line("[    1.0] all is well");
        watch.line(line);
        watch.line("[    9.9] Kernel panic - what follows is not the cause");
        assertThat(watch.failure()).hasValueSatisfying(f -> {
            assertThat(f.kind()).isEqualTo(kind);
            assertThat(f).hasMessageContaining(line.strip());
            assertThat(f.console()).hasSize(3);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[    0.8] mtrr: your CPUs had inconsistent fixed MTRR settings",
                "[    3.1] killswitch: engage ks_test_vuln=-1 uid=0 auid=0 ses=1 comm=sh",
                "[    3.1] killswitch: loading out-of-tree module taints kernel.",
                "[    3.1] livepatch: failed to enable patch 'ks_livepatch'",
                "[    0.0] RETBleed: WARNING: Spectre v2 mitigation leaves CPU vulnerable to RETBleed attacks, data leaks possible!",
                "[    1.2] amd_pstate: the _CPC object is not present in SBIOS or ACPI disabled",
                ""
            })
    void ordinaryLines(String line) {
        ConsoleWatch watch = new ConsoleWatch();
        watch.line(line);
        assertThat(watch.failure()).isEmpty();
    }

    @Test
    void keepsTheLastLines() {
        ConsoleWatch watch = new ConsoleWatch();
        for (int i = 0; i < 1000; i++) {
            watch.line("line " + i);
        }
        assertThat(watch.failure(GuestFailure.Kind.HANG, "it hung").console())
                .hasSize(100)
                .endsWith("line 999");
    }

    @Test
    void emulatorsWordsAreThoseBeforeTheKernelsFirst() {
        ConsoleWatch watch = new ConsoleWatch();
        watch.line("qemu-system-x86_64: -chardev socket: info: QEMU waiting for connection on: disconnected");
        watch.line("qemu-system-x86_64: Invalid SMP CPUs 1000");
        assertThat(watch.emulatorsWords()).hasValue("qemu-system-x86_64: Invalid SMP CPUs 1000");
        watch.line("[    0.000000] Linux version 6.1");
        assertThat(watch.emulatorsWords()).isEmpty();
    }

    @Test
    void aGuestThatDidNotBootSaysWhy() {
        ConsoleWatch watch = new ConsoleWatch();
        watch.line("[    2.9] Kernel panic - not syncing: No working init found.");
        GuestFailure failure = watch.noBoot(watch.failure().orElseThrow());
        assertThat(failure.kind()).isEqualTo(GuestFailure.Kind.NO_BOOT);
        assertThat(failure)
                .hasMessageContaining("No working init found")
                .cause()
                .isInstanceOfSatisfying(
                        GuestFailure.class, cause -> assertThat(cause.kind()).isEqualTo(GuestFailure.Kind.PANIC));
    }
}
