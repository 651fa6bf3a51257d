// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Builds the call graph: looks at every instruction's place in the text, and at every word of the data. */
final class GraphBuilder {

    static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Text and data are read in pieces of this many bytes; an instruction across two of them is seen in the first. */
    private static final int CHUNK = 1 << 22;

    private static final int OVERLAP = 64;

    /** How far from a word a list of places is looked for, in bytes. */
    private static final int PLACES_LOOKED = 128;

    /** The size of a struct dyn_ftrace. */
    private static final int RECORD = 16;

    private static final int STT_FUNC = 2;
    private static final long SYMBOL_SIZE_MAX = 1 << 20;

    private final Functions functions;
    private final Memory memory;
    private final StartTable starts;
    private final TextScanner scanner;
    private final List<Functions.Range> text;

    private long[] sites = new long[1 << 18];
    private int[] callers = new int[1 << 18];
    private int[] targets = new int[1 << 18];
    private byte[] kinds = new byte[1 << 18];
    private int count;
    private long[] slots = new long[1 << 15];
    private int[] slotTargets = new int[1 << 15];
    private int slotCount;
    private int lastCaller = -1;
    private long lastCallerFrom;
    private long lastCallerTo;

    GraphBuilder(Functions functions, Memory memory, Machine machine) {
        this.functions = functions;
        this.memory = memory;
        starts = functions.starts();
        text = functions.ranges();
        scanner = switch (machine) {
            case X86_64 -> new X86Scanner(starts);
            case ARM64 -> new Arm64Scanner(starts);
        };
    }

    /** Looks for what names functions in a piece of text. */
    interface TextScanner {

        /**
         * Goes through a piece of text.
         *
         * @param end where to stop; bytes after it may be looked at, up to the code's length
         */
        void scan(byte[] code, int end, long address, Found found);
    }

    /** Takes what was found: the place, the function's number, and a {@link CallGraph.Kind}. */
    @FunctionalInterface
    interface Found {
        void at(long site, int target, CallGraph.Kind kind);
    }

    CallGraph build(List<Functions.Range> data) throws IOException {
        for (Functions.Range range : text) {
            for (long at = range.start(); at < range.end(); at += CHUNK) {
                int length = (int) Math.min(CHUNK + OVERLAP, range.end() - at);
                scanner.scan(memory.read(at, length), Math.min(CHUNK, length), at, this::site);
            }
        }
        for (Functions.Range range : data) {
            for (long at = range.start() + 7 & ~7L; at + 8 <= range.end(); at += CHUNK) {
                words(memory.read(at, (int) Math.min(CHUNK, range.end() - at)), at);
            }
        }
        return new CallGraph(
                functions.count(),
                Arrays.copyOf(sites, count),
                Arrays.copyOf(callers, count),
                Arrays.copyOf(targets, count),
                Arrays.copyOf(kinds, count),
                Arrays.copyOf(slots, slotCount),
                Arrays.copyOf(slotTargets, slotCount));
    }

    private void site(long address, int target, CallGraph.Kind kind) {
        int caller = caller(address);
        if (caller < 0) {
            return;
        }
        if (count == sites.length) {
            sites = Arrays.copyOf(sites, count * 2);
            callers = Arrays.copyOf(callers, count * 2);
            targets = Arrays.copyOf(targets, count * 2);
            kinds = Arrays.copyOf(kinds, count * 2);
        }
        sites[count] = address;
        callers[count] = caller;
        targets[count] = target;
        kinds[count++] = kind.code();
    }

    private int caller(long address) {
        if (address < lastCallerFrom || address >= lastCallerTo) {
            lastCaller = functions.containing(address);
            lastCallerFrom = address;
            lastCallerTo = functions.nextSymbol(address);
        }
        return lastCaller;
    }

    private void words(byte[] data, long address) {
        for (int i = 0; i + 8 <= data.length; i += 8) {
            long word = (long) LONG.get(data, i);
            if (word < 0) {
                int target = starts.find(word);
                if (target >= 0 && !isSymbol(data, i) && !isAmongPlaces(data, i)) {
                    slot(address + i, target);
                }
            }
        }
    }

    /**
     * Whether a word is one of a list of places in the text, in order of their addresses: a module's list of what ftrace
     * can trace, or ftrace's own (struct dyn_ftrace). For a function that begins with an endbr instruction the place is
     * after it.
     */
    private boolean isAmongPlaces(byte[] data, int at) {
        return isAmongPlaces(data, at, -8)
                || isAmongPlaces(data, at, 8)
                || isAmongPlaces(data, at, -RECORD)
                || isAmongPlaces(data, at, RECORD);
    }

    private boolean isAmongPlaces(byte[] data, int at, int step) {
        long last = (long) LONG.get(data, at);
        for (int i = at + step; i >= 0 && i + 8 <= data.length && Math.abs(i - at) <= PLACES_LOOKED; i += step) {
            long word = (long) LONG.get(data, i);
            if (word < last != step < 0 || word == last || !isText(word)) {
                return false;
            }
            if (starts.find(word) < 0) {
                return true;
            }
            last = word;
        }
        return false;
    }

    private boolean isText(long address) {
        for (Functions.Range range : text) {
            if (range.has(address)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a word is the value of a symbol: a loaded module keeps its table of them (struct elf64_sym). */
    private static boolean isSymbol(byte[] data, int value) {
        if (value < 8 || value + 16 > data.length) {
            return false;
        }
        int type = data[value - 4] & 0xf;
        long size = (long) LONG.get(data, value + 8);
        return type == STT_FUNC && data[value - 3] >= 0 && data[value - 3] <= 3 && size > 0 && size < SYMBOL_SIZE_MAX;
    }

    private void slot(long address, int target) {
        if (slotCount == slots.length) {
            slots = Arrays.copyOf(slots, slotCount * 2);
            slotTargets = Arrays.copyOf(slotTargets, slotCount * 2);
        }
        slots[slotCount] = address;
        slotTargets[slotCount++] = target;
    }
}
