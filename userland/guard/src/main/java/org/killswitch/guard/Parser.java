// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.ArrayList;
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

    /** Between two operands: as tight as ==. */
    private static final String IN = "in";

    private static final String OPERAND = "an argument, a fact about the caller, a number or '('";

    private final Words words;
    private int depth;

    private Parser(List<Token> tokens) {
        words = new Words(tokens);
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
        if (parser.words.peek().kind() == Token.Kind.END) {
            throw new WrongException(
                    parser.words.peek().span(), "the expression is empty; write what is to be true, as in 'uid != 0'");
        }
        Expr expr = parser.binary(1);
        Token rest = parser.words.peek();
        if (rest.kind() != Token.Kind.END) {
            throw tooMuch(rest);
        }
        return expr;
    }

    private static WrongException tooMuch(Token rest) {
        if (rest.isSign(")") || rest.isSign("]")) {
            return new WrongException(rest.span(), "there is nothing that this " + rest.described() + " closes");
        }
        return new WrongException(
                rest.span(), "expected an operator, such as ==, && or ||, or the end, and found " + rest.described());
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
            Token sign = words.peek();
            Optional<Operator> next = Operator.of(sign);
            if (sign.isWord(IN) && Operator.EQ.precedence() >= least) {
                left = in(left, words.take());
            } else if (next.isPresent() && next.get().precedence() >= least) {
                words.take();
                Expr right = binary(next.get().precedence() + 1);
                left = plain(new Expr.Binary(next.get(), sign.span(), left, right));
            } else {
                return left;
            }
        }
    }

    private Expr in(Expr of, Token sign) throws WrongException {
        if (isComparison(of)) {
            throw new WrongException(sign.span(), "what stands before 'in' gives 0 or 1; use && or parentheses");
        }
        Token open = words.peek();
        if (!open.isSign("(")) {
            throw new WrongException(
                    open.span(), "expected '(' after 'in', as in x in (1, 2), and found " + open.described());
        }
        words.take();
        List<Expr> list = list(open);
        Token end = words.close(")", open);
        return new Expr.In(of, sign.span(), list, of.span().to(end.span()));
    }

    private List<Expr> list(Token open) throws WrongException {
        deeper(open);
        List<Expr> list = new ArrayList<>();
        do {
            list.add(binary(1));
        } while (words.takeIf(","));
        depth--;
        return list;
    }

    private static boolean isComparison(Expr e) {
        return e instanceof Expr.In
                || (e instanceof Expr.Binary b
                        && (b.operator().isComparison() || b.operator().isTextOnly()));
    }

    /**
     * Refuses what C takes and hardly anyone means: {@code a & b == c} tests {@code b == c} first, and {@code a < b < c}
     * compares a 0 or 1 with c. A guard that silently tests something else is worse than none.
     */
    private static Expr.Binary plain(Expr.Binary e) throws WrongException {
        Operator outer = e.operator();
        for (Expr side : List.of(e.left(), e.right())) {
            if (!isComparison(side)) {
                continue;
            }
            String inner = side instanceof Expr.Binary b ? b.operator().sign() : IN;
            if (outer.isBitwise()) {
                throw new WrongException(
                        e.operatorSpan(),
                        "as in C, '" + inner + "' binds before '" + outer.sign()
                                + "'; put parentheses around what belongs together");
            }
            if (outer.isComparison() || outer.isTextOnly()) {
                throw new WrongException(
                        e.operatorSpan(),
                        "comparisons do not chain: '" + inner + "' before it gives 0 or 1; use && or parentheses");
            }
        }
        return e;
    }

    private Expr unary() throws WrongException {
        Token token = words.peek();
        for (String sign : List.of("!", "~", "-", "+", "*", "&")) {
            if (token.isSign(sign)) {
                words.take();
                deeper(token);
                Expr operand = unary();
                depth--;
                return new Expr.Unary(sign, operand, token.span().to(operand.span()));
            }
        }
        if (token.isSign("(") && TypeNames.isCast(words)) {
            words.take();
            deeper(token);
            Expr.TypeName type = TypeNames.parse(words);
            words.close(")", token);
            Expr operand = unary();
            depth--;
            return new Expr.Cast(type, operand, token.span().to(operand.span()));
        }
        return postfix();
    }

    private Expr postfix() throws WrongException {
        Expr expr = primary();
        while (true) {
            Token token = words.peek();
            if (token.isSign("->") || token.isSign(".")) {
                words.take();
                Token name = words.name("a field's name after '" + token.text() + "'");
                expr = new Expr.Field(expr, token.isSign("->"), name.text(), name.span());
            } else if (token.isSign("[")) {
                words.take();
                deeper(token);
                Expr index = binary(1);
                Token end = words.close("]", token);
                depth--;
                expr = new Expr.Index(expr, index, expr.span().to(end.span()));
            } else if (token.isSign("(")) {
                throw new WrongException(token.span(), Functions.ONLY_THESE);
            } else {
                return expr;
            }
        }
    }

    private Expr primary() throws WrongException {
        Token token = words.take();
        return switch (token.kind()) {
            case NUMBER, CHARACTER -> new Expr.Literal(token);
            case NAME -> words.peek().isSign("(") ? call(token) : new Expr.Name(token.text(), token.span());
            case STRING -> new Expr.Text(token.text(), token.span());
            case SIGN, END -> group(token);
        };
    }

    private Expr call(Token name) throws WrongException {
        Token open = words.take();
        if (name.text().equals(Functions.CONTAINER_OF)) {
            deeper(open);
            Expr pointer = binary(1);
            words.expect(",");
            Expr.TypeName type = TypeNames.parse(words);
            words.expect(",");
            List<Expr.Name> members = new ArrayList<>();
            do {
                Token member = words.name("a member's name");
                members.add(new Expr.Name(member.text(), member.span()));
            } while (words.takeIf("."));
            depth--;
            Token end = words.close(")", open);
            return new Expr.ContainerOf(pointer, type, members, name.span().to(end.span()));
        }
        if (!Functions.NAMES.contains(name.text())) {
            throw new WrongException(name.span(), Functions.ONLY_THESE);
        }
        List<Expr> arguments = list(open);
        Token end = words.close(")", open);
        return new Expr.Call(name.text(), name.span(), arguments, name.span().to(end.span()));
    }

    private Expr group(Token open) throws WrongException {
        if (!open.isSign("(")) {
            throw new WrongException(open.span(), "expected " + OPERAND + ", found " + open.described());
        }
        deeper(open);
        Expr inner = binary(1);
        Token end = words.close(")", open);
        depth--;
        return new Expr.Group(inner, open.span().to(end.span()));
    }
}
