// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.killswitch.lab.GuestFailure.Kind;

final class BootsTest {

    private final Boots boots = new Boots();

    private static GuestFailure noBoot(Kind kind, String detail) {
        GuestFailure failure = new GuestFailure(Kind.NO_BOOT, "...", List.of());
        failure.initCause(new GuestFailure(kind, detail, List.of()));
        return failure;
    }

    @Test
    void aKernelThatSaysTheSameTwiceIsGivenUp() {
        assertThat(boots.again(noBoot(Kind.PANIC, "[    2.123456] Kernel panic - not syncing: No working init found.")))
                .isTrue();
        assertThat(boots.again(noBoot(Kind.PANIC, "[    3.9] Kernel panic - not syncing: No working init found.")))
                .isFalse();
    }

    @Test
    void addressesAndNumbersAreNoDifference() {
        assertThat(boots.again(
                        noBoot(Kind.OOPS, "[ 1.0] BUG: unable to handle page fault for address: ffff88800123beef")))
                .isTrue();
        assertThat(boots.again(
                        noBoot(Kind.OOPS, "[ 1.5] BUG: unable to handle page fault for address: ffff88800456dead")))
                .isFalse();
    }

    @Test
    void whatGoesWrongInAnotherWayEachTimeIsTriedAgain() {
        assertThat(boots.again(noBoot(Kind.PANIC, "Kernel panic - one"))).isTrue();
        assertThat(boots.again(noBoot(Kind.OOPS, "general protection fault"))).isTrue();
        assertThat(boots.again(noBoot(Kind.PANIC, "Kernel panic - two"))).isTrue();
    }

    @Test
    void oneThatStallsIsTriedSixTimes() {
        for (int i = 1; i < 6; i++) {
            assertThat(boots.again(noBoot(Kind.STALL, "soft lockup"))).isTrue();
        }
        assertThat(boots.again(noBoot(Kind.STALL, "soft lockup"))).isFalse();
    }

    @Test
    void oneThatSaysNothingIsTriedThreeTimes() {
        GuestFailure deaf = new GuestFailure(Kind.NO_BOOT, "nothing heard from it in 90 s", List.of());
        assertThat(boots.again(deaf)).isTrue();
        assertThat(boots.again(noBoot(Kind.STALL, "soft lockup"))).isTrue();
        assertThat(boots.again(deaf)).isTrue();
        assertThat(boots.again(deaf)).isFalse();
    }
}
