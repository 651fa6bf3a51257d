// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a kernel function as in /proc/kallsyms, compiler suffixes included, optionally qualified with its
 * module: {@code af_alg_sendmsg}, {@code algif_aead:aead_recvmsg}, {@code l2cap_connect.constprop.0}.
 *
 * @param text the name as the kernel module takes it
 */
public record SymbolName(String text) {

    private static final Pattern FORM = Pattern.compile("(?:[A-Za-z0-9_]+:)?(?![0-9])[A-Za-z0-9_.$]+");
    private static final Pattern OFFSET = Pattern.compile(".+[+-](?:0[xX])?[0-9a-fA-F]+");

    /** Checks the form. Throws IllegalArgumentException where {@link #parse} throws; that one is for users' input. */
    public SymbolName {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("not a symbol name: " + text);
        }
    }

    /**
     * Reads a name as an administrator types it.
     *
     * @throws InvalidInputException if it cannot be the name of a function; whether there is one, the kernel says
     */
    public static SymbolName parse(String text) throws InvalidInputException {
        if (FORM.matcher(text).matches()) {
            return new SymbolName(text);
        }
        if (OFFSET.matcher(text).matches()) {
            throw new InvalidInputException(
                    "'" + text + "' has an offset; only whole functions can be overridden, so give the name alone");
        }
        throw new InvalidInputException(
                "'" + text + "' is not a function's name; write it as in /proc/kallsyms, or as <module>:<function>");
    }

    /** The module in front of the name, where there is one. */
    public Optional<String> module() {
        int colon = text.indexOf(':');
        return colon < 0 ? Optional.empty() : Optional.of(text.substring(0, colon));
    }

    /** The name without the module in front. */
    public String function() {
        return text.substring(text.indexOf(':') + 1);
    }

    /** Whether the other may be the same function: it is, or one of the two has no module in front. */
    public boolean mayBe(SymbolName other) {
        return equals(other)
                || (function().equals(other.function())
                        && (module().isEmpty() || other.module().isEmpty()));
    }

    @Override
    public String toString() {
        return text;
    }
}
