// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import org.killswitch.host.text.CallGraph.Kind;

/** Looks at every word of arm64 text: BL, B, and ADRP with the ADD that goes with it. */
final class Arm64Scanner implements GraphBuilder.TextScanner {

    /** A compiler puts the ADD of an address soon after its ADRP. */
    private static final int ADD_WITHIN = 12;

    private final StartTable starts;

    Arm64Scanner(StartTable starts) {
        this.starts = starts;
    }

    @Override
    public void scan(byte[] code, int end, long address, GraphBuilder.Found found) {
        for (int i = 0; i < end && i + 4 <= code.length; i += 4) {
            int word = (int) GraphBuilder.INT.get(code, i);
            if ((word & 0x7c000000) == 0x14000000) {
                long to = address + i + ((long) (word << 6) >> 4);
                int target = starts.find(throughVeneer(code, to, address));
                if (target >= 0) {
                    found.at(address + i, target, word < 0 ? Kind.CALL : Kind.JUMP);
                }
            } else if ((word & 0x9f000000) == 0x90000000) {
                address(code, i, word, address, found);
            }
        }
    }

    private void address(byte[] code, int i, int adrp, long address, GraphBuilder.Found found) {
        int register = adrp & 0x1f;
        for (int at = i + 4; at <= i + ADD_WITHIN * 4 && at + 4 <= code.length; at += 4) {
            int word = (int) GraphBuilder.INT.get(code, at);
            if ((word & 0xffc00000) == 0x91000000 && (word >>> 5 & 0x1f) == register) {
                int target = starts.find(page(adrp, address + i) + (word >>> 10 & 0xfff));
                if (target >= 0) {
                    found.at(address + at, target, Kind.ADDRESS);
                }
                return;
            }
        }
    }

    private static long page(int adrp, long at) {
        long pages = (long) (adrp >> 5 & 0x7ffff) << 2 | (adrp >>> 29 & 3);
        return (at & ~0xfffL) + (pages << 43 >> 31);
    }

    /** Where a module's call goes that is too far for a branch: ADRP x16, ADD x16, BR x16, in the module's own text. */
    private static long throughVeneer(byte[] code, long to, long address) {
        long at = to - address;
        if (at < 0 || at + 12 > code.length) {
            return to;
        }
        int adrp = (int) GraphBuilder.INT.get(code, (int) at);
        int add = (int) GraphBuilder.INT.get(code, (int) at + 4);
        int br = (int) GraphBuilder.INT.get(code, (int) at + 8);
        return (adrp & 0x9f00001f) == 0x90000010 && (add & 0xffc003ff) == 0x91000210 && br == 0xd61f0200
                ? page(adrp, to) + (add >>> 10 & 0xfff)
                : to;
    }
}
