// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What a guard's names stand for: the function that it is for, its types and the constants of the kernel. */
interface GuardScope {

    /**
     * A parameter of the function.
     *
     * @param name empty where the kernel has not kept it
     */
    record Parameter(String name, int type) {}

    /**
     * A field of a struct or union, those of unnamed members included.
     *
     * @param bitOffset from the start of the struct
     * @param bits how many bits it has if it is a bit-field, else 0
     */
    record Field(String name, int type, long bitOffset, int bits) {}

    /**
     * A named number.
     *
     * @param from what has it, as in {@code enum sock_type}
     * @param unsigned whether a negative value stands for one of 2^63 and more
     */
    record Constant(long value, boolean unsigned, String from) {}

    /**
     * An argument of a system call, which the function finds in the registers that its caller had.
     *
     * @param offset where, in {@code struct pt_regs}
     * @param bytes how many of the register count
     */
    record SavedArgument(String name, int type, int offset, int bytes) {}

    /** The function as it is called in messages. */
    String function();

    /** Its parameters; empty where its signature is not known. */
    Optional<List<Parameter>> parameters();

    /** Why {@link #parameters} is empty, and what to do. */
    String whyNoParameters();

    /** The arguments of the system call that the function is an entry of; empty where it is none. */
    List<SavedArgument> savedArguments();

    CType resolve(int type);

    /** The type of that name, where there is one: the keyword is struct, union, enum or empty. */
    OptionalInt type(String keyword, String name);

    /** The type of pointers to a type. */
    int pointer(int to, Space space);

    /** Bytes; 0 for what has no size. */
    long size(int type);

    /** As in C: {@code struct sock *}. */
    String name(int type);

    /** All fields of a struct or union; empty for one that is declared only. */
    List<Field> fields(CType.Struct struct);

    /** What the constants of a name are; more than one where the kernel has several of that name. */
    List<Constant> constants(String name);

    /** The names of constants, for near misses. */
    List<String> constantNames();

    /** What is about the host and not about types. */
    Surroundings surroundings();
}
