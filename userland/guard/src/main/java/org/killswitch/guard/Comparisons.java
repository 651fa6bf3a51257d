// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import org.killswitch.guard.GuardException.WrongException;
import org.killswitch.guard.Operand.Value;

/** Numbers compared with numbers; what cannot come true, or cannot but, is refused. */
final class Comparisons {

    private final Describe describe;

    Comparisons(Describe describe) {
        this.describe = describe;
    }

    Value compare(Operator operator, Value left, Value right, Expr.Binary e) throws WrongException {
        return compare(operator, left, right, e.operatorSpan(), e.span());
    }

    Value compare(Operator operator, Value left, Value right, Span sign, Span span) throws WrongException {
        if (operator.isOrder() && (left.isNetworkOrder() || right.isNetworkOrder())) {
            throw new WrongException(
                    sign,
                    "'" + operator.sign()
                            + "' compares no numbers in network byte order; convert them with ntohs() or ntohl()");
        }
        requireSameOrder(operator.sign(), left, right, sign);
        requireOpen(operator, left, right, span);
        IntKind kind = IntKind.common(left.node().kind(), right.node().kind());
        return Value.number(Folding.compare(
                operator,
                Folding.convert(left.node(), kind, left.span()),
                Folding.convert(right.node(), kind, right.span()),
                span));
    }

    /** Refuses a number in network byte order with one that is not. */
    void requireSameOrder(String sign, Value left, Value right, Span span) throws WrongException {
        if (left.isNetworkOrder() == right.isNetworkOrder() || isSameInBoth(left) || isSameInBoth(right)) {
            return;
        }
        Value network = left.isNetworkOrder() ? left : right;
        Value other = left.isNetworkOrder() ? right : left;
        CType.Int type = (CType.Int) network.type();
        String convert = type.bytes() == 2 ? "htons" : "htonl";
        throw new WrongException(
                other.span(),
                "the other side of '" + sign + "' is " + type.name()
                        + ", in network byte order, and this is not; write "
                        + (type.bytes() > 4
                                ? "it with its bytes reversed"
                                : convert + "(" + (other.node() instanceof Node.Const c ? c.value() : "...") + ")")
                        + (type.bytes() == 4 ? " or an address such as \"192.0.2.0/24\"" : ""));
    }

    private static boolean isSameInBoth(Value value) {
        return value.node() instanceof Node.Const c && (c.value() == 0 || c.value() == -1);
    }

    private void requireOpen(Operator operator, Value left, Value right, Span span) throws WrongException {
        if (left.node() instanceof Node.Const == right.node() instanceof Node.Const) {
            return;
        }
        boolean constantFirst = left.node() instanceof Node.Const;
        Value value = constantFirst ? right : left;
        Ranges constant = Ranges.of((constantFirst ? left : right).node());
        Operator mirrored = constantFirst ? operator.mirrored() : operator;
        Ranges range = Ranges.of(value.node());
        Ranges.Decided decided = range.compared(mirrored, constant);
        if (decided == Ranges.Decided.OPEN) {
            return;
        }
        throw new WrongException(
                span,
                "this is always " + (decided == Ranges.Decided.ALWAYS ? "true" : "false") + ": what is compared with "
                        + constant.least() + " is " + range + " (" + describe.type(value.type()) + ")");
    }
}
