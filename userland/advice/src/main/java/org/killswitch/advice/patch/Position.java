// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice.patch;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** In which function a line of C is, going from line to line; C as the kernel lays it out, functions in the first column. */
final class Position {

    private static final Pattern DEFINITION =
            Pattern.compile("^[A-Za-z_][^=;]*?\\b([A-Za-z_][A-Za-z0-9_]*)\\s*\\((.*)");
    private static final Pattern LABEL = Pattern.compile("^[A-Za-z_][A-Za-z0-9_]*:.*");
    private static final Pattern SYSTEM_CALL = Pattern.compile("^(COMPAT_)?SYSCALL_DEFINE[0-6]$");
    private static final Pattern MACRO_OF_FUNCTION = Pattern.compile("^(BPF_CALL_[0-9]|.*SYSCALL_DEFINE[0-6])$");
    private static final Pattern FIRST_WORD = Pattern.compile("\\s*([A-Za-z0-9_]+).*");
    /** What takes arguments in front of a function's name. */
    private static final Set<String> ATTRIBUTES =
            Set.of("__attribute__", "__printf", "__section", "__aligned", "__acquires");

    private String function;
    /** Its first lines were seen, its body not yet. */
    private String begun = "";
    /** Whether the line is known to be in no function. */
    private boolean outside;

    /**
     * At the beginning of a hunk.
     *
     * @param header what follows the second @@: the last line before that began in the first column
     */
    Position(String header) {
        function = LABEL.matcher(header).matches() ? "" : name(header);
        outside = function.isEmpty()
                && !header.isEmpty()
                && !LABEL.matcher(header).matches();
    }

    /** The function of the line that came last; empty if it is in none, or that cannot be told. */
    String function() {
        return begun.isEmpty() ? function : begun;
    }

    boolean isOutside() {
        return outside;
    }

    /**
     * Takes the next line.
     *
     * @return the name of the function that begins here; empty if none does
     */
    String next(String code) {
        String defined = "";
        if (code.startsWith("{")) {
            function = begun.isEmpty() ? function : begun;
            begun = "";
            outside = function.isEmpty();
        } else if (code.startsWith("}")) {
            function = "";
            begun = "";
            outside = true;
        } else if (!code.isEmpty()
                && (Character.isLetter(code.charAt(0)) || code.charAt(0) == '_')
                && !LABEL.matcher(code).matches()) {
            defined = code.stripTrailing().endsWith(";") ? "" : name(code);
            begun = defined;
            function = "";
            outside = defined.isEmpty();
        } else if (!begun.isEmpty() && code.stripTrailing().endsWith(";")) {
            begun = ""; // a declaration
            outside = true;
        }
        return defined;
    }

    private static String name(String line) {
        Matcher m = DEFINITION.matcher(line);
        if (!m.matches()) {
            Matcher bare =
                    Pattern.compile("^([A-Za-z_][A-Za-z0-9_]*)\\s*\\((.*)").matcher(line);
            return bare.matches() ? name(bare.group(1), bare.group(2)) : "";
        }
        return name(m.group(1), m.group(2));
    }

    private static String name(String word, String rest) {
        if (ATTRIBUTES.contains(word)) {
            int end = rest.lastIndexOf(')', Math.max(0, rest.lastIndexOf('(')));
            return end < 0 ? "" : name(rest.substring(end + 1).strip());
        }
        if (!MACRO_OF_FUNCTION.matcher(word).matches()) {
            return isMacro(word) ? "" : word;
        }
        Matcher first = FIRST_WORD.matcher(rest);
        if (!first.matches()) {
            return "";
        }
        Matcher call = SYSTEM_CALL.matcher(word);
        return call.matches()
                ? (call.group(1) == null ? "__do_sys_" : "__do_compat_sys_") + first.group(1)
                : first.group(1);
    }

    /** DEFINE_MUTEX(), MODULE_LICENSE(). */
    private static boolean isMacro(String word) {
        return word.equals(word.toUpperCase(java.util.Locale.ROOT));
    }
}
