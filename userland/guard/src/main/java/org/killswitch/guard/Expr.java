package org.killswitch.guard;

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

    /** {@code sign operand}, where the sign is one of {@code ! ~ - + *}. */
    record Unary(String sign, Expr operand, Span span) implements Expr {}

    record Binary(Operator operator, Span operatorSpan, Expr left, Expr right) implements Expr {
        @Override
        public Span span() {
            return left.span().to(right.span());
        }
    }

    /** In parentheses; that they were written matters to {@link Parser} only. */
    record Group(Expr inner, Span span) implements Expr {}
}
