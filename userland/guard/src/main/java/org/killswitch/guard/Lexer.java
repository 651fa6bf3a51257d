// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.killswitch.guard.GuardException.WrongException;

/** Cuts an expression into words. */
final class Lexer {

    /** Longer ones first. */
    private static final List<String> SIGNS = List.of(
            "->", "&&", "||", "==", "!=", "<=", ">=", "<<", ">>", "^=", "$=", "(", ")", "[", "]", ".", ",", "!", "~",
            "+", "-", "*", "/", "%", "&", "|", "^", "<", ">");

    /** What a decoder makes of bytes that are no character. */
    private static final char LOST = '\ufffd';

    private static final Pattern CHARACTER =
            Pattern.compile("'(?:(?<plain>[ -~&&[^'\\\\]])|\\\\(?<code>[0ntr\\\\'\"]|x[0-9a-fA-F]{2}))'");

    private final String text;
    private int at;

    private Lexer(String text) {
        this.text = text;
    }

    /** The words, and END after them. */
    static List<Token> tokens(String text) throws WrongException {
        Lexer lexer = new Lexer(text);
        List<Token> tokens = new ArrayList<>();
        do {
            tokens.add(lexer.next());
        } while (tokens.getLast().kind() != Token.Kind.END);
        return tokens;
    }

    private Token next() throws WrongException {
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
        if (at == text.length()) {
            return new Token(Token.Kind.END, "", new Span(at, at));
        }
        char c = text.charAt(at);
        if (isDigit(c)) {
            return token(Token.Kind.NUMBER, endOfWord());
        }
        if (isWord(c)) {
            return token(Token.Kind.NAME, endOfWord());
        }
        if (c == '"') {
            return string();
        }
        if (c == '\'') {
            return character();
        }
        for (String sign : SIGNS) {
            if (text.startsWith(sign, at)) {
                return token(Token.Kind.SIGN, at + sign.length());
            }
        }
        throw unexpected(c);
    }

    private WrongException unexpected(char c) {
        Span span = new Span(at, at + Character.charCount(text.codePointAt(at)));
        String what = c > ' ' && c < 0x7f ? "'" + c + "'" : "this character";
        return switch (c) {
            case '=' -> new WrongException(span, "'=' compares nothing; write '=='");
            case '?', ':' -> new WrongException(span, what + " is not known here; write it with && and ||");
            default -> new WrongException(span, what + " means nothing in a guard");
        };
    }

    private Token token(Token.Kind kind, int end) {
        Token token = new Token(kind, text.substring(at, end), new Span(at, end));
        at = end;
        return token;
    }

    private int endOfWord() {
        int end = at;
        while (end < text.length() && isWord(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private Token string() throws WrongException {
        StringBuilder value = new StringBuilder();
        int start = at++;
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at++);
            if (c == '\\') {
                if (at == text.length() || "\"\\*".indexOf(text.charAt(at)) < 0) {
                    throw new WrongException(
                            new Span(at - 1, at), "in a string, only \\\", \\\\ and \\* may follow a backslash");
                }
                c = text.charAt(at++);
            } else if (c == '*') {
                throw new WrongException(
                        new Span(at - 1, at),
                        "'*' stands for nothing but itself here, and has to be written \\*; to compare the start of a"
                                + " string, write ^= \"start\"");
            }
            if (c == LOST || (Character.isSurrogate(c) && !Character.isSurrogatePair(c, following()))) {
                throw new WrongException(
                        new Span(at - 1, at),
                        "this character was not read as it was written; write it in UTF-8, and set LC_ALL=C.UTF-8");
            }
            value.append(c);
            if (Character.isSurrogate(c)) {
                value.append(text.charAt(at++));
            }
        }
        if (at == text.length()) {
            throw new WrongException(new Span(start, start + 1), "this string has no end; write '\"' after it");
        }
        at++;
        return new Token(Token.Kind.STRING, value.toString(), new Span(start, at));
    }

    private char following() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    /** One byte: {@code 'a'}, or with C's backslashes. */
    private Token character() throws WrongException {
        Matcher m = CHARACTER.matcher(text).region(at, text.length());
        if (!m.lookingAt()) {
            throw new WrongException(
                    new Span(at, at + 1),
                    "a character is written like 'a', '\\n', '\\0' or '\\x7f'; a string is written in double quotes");
        }
        String code = m.group("code");
        char value = code == null
                ? m.group("plain").charAt(0)
                : code.startsWith("x")
                        ? (char) Integer.parseInt(code.substring(1), 16)
                        : "\0\n\t\r\\'\"".charAt("0ntr\\'\"".indexOf(code));
        Token token = new Token(Token.Kind.CHARACTER, String.valueOf(value), new Span(at, m.end()));
        at = m.end();
        return token;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isWord(char c) {
        return c == '_' || isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
