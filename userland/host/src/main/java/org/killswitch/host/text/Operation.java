// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import java.util.List;

/** What an instruction does, as far as values and control are followed. */
public sealed interface Operation {

    /** A register gets a value; with flags, they say how it compares with 0. */
    record Set(int register, Operand value, boolean flags) implements Operation {}

    /** The flags say how two operands compare, or with {@code bitwise} what their AND is. */
    record Compare(Operand left, Operand right, boolean bitwise, int bits) implements Operation {}

    record Store(Operand.Place place, Operand value) implements Operation {}

    /** Memory is changed by an atomic operation. */
    record Atomic(Operand.Place place, String mnemonic, Operand value) implements Operation {}

    record Branch(Condition condition, long target) implements Operation {}

    record Jump(long target) implements Operation {}

    record Call(long target) implements Operation {}

    record IndirectCall() implements Operation {}

    record IndirectJump() implements Operation {}

    record Return() implements Operation {}

    /** ud2, brk: BUG(), after which nothing comes, or WARN(), after which the text goes on. */
    record Trap() implements Operation {}

    /** Control does not go on. */
    record Halt() implements Operation {}

    /** Registers get values that are not followed, and perhaps the flags. */
    record Clobber(List<Integer> registers, boolean flags) implements Operation {}

    /** When a branch is taken, after a comparison. */
    enum Condition {
        EQUAL,
        NOT_EQUAL,
        NEGATIVE,
        NOT_NEGATIVE,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL,
        BELOW,
        BELOW_OR_EQUAL,
        ABOVE,
        ABOVE_OR_EQUAL,
        OTHER
    }
}
