// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import java.util.List;
import java.util.Set;

/**
 * How functions of the kernel call each other, in numbers of registers.
 *
 * @param lost registers that a called function may change
 */
public record Convention(int result, List<Integer> arguments, Set<Integer> lost, int stack, int registers) {

    private static final Convention X86_64 =
            new Convention(0, List.of(7, 6, 2, 1, 8, 9), Set.of(0, 1, 2, 6, 7, 8, 9, 10, 11), X86Lifter.STACK, 16);

    private static final Convention ARM64 = new Convention(
            0,
            List.of(0, 1, 2, 3, 4, 5, 6, 7),
            Set.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 30),
            Arm64Lifter.STACK,
            32);

    public static Convention of(Machine machine) {
        return switch (machine) {
            case X86_64 -> X86_64;
            case ARM64 -> ARM64;
        };
    }
}
