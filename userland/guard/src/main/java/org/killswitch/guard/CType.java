package org.killswitch.guard;

/** A C type with typedefs and qualifiers gone; others are referred to by a number that {@link GuardScope} resolves. */
sealed interface CType {

    /** Of 1, 2, 4 or 8 bytes; enums and bool are some of them. */
    record Int(String name, int bytes, boolean signed) implements CType {}

    record Pointer(int to) implements CType {}

    record Array(int element, long count) implements CType {}

    /** A struct or union. */
    record Struct(int id) implements CType {}

    /** What has no value that a guard could use: void, a function, a float. */
    record Other() implements CType {}
}
