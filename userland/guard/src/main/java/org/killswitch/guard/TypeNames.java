// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.killswitch.guard.GuardException.WrongException;

/** Types as C writes them: {@code struct sock *}, {@code unsigned int}, {@code const char __user *}, {@code u16}. */
final class TypeNames {

    private static final Set<String> TAGGED = Set.of("struct", "union", "enum");
    private static final Set<String> QUALIFIERS = Set.of("const", "volatile", "__user");
    private static final Set<String> BASIC =
            Set.of("void", "char", "short", "int", "long", "signed", "unsigned", "_Bool");

    private TypeNames() {}

    /** Whether the parenthesis that comes next opens a cast; that a lone name is a type, what follows it says. */
    static boolean isCast(Words words) {
        Token first = words.peek(1);
        if (first.kind() != Token.Kind.NAME) {
            return false;
        }
        if (TAGGED.contains(first.text()) || QUALIFIERS.contains(first.text()) || BASIC.contains(first.text())) {
            return true;
        }
        int after = 2;
        while (words.peek(after).isSign("*")
                || QUALIFIERS.contains(words.peek(after).text())) {
            after++;
        }
        if (!words.peek(after).isSign(")")) {
            return false;
        }
        return after > 2 || isOperand(words.peek(after + 1));
    }

    private static boolean isOperand(Token token) {
        return switch (token.kind()) {
            case NUMBER, CHARACTER -> true;
            case NAME -> !token.isWord("in") && Operator.of(token).isEmpty();
            case SIGN -> token.isSign("(") || token.isSign("!") || token.isSign("~");
            case STRING, END -> false;
        };
    }

    static Expr.TypeName parse(Words words) throws WrongException {
        Token first = words.peek();
        Token last = first;
        String keyword = "";
        List<String> name = new ArrayList<>();
        int stars = 0;
        boolean user = false;
        while (true) {
            Token token = words.peek();
            if (token.isSign("*") && !name.isEmpty()) {
                stars++;
            } else if (token.kind() != Token.Kind.NAME) {
                break;
            } else if (QUALIFIERS.contains(token.text())) {
                user |= token.isWord("__user");
            } else if (name.isEmpty() && keyword.isEmpty() && TAGGED.contains(token.text())) {
                keyword = token.text();
            } else if (name.isEmpty() || (stars == 0 && isBasic(name) && BASIC.contains(token.text()))) {
                name.add(token.text());
            } else {
                break;
            }
            last = words.take();
        }
        if (name.isEmpty()) {
            throw new WrongException(
                    words.peek().span(),
                    "expected the name of a type, found " + words.peek().described());
        }
        return new Expr.TypeName(
                keyword, String.join(" ", name), stars, user, first.span().to(last.span()));
    }

    /** Whether the words so far are of C itself. */
    static boolean isBasic(List<String> name) {
        return BASIC.containsAll(name);
    }
}
