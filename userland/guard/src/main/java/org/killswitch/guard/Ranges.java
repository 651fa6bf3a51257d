// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.math.BigInteger;

/** The least and the greatest number that a part of an expression can be. */
record Ranges(BigInteger least, BigInteger most) {

    private static final Ranges TRUTH = new Ranges(BigInteger.ZERO, BigInteger.ONE);

    /** Of all numbers of a width. */
    static Ranges ofBits(int bits, boolean signed) {
        BigInteger half = BigInteger.ONE.shiftLeft(bits - 1);
        return signed
                ? new Ranges(half.negate(), half.subtract(BigInteger.ONE))
                : new Ranges(BigInteger.ZERO, half.shiftLeft(1).subtract(BigInteger.ONE));
    }

    private static Ranges of(IntKind kind) {
        return ofBits(kind.bits(), kind.signed());
    }

    private static Ranges of(Node.Const c) {
        BigInteger value = BigInteger.valueOf(c.value());
        BigInteger exact = c.kind() == IntKind.U64 && c.value() < 0 ? value.add(BigInteger.ONE.shiftLeft(64)) : value;
        return new Ranges(exact, exact);
    }

    static Ranges of(Node node) {
        return switch (node) {
            case Node.Const c -> of(c);
            case Node.Argument a -> ofBits(a.bytes() * 8, a.signed());
            case Node.Load l -> ofBits(l.bytes() * 8, l.signed());
            case Node.Bits b -> ofBits(b.width(), b.signed());
            case Node.Narrow n -> ofBits(n.bytes() * 8, n.signed());
            case Node.Swap s -> ofBits(s.bytes() * 8, false);
            case Node.Convert c -> of(c.operand()).within(of(c.kind()));
            case Node.Binary b -> of(b).within(of(b.kind()));
            case Node.Condition c -> TRUTH;
            case Node.HelperCall h -> of(h.kind());
            case Node.Negate n -> of(n.kind());
            case Node.Complement c -> of(c.kind());
        };
    }

    private static Ranges of(Node.Binary b) {
        Ranges left = of(b.left());
        Ranges right = of(b.right());
        boolean positive = left.least.signum() >= 0 && right.least.signum() >= 0;
        return switch (b.operator()) {
            case ADD -> new Ranges(left.least.add(right.least), left.most.add(right.most));
            case SUB -> new Ranges(left.least.subtract(right.most), left.most.subtract(right.least));
            case MUL -> positive ? new Ranges(BigInteger.ZERO, left.most.multiply(right.most)) : of(b.kind());
            case BIT_AND ->
                left.least.signum() >= 0 || right.least.signum() >= 0
                        ? new Ranges(BigInteger.ZERO, smaller(left, right))
                        : of(b.kind());
            case MOD ->
                positive && right.least.signum() > 0
                        ? new Ranges(BigInteger.ZERO, right.most.subtract(BigInteger.ONE))
                        : of(b.kind());
            case SHR, DIV -> positive ? new Ranges(BigInteger.ZERO, quotient(b, left)) : of(b.kind());
            default -> of(b.kind());
        };
    }

    /** What can be left of two numbers of which one at least is not negative. */
    private static BigInteger smaller(Ranges left, Ranges right) {
        return left.least.signum() < 0 ? right.most : right.least.signum() < 0 ? left.most : left.most.min(right.most);
    }

    private static BigInteger quotient(Node.Binary b, Ranges left) {
        if (!(b.right() instanceof Node.Const c) || c.value() <= 0) {
            return left.most;
        }
        return b.operator() == Operator.SHR
                ? left.most.shiftRight((int) (c.value() & (b.kind().bits() - 1)))
                : left.most.divide(BigInteger.valueOf(c.value()));
    }

    /** This, unless it wraps around in a type. */
    private Ranges within(Ranges type) {
        return least.compareTo(type.least) >= 0 && most.compareTo(type.most) <= 0 ? this : type;
    }

    /** Whether a comparison of every number here with every number there comes to the same, and to what. */
    Decided compared(Operator operator, Ranges other) {
        boolean below = most.compareTo(other.least) < 0;
        boolean above = least.compareTo(other.most) > 0;
        boolean notAbove = most.compareTo(other.least) <= 0;
        boolean notBelow = least.compareTo(other.most) >= 0;
        boolean same = notAbove && notBelow;
        return switch (operator) {
            case EQ -> decided(same, below || above);
            case NE -> decided(below || above, same);
            case LT -> decided(below, notBelow);
            case LE -> decided(notAbove, above);
            case GT -> decided(above, notAbove);
            case GE -> decided(notBelow, below);
            default -> throw new IllegalArgumentException(operator.sign());
        };
    }

    /** What a comparison comes to. */
    enum Decided {
        ALWAYS,
        NEVER,
        OPEN
    }

    private static Decided decided(boolean always, boolean never) {
        return always ? Decided.ALWAYS : never ? Decided.NEVER : Decided.OPEN;
    }

    @Override
    public String toString() {
        return least + " to " + most;
    }
}
