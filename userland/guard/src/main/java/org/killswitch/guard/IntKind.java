// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

/**
 * The types that C calculates with. A value of each is kept in 64 bits: one of 32 bits is extended as its sign says, so
 * that comparing and widening need nothing to be done.
 */
public enum IntKind {
    S32(32, true),
    U32(32, false),
    S64(64, true),
    U64(64, false);

    private final int bits;
    private final boolean signed;

    IntKind(int bits, boolean signed) {
        this.bits = bits;
        this.signed = signed;
    }

    public int bits() {
        return bits;
    }

    public boolean signed() {
        return signed;
    }

    /** C's integer promotion: what fits an int becomes one. */
    public static IntKind promoted(int bits, boolean signed) {
        return bits < 32 ? S32 : of(bits > 32 ? 64 : 32, signed);
    }

    public static IntKind of(int bits, boolean signed) {
        return bits == 64 ? (signed ? S64 : U64) : signed ? S32 : U32;
    }

    /** C's usual arithmetic conversions. */
    public static IntKind common(IntKind a, IntKind b) {
        if (a.bits == b.bits) {
            return of(a.bits, a.signed && b.signed);
        }
        return a.bits > b.bits ? a : b;
    }

    /** Cuts a value to this type. */
    public long cut(long value) {
        return this == S32 ? (int) value : this == U32 ? value & 0xffff_ffffL : value;
    }
}
