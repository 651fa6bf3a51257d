// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import org.killswitch.bpf.BpfException;

/** A word of an expression; of a string or character, {@code text} is what it stands for. */
record Token(Kind kind, String text, Span span) {

    enum Kind {
        NUMBER,
        NAME,
        STRING,
        CHARACTER,
        SIGN,
        END
    }

    private static final int SHOWN = 40;

    boolean isSign(String sign) {
        return kind == Kind.SIGN && text.equals(sign);
    }

    boolean isWord(String word) {
        return kind == Kind.NAME && text.equals(word);
    }

    /** As it is called in a complaint, which is one line. */
    String described() {
        String shown = BpfException.plain(text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...");
        return switch (kind) {
            case END -> "the end";
            case STRING -> "the string \"" + shown + "\"";
            case CHARACTER -> "a character";
            default -> "'" + shown + "'";
        };
    }
}
