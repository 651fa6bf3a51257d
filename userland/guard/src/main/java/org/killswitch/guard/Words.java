// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.List;
import org.killswitch.guard.GuardException.WrongException;

/** The words of an expression, taken one after the other. */
final class Words {

    private final List<Token> tokens;
    private int at;

    Words(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return peek(0);
    }

    /** The one after some more; the last one is the end, whatever the number. */
    Token peek(int ahead) {
        return tokens.get(Math.min(at + ahead, tokens.size() - 1));
    }

    Token take() {
        return tokens.get(at++);
    }

    boolean takeIf(String sign) {
        if (peek().isSign(sign)) {
            at++;
            return true;
        }
        return false;
    }

    /** Takes a name. */
    Token name(String what) throws WrongException {
        if (peek().kind() != Token.Kind.NAME) {
            throw new WrongException(peek().span(), "expected " + what + ", found " + peek().described());
        }
        return take();
    }

    void expect(String sign) throws WrongException {
        if (!takeIf(sign)) {
            throw new WrongException(peek().span(), "expected '" + sign + "', found " + peek().described());
        }
    }

    /** Takes what closes a parenthesis or bracket. */
    Token close(String sign, Token open) throws WrongException {
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
