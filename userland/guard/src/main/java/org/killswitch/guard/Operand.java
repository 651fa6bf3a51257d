// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.OptionalLong;

/** What a part of an expression is. */
sealed interface Operand {

    Span span();

    /** A number or pointer. */
    record Value(Node node, CType type) implements Operand {
        @Override
        public Span span() {
            return node.span();
        }

        /** A result, which has the type that its kind says. */
        static Value number(Node node) {
            IntKind kind = node.kind();
            return new Value(node, new CType.Int(kind.name(), kind.bits() / 8, kind.signed()));
        }

        boolean isNetworkOrder() {
            return type instanceof CType.Int i && i.networkOrder();
        }
    }

    /** Something in memory; {@code bits} is 0 unless it is a bit-field, which {@code shift} bits come before. */
    record Place(Node.Memory at, int typeId, CType type, int shift, int bits, Span span) implements Operand {}

    record Text(String value, Span span) implements Operand {}

    /** The caller's comm. */
    record Comm(Span span) implements Operand {}

    /** The caller's executable. */
    record Executable(Span span) implements Operand {}

    /** The caller's control group. */
    record ControlGroup(Span span) implements Operand {}

    /**
     * A namespace of the caller.
     *
     * @param inode its number
     * @param initial that of the first one of its kind; empty where it cannot be told
     */
    record Namespace(Value inode, OptionalLong initial, Span span) implements Operand {}
}
