// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice.patch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a unified diff of C changes: of git or of diff -u, alone or in a mail.
 *
 * @param changed the functions with changed lines, in the order of the patch
 * @param added functions that the patch brings: the unfixed kernel has none of these names
 * @param unnamed places of changes that are in no function that could be told, as FILE:LINE
 * @param calls the names that each function calls in the lines that the patch shows
 */
public record Patch(List<String> changed, Set<String> added, List<String> unnamed, Map<String, Set<String>> calls) {

    private static final Pattern HUNK = Pattern.compile("@@ -(\\d+)(?:,(\\d+))? \\+(\\d+)(?:,(\\d+))? @@ ?(.*)");
    private static final Pattern SOURCE = Pattern.compile(".*\\.(c|h)");
    private static final Pattern CALL = Pattern.compile("\\b([A-Za-z_][A-Za-z0-9_]*)\\s*\\(");

    public Patch {
        changed = List.copyOf(changed);
        added = Set.copyOf(added);
        unnamed = List.copyOf(unnamed);
        calls = Map.copyOf(calls);
    }

    /** The functions of the patch that call another one, as far as the patch shows it: where that may be inlined. */
    public List<String> callersOf(String function) {
        return changed.stream()
                .filter(c -> !c.equals(function) && !added.contains(c))
                .filter(c -> calls.getOrDefault(c, Set.of()).contains(function))
                .toList();
    }

    /**
     * Reads one.
     *
     * @throws PatchException if there is no change of a C file in it
     */
    public static Patch parse(String text) throws PatchException {
        return new Parser(MailText.decoded(text)).parse();
    }

    private static final class Parser {

        private final List<String> lines;
        private int at;
        private final Set<String> changed = new LinkedHashSet<>();
        private final Set<String> brought = new LinkedHashSet<>();
        private final Set<String> taken = new LinkedHashSet<>();
        private final List<String> unnamed = new ArrayList<>();
        private final Map<String, Set<String>> calls = new LinkedHashMap<>();
        private boolean anySource;

        Parser(String text) {
            lines = text.lines().toList();
        }

        Patch parse() throws PatchException {
            boolean any = false;
            String file = "";
            while (at < lines.size()) {
                String line = lines.get(at++);
                if (line.startsWith("@@@ ")) {
                    throw new PatchException("it is the combined diff of a merge: give the diff against one parent");
                }
                Matcher hunk = HUNK.matcher(line);
                if (line.startsWith("--- ")
                        && at < lines.size()
                        && lines.get(at).startsWith("+++ ")) {
                    file = file(line, lines.get(at++));
                } else if (hunk.matches() && !file.isEmpty()) {
                    any = true;
                    hunk(file, hunk);
                }
            }
            if (!any) {
                throw new PatchException("it has no hunk of a unified diff");
            }
            if (!anySource) {
                throw new PatchException("it changes no C file");
            }
            Set<String> added = new LinkedHashSet<>(brought);
            added.removeAll(taken);
            return new Patch(List.copyOf(changed), added, unnamed, calls);
        }

        private static String file(String old, String fresh) {
            String path = (fresh.startsWith("+++ /dev/null") ? old : fresh).substring(4);
            int end = path.indexOf('\t');
            String name = (end < 0 ? path : path.substring(0, end)).strip();
            return name.replaceFirst("^[ab]/", "");
        }

        private void hunk(String file, Matcher header) throws PatchException {
            int oldLeft = count(header.group(2));
            int freshLeft = count(header.group(4));
            int line = Integer.parseInt(header.group(1));
            boolean isSource = SOURCE.matcher(file).matches();
            anySource |= isSource;
            Position position = new Position(header.group(5));
            while ((oldLeft > 0 || freshLeft > 0) && at < lines.size()) {
                String text = lines.get(at++);
                char kind = text.isEmpty() ? ' ' : text.charAt(0);
                if (kind == '\\') {
                    continue; // "No newline at end of file"
                }
                if (kind != ' ' && kind != '+' && kind != '-') {
                    throw new PatchException("the hunk of " + file + " at line " + header.group(1) + " is cut short");
                }
                if (isSource) {
                    line(kind, text.isEmpty() ? "" : text.substring(1), position, file, line);
                }
                oldLeft -= kind == '+' ? 0 : 1;
                freshLeft -= kind == '-' ? 0 : 1;
                line += kind == '+' ? 0 : 1;
            }
        }

        private void line(char kind, String code, Position position, String file, int number) {
            String defined = position.next(code);
            if (!defined.isEmpty() && kind != ' ') {
                (kind == '+' ? brought : taken).add(defined);
            } else if (!defined.isEmpty()) {
                taken.add(defined); // it is in both
            }
            String function = position.function();
            if (!function.isEmpty()) {
                Matcher call = CALL.matcher(code);
                while (call.find()) {
                    calls.computeIfAbsent(function, f -> new LinkedHashSet<>()).add(call.group(1));
                }
            }
            if (kind != ' ' && isCode(code)) {
                if (!function.isEmpty()) {
                    changed.add(function);
                } else if (!position.isOutside()) {
                    String place = file + ":" + number;
                    if (unnamed.isEmpty() || !unnamed.getLast().startsWith(file + ":")) {
                        unnamed.add(place);
                    }
                }
            }
        }

        private static boolean isCode(String code) {
            String bare = code.strip();
            return !bare.isEmpty()
                    && !bare.startsWith("*")
                    && !bare.startsWith("/*")
                    && !bare.startsWith("//")
                    && !bare.equals("{")
                    && !bare.equals("}");
        }

        private static int count(String digits) {
            return digits == null ? 1 : Integer.parseInt(digits);
        }
    }
}
