// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.manual;

/** Text in troff. */
final class Troff {

    private Troff() {}

    /** A minus is to be one: it gets copied to a shell. */
    static String escaped(String text) {
        return text.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("'", "\\(aq")
                .replace("^", "\\(ha")
                .replace("~", "\\(ti")
                .replace("`", "\\(ga");
    }

    /** A line of text. */
    static String line(String text) {
        return notARequest(escaped(text));
    }

    /** A line that starts with a dot or a quote would be taken for a request. */
    static String notARequest(String line) {
        return line.startsWith(".") || line.startsWith("'") ? "\\&" + line : line;
    }

    /** An argument of a macro. */
    static String quoted(String text) {
        return '"' + escaped(text).replace("\"", "\\(dq") + '"';
    }
}
