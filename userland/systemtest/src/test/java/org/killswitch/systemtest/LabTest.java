// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestFailure;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.KernelHealth;
import org.killswitch.lab.Output;

/** The lab itself: what a guest says arrives, and a kernel in trouble is never missed. */
final class LabTest {

    private static void inGuest(GuestSpec spec, Consumer<Guest> test) {
        try (Guest guest = Project.LAB.boot(Project.kernel("6.1"), spec)) {
            test.accept(guest);
        }
    }

    @Test
    void outputErrorsAndStatusArrive() {
        inGuest(GuestSpec.standard().withMachine(1, 512), guest -> {
            assertThat(guest.run("echo out; echo err >&2; exit 7")).isEqualTo(new Output(7, "out\nerr\n"));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            int status = guest.run("printf 'a\\0b'; echo err >&2; exit 200", out, err);
            assertThat(status).isEqualTo(200);
            assertThat(out.toByteArray()).isEqualTo("a\0b".getBytes(StandardCharsets.UTF_8));
            assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("err\n");
            assertThat(guest.run("kill -9 $$").status()).isEqualTo(128 + 9);
            assertThat(guest.run("head -c 3000000 /dev/zero | tr '\\0' x").output())
                    .hasSize(3_000_000);
            assertThat(guest.run("cat; nproc").output()).isEqualTo("1\n");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "PANIC,   echo c > /proc/sysrq-trigger; sleep 10",
        "OOPS,    echo 'BUG: unable to handle page fault' > /dev/kmsg; echo fine",
        "WARNING, echo '------------[ cut here ]------------' > /dev/kmsg; echo fine",
        "STALL,   echo 'watchdog: BUG soft lockup - CPU#0 stuck' > /dev/kmsg; echo fine",
        "GONE,    poweroff -f; sleep 10",
        "HANG,    sleep 1000"
    })
    void aKernelInTroubleIsAnErrorWhateverTheCommandSaid(GuestFailure.Kind kind, String script) {
        assertThatThrownBy(() -> inGuest(
                        GuestSpec.standard().withMachine(1, 512).withTimeout(Duration.ofSeconds(20)),
                        guest -> guest.run(script)))
                .isInstanceOfSatisfying(GuestFailure.class, e -> {
                    assertThat(e.kind()).isEqualTo(kind);
                    assertThat(e.console()).isNotEmpty();
                });
    }

    @Test
    void whatTheKernelWarnedOfIsToldAlsoWhereTheConsoleWasTurnedDown() {
        inGuest(GuestSpec.standard().withMachine(1, 512), guest -> {
            KernelHealth.require(guest);
            assertThat(guest.run("""
                            dmesg -n 1
                            for line in before 'WARNING: CPU: 0 at nowhere' 'in between' '---[ end trace ]---' after; do
                                echo "$line" > /dev/kmsg
                            done
                            echo 512 > /proc/sys/kernel/tainted
                            """).status()).isZero();
            assertThatThrownBy(() -> KernelHealth.require(guest))
                    .isInstanceOf(GuestFailure.class)
                    .message()
                    .satisfies(m -> assertThat(m.lines().findFirst().orElseThrow())
                            .containsPattern("it is tainted: 512: .*WARNING: CPU: 0 at nowhere"))
                    .contains("in between", "end trace")
                    .doesNotContain("before", "after");
        });
    }

    @Test
    void aKernelThatCannotBootIsNotTakenForAFailedTest() {
        assertThatThrownBy(() -> inGuest(
                        GuestSpec.standard().withMachine(1, 512).withAppend(List.of("rdinit=/nowhere")),
                        guest -> guest.run("true")))
                .isInstanceOfSatisfying(
                        GuestFailure.class, e -> assertThat(e.kind()).isEqualTo(GuestFailure.Kind.NO_BOOT));
    }
}
