// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

/**
 * What operators do, defined for all operands: a division by zero gives 0 and its remainder is the dividend, as in BPF; a
 * shift counts modulo the width of what is shifted; what is too large wraps around.
 */
final class Arithmetic {

    private Arithmetic() {}

    /** For operands of the kind, but the right one of a shift. */
    static long apply(Operator operator, IntKind kind, long a, long b) {
        long exact = switch (operator) {
            case BIT_OR -> a | b;
            case BIT_XOR -> a ^ b;
            case BIT_AND -> a & b;
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> b == 0 ? 0 : kind.signed() ? a / b : Long.divideUnsigned(a, b);
            case MOD -> b == 0 ? a : kind.signed() ? a % b : Long.remainderUnsigned(a, b);
            case SHL -> a << (b & (kind.bits() - 1));
            case SHR -> kind.signed() ? a >> (b & (kind.bits() - 1)) : a >>> (b & (kind.bits() - 1));
            default -> throw new IllegalArgumentException(operator.sign());
        };
        return kind.cut(exact);
    }

    /** For operands of one kind. */
    static boolean compare(Operator operator, IntKind kind, long a, long b) {
        int order = kind.signed() ? Long.compare(a, b) : Long.compareUnsigned(a, b);
        return switch (operator) {
            case EQ -> order == 0;
            case NE -> order != 0;
            case LT -> order < 0;
            case LE -> order <= 0;
            case GT -> order > 0;
            case GE -> order >= 0;
            default -> throw new IllegalArgumentException(operator.sign());
        };
    }
}
