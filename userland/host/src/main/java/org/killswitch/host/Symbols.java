// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kernel's own list of its functions and those of its modules: /proc/kallsyms. */
public final class Symbols {

    /** Where it is. */
    public static final Path FILE = Path.of("/proc/kallsyms");

    /** What stands for the module of what is in none. */
    private static final String KERNEL = "vmlinux";

    /** Before the name: 16 digits and a letter, with blanks after them. */
    private static final int NAME_AT = 19;

    private Symbols() {}

    /** The module that a function is in; empty where it is in none, in several, or there is no such function. */
    public static Optional<String> moduleOf(String function) throws IOException {
        return moduleOf(FILE, function);
    }

    /** The same, by a list of the same form. */
    public static Optional<String> moduleOf(Path list, String function) throws IOException {
        Pattern line = Pattern.compile("[0-9a-f]+ [tTwW] " + Pattern.quote(function) + "(\\t\\[(?<module>\\S+)\\])?");
        String part = " " + function;
        Set<String> homes = new HashSet<>();
        try (BufferedReader symbols = Files.newBufferedReader(list, StandardCharsets.ISO_8859_1)) {
            String text = symbols.readLine();
            while (text != null) {
                if (text.contains(part)) {
                    Matcher m = line.matcher(text);
                    if (m.matches()) {
                        homes.add(m.group("module") == null ? KERNEL : m.group("module"));
                    }
                }
                text = symbols.readLine();
            }
            return homes.size() == 1
                    ? homes.stream().filter(h -> !h.equals(KERNEL)).findFirst()
                    : Optional.empty();
        }
    }

    /** The names of all symbols; none where the file cannot be read. */
    public static Set<String> names(SystemFiles files) {
        Set<String> names = new HashSet<>();
        for (String line : files.lines(FILE.toString())) {
            int tab = line.indexOf('\t');
            if (line.length() > NAME_AT) {
                names.add(line.substring(NAME_AT, tab < 0 ? line.length() : tab));
            }
        }
        return names;
    }

    /** Which of some functions the kernel has, outside of modules. */
    public static Set<String> present(Set<String> functions) throws IOException {
        Set<String> found = new HashSet<>();
        try (BufferedReader symbols = Files.newBufferedReader(FILE, StandardCharsets.ISO_8859_1)) {
            String text = symbols.readLine();
            while (text != null) {
                int name = text.lastIndexOf(' ') + 1;
                boolean code = name > 1 && "tTwW".indexOf(text.charAt(name - 2)) >= 0;
                if (code && functions.contains(text.substring(name))) {
                    found.add(text.substring(name));
                }
                text = symbols.readLine();
            }
            return found;
        }
    }
}
