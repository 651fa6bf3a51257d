// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.btf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BtfCheckTest {

    private static final int TYPE_SIZE = 12;

    /** Types of the kind CONST, each without a name, with these as their targets. */
    private static byte[] consts(int... targets) {
        int types = targets.length * TYPE_SIZE;
        ByteBuffer btf = ByteBuffer.allocate(24 + types + 1).order(ByteOrder.LITTLE_ENDIAN);
        btf.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(24);
        btf.putInt(0).putInt(types).putInt(types).putInt(1);
        for (int target : targets) {
            btf.putInt(0).putInt(BtfKind.CONST << 24).putInt(target);
        }
        return btf.array();
    }

    @Test
    void whatEndsIsFine() {
        assertThat(BtfCheck.complaint(consts(0))).isEmpty();
        assertThat(BtfCheck.complaint(consts(2, 3, 0, 1, 1))).isEmpty();
    }

    @Test
    void whatRefersToItselfIsFoundWhereverOneStarts() {
        assertThat(BtfCheck.complaint(consts(1))).hasValue("type 1 refers to itself");
        assertThat(BtfCheck.complaint(consts(0, 3, 2))).hasValue("type 2 refers to itself");
        assertThat(BtfCheck.complaint(consts(2, 3, 2))).hasValue("type 1 refers to itself");
        assertThat(BtfCheck.complaint(consts(0, 1, 5, 3, 4))).hasValue("type 3 refers to itself");
    }

    @Test
    void whatRefersToNothingIsFound() {
        assertThat(BtfCheck.complaint(consts(2))).hasValue("type 1 refers to one that is not there");
        assertThat(BtfCheck.complaint(consts(-1))).hasValue("type 1 refers to one that is not there");
    }

    /** Quadratic, a chain of this length takes an hour: a property of the algorithm, not of the machine. */
    @Test
    void aLongChainIsWalkedOnce() {
        int count = 500_000;
        byte[] up = consts(
                IntStream.rangeClosed(1, count).map(i -> i < count ? i + 1 : 0).toArray());
        byte[] down = consts(IntStream.rangeClosed(1, count).map(i -> i - 1).toArray());
        assertTimeoutPreemptively(Duration.ofMinutes(1), () -> {
            assertThat(BtfCheck.complaint(up)).isEmpty();
            assertThat(BtfCheck.complaint(down)).isEmpty();
        });
    }
}
