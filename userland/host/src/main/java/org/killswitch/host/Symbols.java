// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kernel's own list of its functions and those of its modules: /proc/kallsyms. */
public final class Symbols {

    /** Where it is. */
    public static final Path FILE = Path.of("/proc/kallsyms");

    private Symbols() {}

    /** The module that a function is in; empty where it is in none, or there is no such function. */
    public static Optional<String> moduleOf(String function) throws IOException {
        return moduleOf(FILE, function);
    }

    /** The same, by a list of the same form. */
    public static Optional<String> moduleOf(Path list, String function) throws IOException {
        Pattern line = Pattern.compile("[0-9a-f]+ [tTwW] " + Pattern.quote(function) + "\\t\\[(?<module>\\S+)\\]");
        String part = " " + function + "\t[";
        try (BufferedReader symbols = Files.newBufferedReader(list, StandardCharsets.ISO_8859_1)) {
            String text = symbols.readLine();
            while (text != null) {
                if (text.contains(part)) {
                    Matcher m = line.matcher(text);
                    if (m.matches()) {
                        return Optional.of(m.group("module"));
                    }
                }
                text = symbols.readLine();
            }
            return Optional.empty();
        }
    }
}
