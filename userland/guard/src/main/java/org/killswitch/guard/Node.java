package org.killswitch.guard;

import org.killswitch.guard.code.CodeGenerator;

/**
 * A checked expression: every name is a register, an offset or a number, every conversion is explicit. It is compiled by
 * {@link CodeGenerator}; in tests it is interpreted, too.
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

    /** An integer or pointer in kernel memory; 0 if it cannot be read. */
    record Load(Node address, long offset, int bytes, boolean signed, IntKind kind, Span span) implements Node {}

    /** Some bits of up to eight bytes in kernel memory; 0 if they cannot be read. */
    record Bits(Node address, long offset, int bytes, int shift, int width, boolean signed, IntKind kind, Span span)
            implements Node {}

    /** Whether the caller's comm is a text. */
    record CommIs(String text, Span span) implements Condition {}

    /**
     * Whether text in kernel memory, which a NUL ends, is the given one; what cannot be read is empty.
     *
     * @param room how long an array it is in; 0 where nothing but the NUL ends it
     */
    record TextIs(Node address, long offset, long room, String text, Span span) implements Condition {}

    record Convert(Node operand, IntKind kind, Span span) implements Node {}

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
