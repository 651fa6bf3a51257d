package org.killswitch.bpf;

/** A part of an expression's text, from {@code start} to before {@code end}. */
record Span(int start, int end) {

    Span to(Span last) {
        return new Span(start, last.end);
    }

    String of(String text) {
        return text.substring(start, end);
    }
}
