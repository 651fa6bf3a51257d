// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice.flow;

import java.util.OptionalInt;

/** Where a value comes from. */
public sealed interface Term {

    record Constant(long value) implements Term {}

    /** What the caller passed, counted from 0. */
    record Argument(int number) implements Term {}

    /** What the call at an address returned. */
    record Result(long site) implements Term {}

    /** The stack pointer at the entry. */
    record StackPointer() implements Term {}

    record Sum(Term base, long offset) implements Term {}

    /** What is in memory at an address. */
    record Load(Term address) implements Term {}

    record Unknown() implements Term {}

    static Term unknown() {
        return new Unknown();
    }

    /** Values are followed through this many steps in memory. */
    int DEPTH_MAX = 4;

    static Term sum(Term base, long offset) {
        if (offset == 0 || base instanceof Unknown) {
            return base;
        }
        return switch (base) {
            case Constant c -> new Constant(c.value + offset);
            case Sum s -> sum(s.base, s.offset + offset);
            default -> new Sum(base, offset);
        };
    }

    static Term load(Term address) {
        return address instanceof Unknown || depth(address) >= DEPTH_MAX ? unknown() : new Load(address);
    }

    private static int depth(Term term) {
        return switch (term) {
            case Sum s -> depth(s.base);
            case Load l -> 1 + depth(l.address);
            default -> 0;
        };
    }

    /** The number of the argument that it is, or is reached through. */
    default OptionalInt argument() {
        return switch (this) {
            case Argument a -> OptionalInt.of(a.number);
            case Sum s -> s.base.argument();
            case Load l -> l.address.argument();
            default -> OptionalInt.empty();
        };
    }

    /** Whether it is an argument, or reached through one. */
    default boolean isOfCaller() {
        return argument().isPresent();
    }

    /** For people: "argument 2", "*(argument 2 + 0x28)". */
    default String describe() {
        return switch (this) {
            case Constant c ->
                c.value < 0 && c.value >= -4095 ? Long.toString(c.value) : "0x" + Long.toHexString(c.value);
            case Argument a -> "argument " + (a.number + 1);
            case Result r -> "the result of a call";
            case StackPointer() -> "a local variable";
            case Sum s -> s.base.describe() + (s.offset < 0 ? " - 0x" : " + 0x") + Long.toHexString(Math.abs(s.offset));
            case Load l -> "*(" + l.address.describe() + ")";
            case Unknown() -> "something";
        };
    }
}
