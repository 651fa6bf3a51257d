// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.bpf;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Damages bytes in the ways that get furthest into whoever reads them: most changes are small, or of whole fields. */
final class Mutations {

    private static final long[] EXTREMES = {
        0, 1, -1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, Integer.MAX_VALUE, Long.MAX_VALUE
    };

    private Mutations() {}

    static byte[] of(byte[] original, RandomGenerator random) {
        byte[] bytes = original.clone();
        int changes = 1 + random.nextInt(random.nextBoolean() ? 2 : 12);
        for (int i = 0; i < changes && bytes.length > 0; i++) {
            bytes = change(bytes, random);
        }
        return bytes;
    }

    private static byte[] change(byte[] bytes, RandomGenerator random) {
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 3 -> bytes[at] = (byte) random.nextInt();
            case 4, 5 -> {
                int width = 1 << random.nextInt(4);
                long value = random.nextBoolean()
                        ? EXTREMES[random.nextInt(EXTREMES.length)]
                        : random.nextLong(2L * bytes.length);
                at -= at % width;
                for (int i = 0; i < width && at + i < bytes.length; i++) {
                    bytes[at + i] = (byte) (value >> (8 * i));
                }
            }
            case 6 -> {
                int from = random.nextInt(bytes.length);
                int length = Math.min(random.nextInt(64), bytes.length - Math.max(from, at));
                System.arraycopy(bytes.clone(), from, bytes, at, length);
            }
            default -> {
                if (random.nextInt(4) == 0) {
                    return Arrays.copyOf(bytes, at);
                }
                bytes[at]++;
            }
        }
        return bytes;
    }
}
