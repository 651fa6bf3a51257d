// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The functions among the symbols, numbered in order of their addresses. Names of the same address are one function. The
 * padding before a function ("__pfx_", "__cfi_") is none, and neither is its unlikely part ("f.cold"), which belongs to it.
 */
public final class Functions {

    private static final byte[] PADDING = "__pfx_".getBytes(StandardCharsets.UTF_8);
    private static final byte[] TYPE_ID = "__cfi_".getBytes(StandardCharsets.UTF_8);
    private static final byte[] COLD = ".cold".getBytes(StandardCharsets.UTF_8);
    private static final long PAGE = 4096;

    /** A run of text: that of the kernel without its init code, or of a module. */
    public record Range(long start, long end) {

        boolean has(long address) {
            return address >= start && address < end;
        }
    }

    /** A run of instructions that a function is made of. */
    public record Piece(long start, long end) {

        public boolean has(long address) {
            return address >= start && address < end;
        }
    }

    private final Symbols symbols;
    private final List<Range> ranges;
    /** Of each function, a symbol's index. */
    private final int[] symbolOf;

    private final long[] starts;
    private final StartTable table;
    private final Map<Integer, List<Piece>> coldOf = new HashMap<>();
    private final Map<Long, Integer> ownerOfCold = new HashMap<>();

    public Functions(Symbols symbols) {
        this.symbols = symbols;
        ranges = ranges(symbols);
        int[] found = new int[symbols.count()];
        int count = 0;
        long last = 0;
        List<Integer> colds = new ArrayList<>();
        for (int i = 0; i < found.length; i++) {
            if (!symbols.isText(i) || isPadding(i)) {
                continue;
            }
            if (isCold(i)) {
                colds.add(i);
            } else if (symbols.addresses[i] != last) {
                found[count++] = i;
                last = symbols.addresses[i];
            }
        }
        symbolOf = Arrays.copyOf(found, count);
        starts = Arrays.stream(symbolOf).mapToLong(i -> symbols.addresses[i]).toArray();
        table = new StartTable(starts);
        own(colds);
    }

    private boolean isPadding(int symbol) {
        return symbols.nameStarts(symbol, PADDING) || symbols.nameStarts(symbol, TYPE_ID);
    }

    /** The whole name "f.cold", or with a number after it, as older compilers have it. */
    private boolean isCold(int symbol) {
        byte[] names = symbols.names;
        for (int i = symbols.nameAt[symbol]; names[i] != 0; i++) {
            if (names[i] == '.'
                    && Arrays.equals(names, i, Math.min(i + COLD.length, names.length), COLD, 0, COLD.length)) {
                return true;
            }
        }
        return false;
    }

    /** Finds whose the unlikely parts are. Of several functions of a name, the nearest one: an object file's text is together. */
    private void own(List<Integer> colds) {
        Map<String, List<Integer>> wanted = new HashMap<>();
        for (int cold : colds) {
            String name = symbols.name(cold);
            wanted.put(name.substring(0, name.indexOf(".cold")), new ArrayList<>());
        }
        for (int f = 0; f < symbolOf.length; f++) {
            List<Integer> functions = wanted.get(symbols.name(symbolOf[f]));
            if (functions != null) {
                functions.add(f);
            }
        }
        for (int cold : colds) {
            String name = symbols.name(cold);
            long start = symbols.addresses[cold];
            int owner = -1;
            for (int f : wanted.getOrDefault(name.substring(0, name.indexOf(".cold")), List.of())) {
                if (symbols.moduleOf[symbolOf[f]] == symbols.moduleOf[cold]
                        && (owner < 0 || Math.abs(starts[f] - start) < Math.abs(starts[owner] - start))) {
                    owner = f;
                }
            }
            if (owner >= 0) {
                coldOf.computeIfAbsent(owner, o -> new ArrayList<>()).add(new Piece(start, endOf(cold)));
                ownerOfCold.put(start, owner);
            }
        }
    }

    private static List<Range> ranges(Symbols symbols) {
        List<Range> found = new ArrayList<>();
        Optional<Symbol> start = symbols.linker("_stext");
        Optional<Symbol> end = symbols.linker("_etext");
        if (start.isPresent() && end.isPresent()) {
            found.add(new Range(start.get().address(), end.get().address()));
        }
        long[] least = new long[symbols.modules.size()];
        long[] most = new long[symbols.modules.size()];
        for (int i = 0; i < symbols.count(); i++) {
            int module = symbols.moduleOf[i];
            if (module > 0 && symbols.isText(i)) {
                long address = symbols.addresses[i];
                least[module] = least[module] == 0 ? address : least[module];
                most[module] = address;
            }
        }
        for (int m = 1; m < least.length; m++) {
            if (least[m] != 0) {
                found.add(new Range(least[m], (most[m] | (PAGE - 1)) + 1));
            }
        }
        found.sort((a, b) -> Long.compare(a.start, b.start));
        return List.copyOf(found);
    }

    public List<Range> ranges() {
        return ranges;
    }

    public int count() {
        return starts.length;
    }

    public long start(int function) {
        return starts[function];
    }

    public String name(int function) {
        return symbols.name(symbolOf[function]);
    }

    public Symbol symbol(int function) {
        return symbols.get(symbolOf[function]);
    }

    /** The function that begins at an address; -1 if none does. */
    public int startingAt(long address) {
        return table.find(address);
    }

    StartTable starts() {
        return table;
    }

    /** The function that an address is in; -1 outside of the kernel's lasting text. */
    public int containing(long address) {
        int symbol = symbols.before(address);
        while (symbol >= 0 && !symbols.isText(symbol)) {
            symbol--;
        }
        if (symbol < 0) {
            return -1;
        }
        long start = symbols.addresses[symbol];
        if (ranges.stream().noneMatch(r -> r.has(address) && r.has(start))) {
            return -1;
        }
        Integer owner = ownerOfCold.get(start);
        return owner != null ? owner : table.find(start);
    }

    /** The address of the first symbol after an address. */
    public long nextSymbol(long address) {
        int next = symbols.before(address) + 1;
        return next < symbols.count() ? symbols.addresses[next] : Long.MAX_VALUE;
    }

    /** Whether the function stays: the text of init code is given back when the kernel has booted. */
    public boolean isLasting(int function) {
        return ranges.stream().anyMatch(r -> r.has(starts[function]));
    }

    /** What the function is made of, its beginning first. */
    public List<Piece> pieces(int function) {
        List<Piece> pieces = new ArrayList<>();
        pieces.add(new Piece(starts[function], endOf(symbolOf[function])));
        pieces.addAll(coldOf.getOrDefault(function, List.of()));
        return pieces;
    }

    /** Where the next symbol begins that is text, or where the range ends. */
    private long endOf(int symbol) {
        long start = symbols.addresses[symbol];
        long limit = ranges.stream()
                .filter(r -> r.has(start))
                .mapToLong(Range::end)
                .findFirst()
                .orElse(Long.MAX_VALUE);
        for (int i = symbol + 1; i < symbols.count(); i++) {
            if (symbols.addresses[i] > start && symbols.isText(i)) {
                return Math.min(limit, symbols.addresses[i]);
            }
        }
        return limit == Long.MAX_VALUE ? start : limit;
    }
}
