// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

/** A part of an expression's text, from {@code start} to before {@code end}. */
public record Span(int start, int end) {

    public Span to(Span last) {
        return new Span(start, last.end);
    }

    public String of(String text) {
        return text.substring(start, end);
    }
}
