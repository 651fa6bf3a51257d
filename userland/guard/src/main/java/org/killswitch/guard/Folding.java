// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import org.killswitch.guard.Node.Const;

/**
 * Makes nodes, and numbers of those that can be calculated now. That is required: a test of a constant would leave
 * instructions that nothing reaches, and the verifier refuses a program that has some.
 */
final class Folding {

    private Folding() {}

    static Node convert(Node operand, IntKind kind, Span span) {
        if (operand.kind() == kind) {
            return operand;
        }
        return operand instanceof Const c
                ? new Const(kind.cut(c.value()), kind, span)
                : new Node.Convert(operand, kind, span);
    }

    /** The conversion to a type of C that a cast does. */
    static Node toInteger(Node operand, CType.Int to, Span span) {
        if (to.name().equals("_Bool")) {
            return not(not(operand, span), span);
        }
        if (to.bytes() >= 4) {
            return convert(operand, IntKind.of(to.bytes() * 8, to.signed()), span);
        }
        if (operand instanceof Const c) {
            int above = 64 - to.bytes() * 8;
            long value = c.value() << above;
            return new Const(to.signed() ? value >> above : value >>> above, IntKind.S32, span);
        }
        return new Node.Narrow(operand, to.bytes(), to.signed(), span);
    }

    static Node swap(Node operand, int bytes, Span span) {
        Node.Swap swap = new Node.Swap(operand, bytes, span);
        return operand instanceof Const c
                ? new Const(swap.kind().cut(Long.reverseBytes(c.value()) >>> (64 - bytes * 8)), swap.kind(), span)
                : swap;
    }

    static Node negate(Node operand, Span span) {
        IntKind kind = operand.kind();
        return operand instanceof Const c
                ? new Const(kind.cut(-c.value()), kind, span)
                : new Node.Negate(operand, kind, span);
    }

    static Node complement(Node operand, Span span) {
        IntKind kind = operand.kind();
        return operand instanceof Const c
                ? new Const(kind.cut(~c.value()), kind, span)
                : new Node.Complement(operand, kind, span);
    }

    static Node binary(Operator operator, Node left, Node right, IntKind kind, Span span) {
        return left instanceof Const l && right instanceof Const r
                ? new Const(Arithmetic.apply(operator, kind, l.value(), r.value()), kind, span)
                : new Node.Binary(operator, left, right, kind, span);
    }

    static Node compare(Operator operator, Node left, Node right, Span span) {
        return left instanceof Const l && right instanceof Const r
                ? truth(Arithmetic.compare(operator, l.kind(), l.value(), r.value()), span)
                : new Node.Compare(operator, left, right, span);
    }

    static Node not(Node operand, Span span) {
        return operand instanceof Const c ? truth(c.value() == 0, span) : new Node.Not(operand, span);
    }

    /** Operands have no effects: one that decides makes the other one needless, whichever comes first. */
    static Node logic(Operator operator, Node left, Node right, Span span) {
        if (left instanceof Const l) {
            return logic(operator, l, right, span);
        }
        if (right instanceof Const r) {
            return logic(operator, r, left, span);
        }
        return new Node.Logic(operator, left, right, span);
    }

    private static Node logic(Operator operator, Const known, Node other, Span span) {
        boolean decisive = operator == Operator.OR;
        return (known.value() != 0) == decisive ? truth(decisive, span) : truth(other, span);
    }

    private static Node truth(Node node, Span span) {
        if (node instanceof Const c) {
            return truth(c.value() != 0, span);
        }
        return node instanceof Node.Condition ? node : not(not(node, span), span);
    }

    private static Const truth(boolean value, Span span) {
        return new Const(value ? 1 : 0, IntKind.S32, span);
    }
}
