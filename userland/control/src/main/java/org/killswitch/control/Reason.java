// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control;

/**
 * Why something is done: a CVE, a ticket. The module keeps it with the engagement and logs it.
 *
 * @param text 1 to {@value #MAX} printable ASCII characters, without blanks at the ends
 */
public record Reason(String text) {

    /** The most characters that the module takes. */
    public static final int MAX = 120;

    /** Checks the form. Throws IllegalArgumentException where {@link #parse} throws; that one is for users' input. */
    public Reason {
        if (!isReason(text)) {
            throw new IllegalArgumentException("not a reason: " + text);
        }
    }

    /**
     * Reads a reason as an administrator types it; blanks at its ends are left out.
     *
     * @throws InvalidInputException if the module would refuse it
     */
    public static Reason parse(String text) throws InvalidInputException {
        String stripped = text.strip();
        if (!isReason(stripped)) {
            throw new InvalidInputException("a reason is 1 to " + MAX + " printable ASCII characters");
        }
        return new Reason(stripped);
    }

    private static boolean isReason(String text) {
        return !text.isEmpty()
                && text.length() <= MAX
                && text.strip().equals(text)
                && text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    @Override
    public String toString() {
        return text;
    }
}
