// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The symbols of /proc/kallsyms in order of their addresses, kept small. Not in it: what has no address in the kernel's
 * half (offsets into per-CPU areas), arm64's marks of what is code ("$x"), and the programs of BPF and trampolines of
 * ftrace, which come and go.
 */
public final class Symbols {

    /** A symbol's place in the order of the file takes this many bits when they are sorted. */
    private static final int PLACE_BITS = 20;

    private static final long SPAN_MAX = 1L << (63 - PLACE_BITS);

    final long[] addresses;
    final byte[] types;
    final short[] moduleOf;
    /** Where a symbol's name begins; it ends at a NUL. */
    final int[] nameAt;

    final byte[] names;
    final List<String> modules;

    Symbols(long[] addresses, byte[] types, short[] moduleOf, int[] nameAt, byte[] names, List<String> modules) {
        this.addresses = addresses;
        this.types = types;
        this.moduleOf = moduleOf;
        this.nameAt = nameAt;
        this.names = names;
        this.modules = modules;
    }

    /** An empty list. */
    public static Symbols none() {
        return new Symbols(new long[0], new byte[0], new short[0], new int[0], new byte[0], List.of(""));
    }

    /**
     * Reads the text of /proc/kallsyms.
     *
     * @throws IOException if it has no addresses: they are shown to root only
     */
    public static Symbols parse(byte[] kallsyms) throws IOException {
        return new Parser(kallsyms).parse();
    }

    private static final class Parser {
        private final byte[] text;
        private final Map<String, Short> moduleNumbers = new LinkedHashMap<>(Map.of("", (short) 0));
        private long[] addresses = new long[1 << 17];
        private byte[] types = new byte[1 << 17];
        private short[] moduleOf = new short[1 << 17];
        private int[] nameAt = new int[1 << 17];
        private final byte[] names;
        private int namesEnd;
        private int count;
        private String lastModule = "";
        private short lastNumber;

        Parser(byte[] text) {
            this.text = text;
            names = new byte[text.length + 1];
        }

        Symbols parse() throws IOException {
            int at = 0;
            while (at < text.length) {
                int end = at;
                while (end < text.length && text[end] != '\n') {
                    end++;
                }
                line(at, end);
                at = end + 1;
            }
            if (count == 0) {
                throw new IOException("/proc/kallsyms shows no addresses: run this as root");
            }
            return sorted();
        }

        /** "ffffffff81000000 T name", and for a module's: tab "[module]". */
        private void line(int from, int end) throws IOException {
            if (end - from < 20 || text[from + 16] != ' ' || text[from + 18] != ' ') {
                throw new IOException("a line of /proc/kallsyms has an unknown form: "
                        + new String(text, from, Math.min(end - from, 80), StandardCharsets.UTF_8));
            }
            long address = 0;
            for (int i = from; i < from + 16; i++) {
                address = address << 4 | Character.digit(text[i], 16);
            }
            if (address >= 0 || text[from + 19] == '$') {
                return;
            }
            int nameFrom = from + 19;
            int nameEnd = nameFrom;
            while (nameEnd < end && text[nameEnd] != '\t') {
                nameEnd++;
            }
            short module = nameEnd < end ? module(nameEnd + 2, end - 1) : 0;
            if (module < 0) {
                return;
            }
            grow();
            addresses[count] = address;
            types[count] = text[from + 17];
            moduleOf[count] = module;
            nameAt[count] = namesEnd;
            System.arraycopy(text, nameFrom, names, namesEnd, nameEnd - nameFrom);
            namesEnd += nameEnd - nameFrom + 1;
            count++;
        }

        private void grow() {
            if (count == addresses.length) {
                addresses = Arrays.copyOf(addresses, count * 2);
                types = Arrays.copyOf(types, count * 2);
                moduleOf = Arrays.copyOf(moduleOf, count * 2);
                nameAt = Arrays.copyOf(nameAt, count * 2);
            }
        }

        /** The number of a module; negative for what is none. */
        private short module(int from, int end) {
            String name = new String(text, from, Math.max(0, end - from), StandardCharsets.UTF_8);
            if (!name.equals(lastModule)) {
                lastModule = name;
                lastNumber = name.equals("bpf") || name.startsWith("__builtin__")
                        ? -1
                        : moduleNumbers.computeIfAbsent(name, n -> (short) moduleNumbers.size());
            }
            return lastNumber;
        }

        private Symbols sorted() throws IOException {
            long least = Arrays.stream(addresses, 0, count).min().orElse(0);
            long most = Arrays.stream(addresses, 0, count).max().orElse(0);
            if (count >= 1 << PLACE_BITS || most - least >= SPAN_MAX) {
                throw new IOException("/proc/kallsyms: more symbols, or further apart, than this killswitch knows");
            }
            long[] order = new long[count];
            for (int i = 0; i < count; i++) {
                order[i] = (addresses[i] - least) << PLACE_BITS | i;
            }
            Arrays.sort(order);
            long[] sortedAddresses = new long[count];
            byte[] sortedTypes = new byte[count];
            short[] sortedModules = new short[count];
            int[] sortedNames = new int[count];
            for (int i = 0; i < count; i++) {
                int from = (int) (order[i] & ((1 << PLACE_BITS) - 1));
                sortedAddresses[i] = addresses[from];
                sortedTypes[i] = types[from];
                sortedModules[i] = moduleOf[from];
                sortedNames[i] = nameAt[from];
            }
            return new Symbols(
                    sortedAddresses,
                    sortedTypes,
                    sortedModules,
                    sortedNames,
                    Arrays.copyOf(names, namesEnd),
                    List.copyOf(moduleNumbers.keySet()));
        }
    }

    public int count() {
        return addresses.length;
    }

    public Symbol get(int index) {
        return new Symbol(addresses[index], (char) types[index], name(index), module(index));
    }

    String name(int index) {
        int start = nameAt[index];
        int end = start;
        while (names[end] != 0) {
            end++;
        }
        return new String(names, start, end - start, StandardCharsets.UTF_8);
    }

    String module(int index) {
        return modules.get(moduleOf[index]);
    }

    static boolean isText(byte type) {
        return type == 't' || type == 'T' || type == 'w' || type == 'W';
    }

    boolean isText(int index) {
        return isText(types[index]);
    }

    /** Those of a name, in order of their addresses. */
    public List<Symbol> named(String name) {
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        List<Symbol> found = new ArrayList<>();
        for (int i = 0; i < nameAt.length; i++) {
            if (nameStarts(i, wanted) && names[nameAt[i] + wanted.length] == 0) {
                found.add(get(i));
            }
        }
        return found;
    }

    /**
     * The functions of a name.
     *
     * @param module in which; empty for any, and the kernel itself
     */
    public List<Symbol> functions(String name, Optional<String> module) {
        return functions(named(name), module);
    }

    /**
     * What the compiler made of a function besides it, or in its place, and the unlikely part that it put elsewhere.
     *
     * @param module in which; empty for any, and the kernel itself
     */
    public List<Symbol> copies(String name, Optional<String> module) {
        return functions(beginning(name + "."), module);
    }

    private static List<Symbol> functions(List<Symbol> symbols, Optional<String> module) {
        return symbols.stream()
                .filter(s -> s.isText() && module.map(m -> m.equals(s.module())).orElse(true))
                .toList();
    }

    /** Those whose names begin in a way. */
    public List<Symbol> beginning(String prefix) {
        byte[] wanted = prefix.getBytes(StandardCharsets.UTF_8);
        List<Symbol> found = new ArrayList<>();
        for (int i = 0; i < nameAt.length; i++) {
            if (nameStarts(i, wanted)) {
                found.add(get(i));
            }
        }
        return found;
    }

    boolean nameStarts(int index, byte[] wanted) {
        int start = nameAt[index];
        int end = start + wanted.length;
        return end < names.length && Arrays.equals(names, start, end, wanted, 0, wanted.length);
    }

    /** The kernel's own symbol of a name that the linker makes, such as _stext. */
    public Optional<Symbol> linker(String name) {
        return named(name).stream().filter(s -> s.module().isEmpty()).findFirst();
    }

    /** The index of the last symbol at or before an address; -1 if there is none. */
    int before(long address) {
        int found = Arrays.binarySearch(addresses, address);
        if (found < 0) {
            return -found - 2;
        }
        while (found + 1 < addresses.length && addresses[found + 1] == address) {
            found++;
        }
        return found;
    }

    /** The data object that an address is in, as far as symbols tell: the last one before it that is not text. */
    public Optional<Symbol> object(long address) {
        int index = before(address);
        while (index >= 0 && isText(index)) {
            index--;
        }
        return index < 0 ? Optional.empty() : Optional.of(get(index));
    }
}
