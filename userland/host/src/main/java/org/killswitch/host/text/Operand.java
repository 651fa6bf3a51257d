// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

/** What an instruction computes with, whatever the architecture. */
public sealed interface Operand {

    /** A number; what an instruction of 32 bits has is extended by its sign. */
    record Immediate(long value) implements Operand {}

    /** A register of {@link Convention}, and how many of its bits are meant. */
    record Register(int number, int bits) implements Operand {}

    /**
     * What is in memory. A register's number is negative where there is none.
     *
     * @param absolute whether the displacement is an address: the operand was relative to the instruction
     * @param perCpu whether the address is in the area of the CPU
     */
    record Place(int base, int index, int scale, long displacement, int bits, boolean absolute, boolean perCpu)
            implements Operand {}

    /** The address of a place. */
    record AddressOf(Place place) implements Operand {}

    record Binary(Operator operator, Operand left, Operand right, int bits) implements Operand {}

    /** One of two: a conditional move. */
    record Choice(Operand one, Operand other) implements Operand {}

    /** The low bits of an operand, the others zero or its sign. */
    record Extended(Operand operand, int bits, boolean signed) implements Operand {}

    /** Something that is not followed. */
    record Unknown() implements Operand {}

    /** What is computed. */
    enum Operator {
        ADD,
        SUBTRACT,
        AND,
        OR,
        XOR,
        SHIFT_LEFT,
        SHIFT_RIGHT,
        MULTIPLY
    }
}
