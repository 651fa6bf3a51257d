// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.killswitch.guard.GuardException.WrongException;

/** Numbers, with the types that C gives them. */
final class Literal {

    private static final Pattern FORM =
            Pattern.compile("(?:0[xX](?<hex>[0-9a-fA-F]+)|(?<octal>0[0-7]*)|(?<decimal>[1-9][0-9]*))"
                    + "(?<suffix>[uU]?(?:l|L|ll|LL)?|(?:l|L|ll|LL)[uU])");

    private Literal() {}

    static Node.Const parse(Token token) throws WrongException {
        if (token.kind() == Token.Kind.CHARACTER) {
            return new Node.Const(token.text().charAt(0), IntKind.S32, token.span());
        }
        Matcher m = FORM.matcher(token.text());
        if (!m.matches()) {
            throw new WrongException(
                    token.span(), token.described() + " is not a number; write it like 42, 0x2a or 052");
        }
        boolean decimal = m.group("decimal") != null;
        BigInteger value = decimal
                ? new BigInteger(m.group("decimal"))
                : m.group("hex") != null ? new BigInteger(m.group("hex"), 16) : new BigInteger(m.group("octal"), 8);
        String suffix = m.group("suffix").toLowerCase(Locale.ROOT);
        boolean unsigned = suffix.contains("u");
        IntKind kind = kind(value, decimal, unsigned, suffix.contains("l"))
                .orElseThrow(() -> new WrongException(
                        token.span(),
                        "this number does not fit 64 bits"
                                + (decimal && !unsigned ? "; an unsigned one ends in u" : "")));
        return new Node.Const(value.longValue(), kind, token.span());
    }

    /** The first of int, unsigned, long, unsigned long that has room; a decimal number is unsigned only if it says so. */
    private static Optional<IntKind> kind(BigInteger value, boolean decimal, boolean unsigned, boolean longer) {
        for (IntKind kind : IntKind.values()) {
            boolean allowed = kind.signed() ? !unsigned : unsigned || !decimal;
            int room = kind.signed() ? kind.bits() - 1 : kind.bits();
            if (allowed && value.bitLength() <= room && !(longer && kind.bits() < 64)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /** A constant of the kernel: an int if it fits one, as an enumerator is in C. */
    static Node.Const of(GuardScope.Constant constant, Span span) {
        long value = constant.value();
        IntKind kind = value == (int) value && !(constant.unsigned() && value < 0)
                ? IntKind.S32
                : constant.unsigned() && value < 0 ? IntKind.U64 : IntKind.S64;
        return new Node.Const(value, kind, span);
    }
}
