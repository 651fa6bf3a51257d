// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Every place that names the start of a function: direct calls and jumps, addresses in instructions, and pointers in data.
 * What a register holds at an indirect call is not in it.
 */
public final class CallGraph {

    /** How a function is named. */
    public enum Kind {
        CALL(0),
        JUMP(1),
        /** Its address is an operand: the function is registered, or compared, at run time. */
        ADDRESS(2);

        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }

        /** As it is kept: its place in {@link #KINDS}. */
        byte code() {
            return code;
        }
    }

    /**
     * A place in the text.
     *
     * @param function the number of the function that the place is in
     */
    public record Site(int function, long address, Kind kind) {}

    private static final Kind[] KINDS = Kind.values();

    /** Sites in order of their addresses: where, in which function, to which, and how. */
    final long[] sites;

    final int[] callers;
    final int[] targets;
    final byte[] kinds;
    /** Words of data that hold a function's address, in order of theirs. */
    final long[] slots;

    final int[] slotTargets;

    private final Index byTarget;
    private final Index byCaller;
    private final Index slotsByTarget;

    CallGraph(
            int functions, long[] sites, int[] callers, int[] targets, byte[] kinds, long[] slots, int[] slotTargets) {
        this.sites = sites;
        this.callers = callers;
        this.targets = targets;
        this.kinds = kinds;
        this.slots = slots;
        this.slotTargets = slotTargets;
        byTarget = new Index(functions, targets);
        byCaller = new Index(functions, callers);
        slotsByTarget = new Index(functions, slotTargets);
    }

    /** Numbers grouped by a key: a counting sort. */
    private static final class Index {
        private final int[] first;
        private final int[] members;

        Index(int keys, int[] keyOf) {
            first = new int[keys + 1];
            for (int key : keyOf) {
                first[key + 1]++;
            }
            for (int i = 0; i < keys; i++) {
                first[i + 1] += first[i];
            }
            members = new int[keyOf.length];
            int[] next = first.clone();
            for (int i = 0; i < keyOf.length; i++) {
                members[next[keyOf[i]]++] = i;
            }
        }
    }

    public int siteCount() {
        return sites.length;
    }

    public int slotCount() {
        return slots.length;
    }

    /** Where a function is named in the text. */
    public List<Site> to(int function) {
        List<Site> found = new ArrayList<>();
        for (int i = byTarget.first[function]; i < byTarget.first[function + 1]; i++) {
            int site = byTarget.members[i];
            found.add(new Site(callers[site], sites[site], KINDS[kinds[site]]));
        }
        return found;
    }

    /** How many places in the text name a function. */
    public int countTo(int function) {
        return byTarget.first[function + 1] - byTarget.first[function];
    }

    /** A function that another one names. */
    public record Callee(int function, long address, Kind kind) {}

    /** The functions that a function names, in order of the places. */
    public List<Callee> from(int function) {
        List<Callee> found = new ArrayList<>();
        for (int i = byCaller.first[function]; i < byCaller.first[function + 1]; i++) {
            int site = byCaller.members[i];
            found.add(new Callee(targets[site], sites[site], KINDS[kinds[site]]));
        }
        return found;
    }

    /** The addresses of the words in data that point to a function. */
    public List<Long> pointersTo(int function) {
        List<Long> found = new ArrayList<>();
        for (int i = slotsByTarget.first[function]; i < slotsByTarget.first[function + 1]; i++) {
            found.add(slots[slotsByTarget.members[i]]);
        }
        return found;
    }

    /** The functions that words of data in a range point to, in order of the words. */
    public List<Integer> pointedToFrom(long start, long end) {
        int first = Arrays.binarySearch(slots, start);
        List<Integer> found = new ArrayList<>();
        for (int i = first < 0 ? -first - 1 : first; i < slots.length && slots[i] < end; i++) {
            found.add(slotTargets[i]);
        }
        return found;
    }
}
