// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.List;

/** An expression as it is written; what its names stand for, {@link Checker} finds out. */
sealed interface Expr {

    Span span();

    record Literal(Token token) implements Expr {
        @Override
        public Span span() {
            return token.span();
        }
    }

    record Text(String value, Span span) implements Expr {}

    record Name(String name, Span span) implements Expr {}

    /** {@code of->field}, {@code of.field}. */
    record Field(Expr of, boolean arrow, String name, Span nameSpan) implements Expr {
        @Override
        public Span span() {
            return of.span().to(nameSpan);
        }
    }

    /** {@code of[index]}. */
    record Index(Expr of, Expr index, Span span) implements Expr {}

    /** {@code sign operand}, where the sign is one of {@code ! ~ - + * &}. */
    record Unary(String sign, Expr operand, Span span) implements Expr {}

    /**
     * A type as it is written.
     *
     * @param keyword struct, union or enum, or empty
     * @param name the words of its name, with a blank between two
     * @param stars how many follow
     * @param user whether it says that it points to a process's memory
     */
    record TypeName(String keyword, String name, int stars, boolean user, Span span) {}

    /** {@code (type) operand}. */
    record Cast(TypeName type, Expr operand, Span span) implements Expr {}

    /** {@code name(arguments)}. */
    record Call(String name, Span nameSpan, List<Expr> arguments, Span span) implements Expr {}

    /** {@code container_of(pointer, type, members)}. */
    record ContainerOf(Expr pointer, TypeName type, List<Name> members, Span span) implements Expr {}

    /** {@code of in (list)}. */
    record In(Expr of, Span operatorSpan, List<Expr> list, Span span) implements Expr {}

    record Binary(Operator operator, Span operatorSpan, Expr left, Expr right) implements Expr {
        @Override
        public Span span() {
            return left.span().to(right.span());
        }
    }

    /** In parentheses; that they were written matters to {@link Parser} only. */
    record Group(Expr inner, Span span) implements Expr {}
}
