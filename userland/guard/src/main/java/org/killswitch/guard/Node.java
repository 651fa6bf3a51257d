// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import org.killswitch.guard.code.CodeGenerator;

/**
 * A checked expression: every name is a register, an offset or a number, every conversion is explicit. It is compiled by
 * {@link CodeGenerator}; in tests it is interpreted, too. Where memory cannot be read, there is no value, and the guard
 * ends with that.
 */
public sealed interface Node {

    /** Bytes of the task's name, its NUL included: TASK_COMM_LEN. */
    int COMM_SIZE = 16;

    IntKind kind();

    Span span();

    record Const(long value, IntKind kind, Span span) implements Node {}

    /** An argument register, 0 to 5, of which the type has the lower bytes. */
    record Argument(int index, int bytes, boolean signed, IntKind kind, Span span) implements Node {}

    /** A number that a BPF helper gives. */
    record HelperCall(CallerHelper helper, Span span) implements Node {
        @Override
        public IntKind kind() {
            return helper.kind;
        }
    }

    /** A helper that says something of the caller. */
    enum CallerHelper {
        UID(IntKind.U32),
        GID(IntKind.U32),
        PID(IntKind.S32),
        CGROUP(IntKind.U64),
        TASK(IntKind.U64);

        private final IntKind kind;

        CallerHelper(IntKind kind) {
            this.kind = kind;
        }
    }

    /**
     * Bytes in memory.
     *
     * @param offset what is added to the address
     */
    record Memory(Node address, long offset, Space space) {}

    /**
     * An integer or pointer in memory.
     *
     * @param followed whether it is an address that is read from in turn: one that a process has in its memory must not
     *     lead to the kernel's
     */
    record Load(Memory from, int bytes, boolean signed, boolean followed, IntKind kind, Span span) implements Node {}

    /** Some bits of up to eight bytes in memory. */
    record Bits(Memory from, int bytes, int shift, int width, boolean signed, IntKind kind, Span span)
            implements Node {}

    /** Whether the caller's comm is a text, or starts with it. */
    record CommIs(String text, TextMatch match, Span span) implements Condition {}

    /**
     * Whether text in memory, which a NUL ends, is the given one, or starts or ends with it.
     *
     * @param room how long an array it is in; 0 where nothing but the NUL ends it
     */
    record TextIs(Memory at, long room, String text, TextMatch match, Span span) implements Condition {}

    /** Conversion to a type that C calculates with. */
    record Convert(Node operand, IntKind kind, Span span) implements Node {}

    /** Conversion to a type of one or two bytes, and back to an int. */
    record Narrow(Node operand, int bytes, boolean signed, Span span) implements Node {
        @Override
        public IntKind kind() {
            return IntKind.S32;
        }
    }

    /** The lowest bytes, two, four or eight, in the reverse order: between the machine's order and the network's. */
    record Swap(Node operand, int bytes, Span span) implements Node {
        @Override
        public IntKind kind() {
            return IntKind.promoted(bytes * 8, false);
        }
    }

    record Negate(Node operand, IntKind kind, Span span) implements Node {}

    record Complement(Node operand, IntKind kind, Span span) implements Node {}

    /** Calculates with operands of its own kind; of a shift, the right one may have another. */
    record Binary(Operator operator, Node left, Node right, IntKind kind, Span span) implements Node {}

    /** What is 0 or 1. */
    sealed interface Condition extends Node {
        @Override
        default IntKind kind() {
            return IntKind.S32;
        }
    }

    /** Compares operands of one kind. */
    record Compare(Operator operator, Node left, Node right, Span span) implements Condition {}

    record Logic(Operator operator, Node left, Node right, Span span) implements Condition {}

    record Not(Node operand, Span span) implements Condition {}
}
