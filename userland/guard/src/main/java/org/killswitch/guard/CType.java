// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

/** A C type with typedefs and qualifiers gone; others are referred to by a number that {@link GuardScope} resolves. */
sealed interface CType {

    /**
     * Of 1, 2, 4 or 8 bytes; enums and bool are some of them.
     *
     * @param networkOrder whether it is declared as a number whose first byte is the highest: __be16 and its like
     */
    record Int(String name, int bytes, boolean signed, boolean networkOrder) implements CType {
        Int(String name, int bytes, boolean signed) {
            this(name, bytes, signed, false);
        }
    }

    /** To something in some memory. */
    record Pointer(int to, Space space) implements CType {}

    record Array(int element, long count) implements CType {}

    /** A struct or union. */
    record Struct(int id) implements CType {}

    /** What has no value that a guard could use: void, a function, a float. */
    record Other() implements CType {}
}
