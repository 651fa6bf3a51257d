// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Reads of /proc/kallsyms the lines of some names only, and no further than it must: writing all of it takes the kernel
 * longer than anything else that a command waits for. Where addresses are hidden, the order of the lines, which is
 * theirs, takes their place.
 */
public final class SymbolFilter {

    private static final int ADDRESS = 16;
    private static final int TYPE_AT = ADDRESS + 1;
    private static final int NAME_AT = ADDRESS + 3;
    private static final int BUFFER_SIZE = 1 << 17;
    /** Names are told apart first by their third to sixth character: most in the kernel begin with the same two. */
    private static final int TOLD_FROM = 2;

    private static final int TOLD_TO = 6;

    private final Set<String> names;
    private final Set<String> missing;
    private final String prefix;
    private final boolean inModules;
    private final boolean[] isTold = new boolean[1 << 16];
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream(1 << 16);
    private int number;

    /**
     * A filter for one reading.
     *
     * @param functions whose lines are kept, with those of what the compiler made of them ("f.part.0")
     * @param others of what else lines are kept, if it is the kernel's own
     * @param prefix with which the names of the kernel's own begin that are kept, too
     * @param inModules whether a module's function may be meant where the kernel has one of the same name; if not, modules
     *     are read only for what the kernel has not
     */
    public SymbolFilter(Set<String> functions, Set<String> others, String prefix, boolean inModules) {
        names = new HashSet<>(functions);
        names.addAll(others);
        missing = new HashSet<>(functions);
        this.prefix = prefix;
        this.inModules = inModules;
        names.forEach(this::tell);
        tell(prefix);
    }

    private void tell(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < TOLD_TO) {
            Arrays.fill(isTold, true);
        } else {
            isTold[told(bytes, 0)] = true;
        }
    }

    private static int told(byte[] text, int name) {
        int sum = 0;
        for (int i = name + TOLD_FROM; i < name + TOLD_TO; i++) {
            sum = sum * 31 + text[i];
        }
        return sum & 0xffff;
    }

    /**
     * Reads.
     *
     * @param kallsyms what /proc/kallsyms has
     * @throws IOException also if it has nothing of the names
     */
    public Symbols read(InputStream kallsyms) throws IOException {
        byte[] buffer = new byte[BUFFER_SIZE];
        int length = 0;
        boolean more = true;
        while (more) {
            int got = kallsyms.read(buffer, length, buffer.length - length);
            if (got <= 0) {
                break;
            }
            length += got;
            int end = lastLineEnd(buffer, length);
            more = lines(buffer, end);
            System.arraycopy(buffer, end, buffer, 0, length - end);
            length -= end;
        }
        return Symbols.parse(kept.toByteArray());
    }

    private static int lastLineEnd(byte[] text, int length) {
        int end = length;
        while (end > 0 && text[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    /** Whether there may be more that is wanted after these lines. */
    private boolean lines(byte[] text, int length) {
        int at = 0;
        while (at >= 0 && at < length) {
            at = line(text, at, length);
        }
        return at >= 0;
    }

    /**
     * One line; apart from the loop, so that it is soon compiled.
     *
     * @return where the next one begins; negative if nothing that is wanted can come
     */
    private int line(byte[] text, int at, int length) {
        boolean isSymbol = length - at > NAME_AT && text[at + ADDRESS] == ' ' && text[at + NAME_AT - 1] == ' ';
        int end = isSymbol ? at + NAME_AT : at;
        while (text[end] != '\n') {
            end++;
        }
        number++;
        if (!isSymbol) {
            return end + 1;
        }
        if (text[end - 1] == ']' && missing.isEmpty() && !inModules) {
            return -1;
        }
        if (isWanted(text, at + NAME_AT, end, Symbols.isText(text[at + TYPE_AT]))) {
            keep(text, at, end);
        }
        return end + 1;
    }

    private boolean isWanted(byte[] text, int from, int end, boolean isFunction) {
        if (end - from >= TOLD_TO && !isTold[told(text, from)]) {
            return false;
        }
        int stop = from;
        int dot = -1;
        while (stop < end && text[stop] != '\t') {
            if (text[stop] == '.' && dot < 0) {
                dot = stop;
            }
            stop++;
        }
        String name = new String(text, from, stop - from, StandardCharsets.UTF_8);
        if (isFunction) {
            missing.remove(name);
        }
        return name.startsWith(prefix)
                || names.contains(name)
                || (dot >= 0 && names.contains(name.substring(0, dot - from)));
    }

    private void keep(byte[] text, int at, int end) {
        if (isHidden(text, at)) {
            kept.writeBytes(String.format(Locale.ROOT, "ffffffff%08x", number).getBytes(StandardCharsets.US_ASCII));
        } else {
            kept.write(text, at, ADDRESS);
        }
        kept.write(text, at + ADDRESS, end - at - ADDRESS);
        kept.write('\n');
    }

    private static boolean isHidden(byte[] text, int at) {
        for (int i = at; i < at + ADDRESS; i++) {
            if (text[i] != '0') {
                return false;
            }
        }
        return true;
    }
}
