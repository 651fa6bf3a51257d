package org.killswitch.guard;

import java.util.List;
import java.util.Optional;
import org.killswitch.guard.GuardException.WrongException;

/** From words to an {@link Expr}, by C's precedence; docs/guards.md has the grammar. */
final class Parser {

    /** Characters; a guard runs at every call, and this is far more than anyone reads. */
    static final int LENGTH_MAX = 4096;

    /** Names, numbers and signs; what walks the tree that they make does so by recursion. */
    static final int TOKENS_MAX = 1000;

    /** How deep parentheses, brackets and signs may nest, for the same reason. */
    static final int DEPTH_MAX = 64;

    private static final String OPERAND = "an argument, a fact about the caller, a number or '('";

    private final List<Token> tokens;
    private int at;
    private int depth;

    private Parser(List<Token> tokens) {
        this.tokens = tokens;
    }

    static Expr parse(String text) throws WrongException {
        if (text.length() > LENGTH_MAX) {
            throw new WrongException(
                    new Span(LENGTH_MAX, text.length()),
                    "the expression has " + text.length() + " characters; " + LENGTH_MAX + " are the most");
        }
        List<Token> tokens = Lexer.tokens(text);
        if (tokens.size() > TOKENS_MAX) {
            throw new WrongException(
                    tokens.get(TOKENS_MAX).span(),
                    "the expression has more than " + TOKENS_MAX + " names, numbers and signs; shorten it");
        }
        Parser parser = new Parser(tokens);
        if (parser.peek().kind() == Token.Kind.END) {
            throw new WrongException(
                    parser.peek().span(), "the expression is empty; write what is to be true, as in 'uid != 0'");
        }
        Expr expr = parser.binary(1);
        Token rest = parser.peek();
        if (rest.kind() != Token.Kind.END) {
            throw parser.tooMuch(rest);
        }
        return expr;
    }

    private WrongException tooMuch(Token rest) {
        if (rest.isSign(")") || rest.isSign("]")) {
            return new WrongException(rest.span(), "there is nothing that this " + rest.described() + " closes");
        }
        return new WrongException(
                rest.span(), "expected an operator, such as ==, && or ||, or the end, and found " + rest.described());
    }

    private Token peek() {
        return tokens.get(at);
    }

    private Token take() {
        return tokens.get(at++);
    }

    private void deeper(Token where) throws WrongException {
        if (++depth > DEPTH_MAX) {
            throw new WrongException(
                    where.span(), "too deeply nested; " + DEPTH_MAX + " levels of parentheses and signs are the most");
        }
    }

    private Expr binary(int least) throws WrongException {
        Expr left = unary();
        while (true) {
            Optional<Operator> next = Operator.of(peek());
            if (next.isEmpty() || next.get().precedence() < least) {
                return left;
            }
            Token sign = take();
            Expr right = binary(next.get().precedence() + 1);
            left = plain(new Expr.Binary(next.get(), sign.span(), left, right));
        }
    }

    /**
     * Refuses what C takes and hardly anyone means: {@code a & b == c} tests {@code b == c} first, and {@code a < b < c}
     * compares a 0 or 1 with c. A guard that silently tests something else is worse than none.
     */
    private static Expr.Binary plain(Expr.Binary e) throws WrongException {
        Operator outer = e.operator();
        for (Expr side : List.of(e.left(), e.right())) {
            if (side instanceof Expr.Binary inner && inner.operator().isComparison()) {
                if (outer.isBitwise()) {
                    throw new WrongException(
                            e.operatorSpan(),
                            "as in C, '" + inner.operator().sign() + "' binds before '" + outer.sign()
                                    + "'; put parentheses around what belongs together");
                }
                if (outer.isComparison()) {
                    throw new WrongException(
                            e.operatorSpan(),
                            "comparisons do not chain: '" + inner.operator().sign()
                                    + "' before it gives 0 or 1; use && or parentheses");
                }
            }
        }
        return e;
    }

    private Expr unary() throws WrongException {
        Token token = peek();
        for (String sign : List.of("!", "~", "-", "+", "*")) {
            if (token.isSign(sign)) {
                take();
                deeper(token);
                Expr operand = unary();
                depth--;
                return new Expr.Unary(sign, operand, token.span().to(operand.span()));
            }
        }
        if (token.isSign("&")) {
            throw new WrongException(token.span(), "addresses cannot be taken; '&' goes between two operands");
        }
        return postfix();
    }

    private Expr postfix() throws WrongException {
        Expr expr = primary();
        while (true) {
            Token token = peek();
            if (token.isSign("->") || token.isSign(".")) {
                take();
                Token name = peek();
                if (name.kind() != Token.Kind.NAME) {
                    throw new WrongException(
                            name.span(),
                            "expected a field's name after '" + token.text() + "', found " + name.described());
                }
                take();
                expr = new Expr.Field(expr, token.isSign("->"), name.text(), name.span());
            } else if (token.isSign("[")) {
                take();
                deeper(token);
                Expr index = binary(1);
                Token end = close("]", token);
                depth--;
                expr = new Expr.Index(expr, index, expr.span().to(end.span()));
            } else if (token.isSign("(")) {
                throw new WrongException(token.span(), "a guard cannot call functions");
            } else {
                return expr;
            }
        }
    }

    private Expr primary() throws WrongException {
        Token token = take();
        return switch (token.kind()) {
            case NUMBER -> new Expr.Literal(token);
            case NAME -> new Expr.Name(token.text(), token.span());
            case STRING -> new Expr.Text(token.text(), token.span());
            case SIGN, END -> group(token);
        };
    }

    private Expr group(Token open) throws WrongException {
        if (!open.isSign("(")) {
            throw new WrongException(open.span(), "expected " + OPERAND + ", found " + open.described());
        }
        deeper(open);
        Expr inner = binary(1);
        Token end = close(")", open);
        depth--;
        return new Expr.Group(inner, open.span().to(end.span()));
    }

    private Token close(String sign, Token open) throws WrongException {
        Token token = peek();
        if (!token.isSign(sign)) {
            throw new WrongException(
                    token.span(),
                    "expected '" + sign + "' for the " + open.described() + " at character "
                            + (open.span().start() + 1) + ", or an operator, and found " + token.described());
        }
        return take();
    }
}
