// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.killswitch.posix.Errno;

/**
 * The value that an overridden function returns: a signed long of the kernel, 64 bits.
 *
 * @param value the whole range of a long
 */
public record Retval(long value) {

    private static final Pattern NUMBER =
            Pattern.compile("(?<sign>[+-]?)(?:0[xX](?<hex>[0-9a-fA-F]+)|0(?<oct>[0-7]+)|(?<dec>0|[1-9][0-9]*))");
    private static final Pattern NAME = Pattern.compile("(?<sign>[+-]?)(?<name>[eE][a-zA-Z0-9]+)");
    private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

    /**
     * Reads a value as an administrator types it: a number in C notation (decimal, 0x hexadecimal, 0 octal, with an
     * optional sign) or a negated errno name such as {@code -EPERM}.
     *
     * <p>A name without the minus is refused: kernel functions return errors negated, and a positive one would mostly
     * be taken for success.
     *
     * @throws InvalidInputException if the text is neither, or does not fit into 64 signed bits
     */
    public static Retval parse(String text) throws InvalidInputException {
        Matcher number = NUMBER.matcher(text);
        if (number.matches()) {
            return new Retval(toLong(text, number));
        }
        Matcher name = NAME.matcher(text);
        if (name.matches()) {
            return ofName(text, name);
        }
        throw new InvalidInputException(
                "'" + text + "' is not a return value; give a number (-1, 0x10) or a negated errno name (-EPERM)");
    }

    private static long toLong(String text, Matcher number) throws InvalidInputException {
        BigInteger magnitude;
        if (number.group("hex") != null) {
            magnitude = new BigInteger(number.group("hex"), 16);
        } else if (number.group("oct") != null) {
            magnitude = new BigInteger(number.group("oct"), 8);
        } else {
            magnitude = new BigInteger(number.group("dec"));
        }
        BigInteger value = number.group("sign").equals("-") ? magnitude.negate() : magnitude;
        if (value.compareTo(MIN) < 0 || value.compareTo(MAX) > 0) {
            throw new InvalidInputException(
                    "'" + text + "' does not fit into a signed 64-bit value; the range is " + MIN + " to " + MAX);
        }
        return value.longValueExact();
    }

    private static Retval ofName(String text, Matcher name) throws InvalidInputException {
        String upper = name.group("name").toUpperCase(Locale.ROOT);
        Errno errno = Errno.ofName(upper)
                .orElseThrow(() -> new InvalidInputException(
                        "'" + text + "' is not an errno name of Linux; see errno(3), or give the number"));
        if (!name.group("sign").equals("-")) {
            throw new InvalidInputException("'" + text + "' would return the positive number " + errno.number()
                    + ", which callers take for success; did you mean -" + upper + "?");
        }
        return new Retval(-errno.number());
    }

    /** The error that callers will see in this value, if it is one that Linux has a name for. */
    public Optional<Errno> errno() {
        return value < 0 && value >= -Errno.MAX ? Errno.ofNumber(-value) : Optional.empty();
    }

    /** The number, and the name where it has one: {@code -1 (EPERM)}. */
    @Override
    public String toString() {
        return errno().map(e -> value + " (" + e + ")").orElseGet(() -> Long.toString(value));
    }
}
