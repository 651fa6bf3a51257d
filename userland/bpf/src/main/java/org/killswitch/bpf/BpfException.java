// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.bpf;

import java.util.regex.Pattern;

/**
 * Something about BPF was refused or failed; the message is one line: what, why, and what to do. Names that an object or
 * a file has in it may hold any character: control characters are written as numbers.
 */
public class BpfException extends Exception {

    private static final long serialVersionUID = 1L;
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\x{80}-\\x{9f}\\x{2028}\\x{2029}]");

    /**
     * A failure.
     *
     * @param message what, why, and what to do
     */
    public BpfException(String message) {
        super(CONTROL.matcher(message)
                .replaceAll(m -> String.format("\\\\x%02x", (int) m.group().charAt(0))));
    }

    /** Text with one column for each character, whatever it is. */
    public static String plain(String text) {
        StringBuilder plain = new StringBuilder();
        text.codePoints()
                .map(c -> Character.isWhitespace(c) ? ' ' : c >= 0x20 && c < 0x7f ? c : '?')
                .forEach(plain::appendCodePoint);
        return plain.toString();
    }
}
