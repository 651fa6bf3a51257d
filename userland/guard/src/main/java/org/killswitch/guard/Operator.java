// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.Arrays;
import java.util.Optional;

/** What stands between two operands, with C's precedence: the higher binds first. */
public enum Operator {
    OR("||", 1),
    AND("&&", 2),
    BIT_OR("|", 3),
    BIT_XOR("^", 4),
    BIT_AND("&", 5),
    EQ("==", 6),
    NE("!=", 6),
    STARTS("^=", 6),
    ENDS("$=", 6),
    LT("<", 7),
    LE("<=", 7),
    GT(">", 7),
    GE(">=", 7),
    SHL("<<", 8),
    SHR(">>", 8),
    ADD("+", 9),
    SUB("-", 9),
    MUL("*", 10),
    DIV("/", 10),
    MOD("%", 10);

    private final String sign;
    private final int precedence;

    Operator(String sign, int precedence) {
        this.sign = sign;
        this.precedence = precedence;
    }

    public static Optional<Operator> of(Token token) {
        String sign = token.isWord("or") ? OR.sign : token.isWord("and") ? AND.sign : token.text();
        return token.kind() == Token.Kind.SIGN || !sign.equals(token.text())
                ? Arrays.stream(values()).filter(o -> o.sign.equals(sign)).findFirst()
                : Optional.empty();
    }

    public String sign() {
        return sign;
    }

    public int precedence() {
        return precedence;
    }

    public boolean isComparison() {
        return this == EQ || this == NE || isOrder();
    }

    /** Whether it compares texts only. */
    public boolean isTextOnly() {
        return this == STARTS || this == ENDS;
    }

    public boolean isOrder() {
        return this == LT || this == LE || this == GT || this == GE;
    }

    public boolean isLogic() {
        return this == OR || this == AND;
    }

    public boolean isBitwise() {
        return this == BIT_OR || this == BIT_XOR || this == BIT_AND;
    }

    public boolean isShift() {
        return this == SHL || this == SHR;
    }

    /** The comparison that says the same with its operands exchanged. */
    public Operator mirrored() {
        return switch (this) {
            case LT -> GT;
            case LE -> GE;
            case GT -> LT;
            case GE -> LE;
            default -> this;
        };
    }

    /** The comparison that is true where this one is false. */
    public Operator opposite() {
        return switch (this) {
            case EQ -> NE;
            case NE -> EQ;
            case LT -> GE;
            case GE -> LT;
            case GT -> LE;
            case LE -> GT;
            default -> throw new IllegalArgumentException(name());
        };
    }
}
