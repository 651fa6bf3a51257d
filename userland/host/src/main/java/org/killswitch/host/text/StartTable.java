// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

/** From the address at which a function begins to its number: a hash table that is asked some million times a scan. */
final class StartTable {

    private final long[] keys;
    private final int[] values;
    private final int mask;
    private final long least;
    private final long most;

    StartTable(long[] starts) {
        int size = Integer.highestOneBit(Math.max(starts.length, 8)) * 4;
        keys = new long[size];
        values = new int[size];
        mask = size - 1;
        long low = Long.MAX_VALUE;
        long high = Long.MIN_VALUE;
        for (int i = 0; i < starts.length; i++) {
            int at = slot(starts[i]);
            while (keys[at] != 0) {
                at = at + 1 & mask;
            }
            keys[at] = starts[i];
            values[at] = i;
            low = Math.min(low, starts[i]);
            high = Math.max(high, starts[i]);
        }
        least = low;
        most = high;
    }

    private int slot(long address) {
        return (int) ((address * 0x9e3779b97f4a7c15L) >>> 40) & mask;
    }

    /** The number of what begins there, or -1. */
    int find(long address) {
        if (address < least || address > most) {
            return -1;
        }
        int at = slot(address);
        while (keys[at] != 0) {
            if (keys[at] == address) {
                return values[at];
            }
            at = at + 1 & mask;
        }
        return -1;
    }
}
