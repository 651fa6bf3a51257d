// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.List;
import org.killswitch.bpf.BpfException;

/** A guard's expression is wrong; beside the one-line message there is a picture of where. */
public final class GuardException extends BpfException {

    private static final long serialVersionUID = 1L;

    /** How much of a long expression is shown on either side of the spot. */
    private static final int CONTEXT = 50;

    @SuppressWarnings("serial") // nobody serializes it
    private final List<String> picture;

    GuardException(String message, String expression, Span span) {
        super(message);
        picture = picture(expression, span);
    }

    /** Thrown where the text is not at hand; {@link WrongException#in} adds it. */
    public static final class WrongException extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient Span span;

        public WrongException(Span span, String message) {
            super(message, null, false, false);
            this.span = span;
        }

        GuardException in(String expression) {
            return new GuardException(String.valueOf(getMessage()), expression, span);
        }
    }

    /** The expression, and below it a mark under what the message is about. */
    public List<String> picture() {
        return picture;
    }

    private static List<String> picture(String expression, Span span) {
        int start = Math.min(span.start(), expression.length());
        int end = Math.min(Math.max(span.end(), start + 1), Math.max(expression.length(), start + 1));
        int from = start > CONTEXT ? start - CONTEXT : 0;
        int to = Math.min(expression.length(), Math.max(start, Math.min(end, start + CONTEXT)) + CONTEXT);
        String before = from > 0 ? "..." : "";
        String text = before + plain(expression.substring(from, to)) + (to < expression.length() ? "..." : "");
        int column = before.length() + plain(expression.substring(from, start)).length();
        int length = plain(expression.substring(start, Math.min(end, to))).length();
        String mark = " ".repeat(column) + "^" + "~".repeat(Math.max(0, length - 1));
        return List.of("  " + text, "  " + mark);
    }
}
