package org.killswitch.guard;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

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

    /** The function as it is called in messages. */
    String function();

    /** Its parameters; empty where its signature is not known. */
    Optional<List<Parameter>> parameters();

    /** Why {@link #parameters} is empty, and what to do. */
    String whyNoParameters();

    CType resolve(int type);

    /** Bytes; 0 for what has no size. */
    long size(int type);

    /** As in C: {@code struct sock *}. */
    String name(int type);

    /** All fields of a struct or union; empty for one that is declared only. */
    List<Field> fields(CType.Struct struct);

    OptionalInt struct(String name);

    /** What the constants of a name are; more than one where the kernel has several of that name. */
    List<Constant> constants(String name);

    /** The names of constants, for near misses. */
    List<String> constantNames();

    /** The inode number of the initial network namespace; empty where it cannot be told. */
    OptionalLong initialNetworkNamespace();

    /** The id of a control group by its path below the mount point, or from the root. */
    OptionalLong controlGroup(String path);
}
