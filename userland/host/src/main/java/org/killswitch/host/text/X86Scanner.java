// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import org.killswitch.host.text.CallGraph.Kind;

/**
 * Looks at every byte of x86_64 text as if an instruction began there. That a displacement hits the start of a function
 * exactly by chance is rare: of 250,000 edges some ten.
 */
final class X86Scanner implements GraphBuilder.TextScanner {

    private final StartTable starts;

    X86Scanner(StartTable starts) {
        this.starts = starts;
    }

    @Override
    public void scan(byte[] code, int end, long address, GraphBuilder.Found found) {
        int limit = Math.min(end, code.length - 4);
        for (int i = 0; i < limit; i++) {
            switch (code[i] & 0xff) {
                case 0xe8 -> relative(code, i, i + 1, address, Kind.CALL, found);
                case 0xe9 -> relative(code, i, i + 1, address, Kind.JUMP, found);
                case 0x0f -> {
                    if ((code[i + 1] & 0xf0) == 0x80) { // jcc
                        relative(code, i, i + 2, address, Kind.JUMP, found);
                    }
                }
                case 0x48, 0x4c -> wide(code, i, address, found);
                default -> {
                    // The start of nothing that is looked for.
                }
            }
        }
    }

    private void relative(byte[] code, int i, int at, long address, Kind kind, GraphBuilder.Found found) {
        if (at + 4 <= code.length) {
            int target = starts.find(address + at + 4 + (int) GraphBuilder.INT.get(code, at));
            if (target >= 0) {
                found.at(address + i, target, kind);
            }
        }
    }

    /** With a REX.W prefix: lea register, [rip+x], and mov of an immediate, which is sign-extended. */
    private void wide(byte[] code, int i, long address, GraphBuilder.Found found) {
        if (i + 3 > code.length) {
            return;
        }
        int opcode = code[i + 1] & 0xff;
        int modrm = code[i + 2] & 0xff;
        if (opcode == 0x8d && (modrm & 0xc7) == 0x05) {
            relative(code, i, i + 3, address, Kind.ADDRESS, found);
        } else if (opcode == 0xc7 && (modrm & 0x38) == 0) {
            int at = i + 3 + bytesAfter(modrm, i + 3 < code.length ? code[i + 3] & 0xff : 0);
            if (at + 4 <= code.length) {
                int target = starts.find((int) GraphBuilder.INT.get(code, at));
                if (target >= 0) {
                    found.at(address + i, target, Kind.ADDRESS);
                }
            }
        }
    }

    /** How many bytes of an operand in memory follow its ModR/M byte. */
    private static int bytesAfter(int modrm, int sib) {
        int mode = modrm >> 6;
        if (mode == 3) {
            return 0;
        }
        boolean hasSib = (modrm & 7) == 4;
        boolean hasBase = hasSib ? (sib & 7) != 5 : (modrm & 7) != 5;
        int displacement = mode == 1 ? 1 : mode == 2 || !hasBase ? 4 : 0;
        return (hasSib ? 1 : 0) + displacement;
    }
}
