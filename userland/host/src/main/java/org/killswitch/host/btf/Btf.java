// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.btf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Types as the kernel keeps them (linux/btf.h), on bytes of the kernel, or of an object that {@link BtfCheck} has looked at. Those of a module go on where
 * those of the kernel end: numbers of types and offsets of strings below are the kernel's.
 */
public final class Btf {

    private static final int MAGIC = 0xeb9f;

    /** Magic, version, flags and its own length; then offset and length of the types, and of the strings. */
    private static final int HEAD_SIZE = 24;

    private static final String CUT_SHORT = "the BTF is cut short";
    private static final int TYPE_SIZE = 12;

    private final ByteBuffer data;
    private final int strings;
    private final int stringsLength;
    private final @Nullable Btf base;
    private final int firstType;
    private final int firstString;
    private final int[] offsets;

    private Btf(byte[] bytes, @Nullable Btf base) throws BtfException {
        this.base = base;
        data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        firstType = base == null ? 1 : base.typeCount();
        firstString = base == null ? 0 : base.firstString + base.stringsLength;
        try {
            if ((data.getShort(0) & 0xffff) != MAGIC) {
                throw new BtfException("this is no BTF");
            }
            long header = unsigned(4);
            long types = header + unsigned(8);
            long typesEnd = types + unsigned(12);
            long start = header + unsigned(16);
            long end = start + unsigned(20);
            boolean hasStrings = start < end || base != null;
            if (header < HEAD_SIZE
                    || typesEnd > bytes.length
                    || end > bytes.length
                    || !hasStrings
                    || (start < end && bytes[(int) end - 1] != 0)) {
                throw new BtfException(CUT_SHORT);
            }
            strings = (int) start;
            stringsLength = (int) (end - start);
            offsets = offsets((int) types, (int) typesEnd);
        } catch (IndexOutOfBoundsException e) {
            throw new BtfException(CUT_SHORT);
        }
    }

    private long unsigned(int at) {
        return Integer.toUnsignedLong(data.getInt(at));
    }

    /** A kernel's types. */
    public static Btf of(byte[] bytes) throws BtfException {
        return new Btf(bytes, null);
    }

    /** A module's types, on top of those of its kernel. */
    public static Btf of(byte[] bytes, Btf base) throws BtfException {
        return new Btf(bytes, base);
    }

    private int[] offsets(int from, int to) throws BtfException {
        int[] found = new int[(to - from) / TYPE_SIZE];
        int count = 0;
        int at = from;
        while (at < to) {
            found[count++] = at;
            int info = data.getInt(at + 4);
            int kind = info >>> 24 & 0x1f;
            at += TYPE_SIZE + sizeAfter(kind, info & 0xffff);
        }
        if (at > to) {
            throw new BtfException(CUT_SHORT);
        }
        return Arrays.copyOf(found, count);
    }

    private static int sizeAfter(int kind, int elements) throws BtfException {
        return switch (kind) {
            case BtfKind.PTR,
                    BtfKind.FWD,
                    BtfKind.TYPEDEF,
                    BtfKind.VOLATILE,
                    BtfKind.CONST,
                    BtfKind.RESTRICT,
                    BtfKind.FUNC,
                    BtfKind.FLOAT,
                    BtfKind.TYPE_TAG -> 0;
            case BtfKind.INT, BtfKind.VAR, BtfKind.DECL_TAG -> 4;
            case BtfKind.ARRAY -> 12;
            case BtfKind.STRUCT, BtfKind.UNION, BtfKind.DATASEC, BtfKind.ENUM64 -> elements * 12;
            case BtfKind.ENUM, BtfKind.FUNC_PROTO -> elements * 8;
            default ->
                throw new BtfException(
                        "the BTF has types of a kind (" + kind + ") that is newer than this killswitch; update it");
        };
    }

    /** The types that a type is made of, as they are written there: they need not exist. */
    IntStream references(int type) {
        int elements = elements(type);
        IntStream own = IntStream.of(word(type, 8));
        return switch (kind(type)) {
            case BtfKind.PTR,
                    BtfKind.TYPEDEF,
                    BtfKind.VOLATILE,
                    BtfKind.CONST,
                    BtfKind.RESTRICT,
                    BtfKind.FUNC,
                    BtfKind.VAR,
                    BtfKind.DECL_TAG,
                    BtfKind.TYPE_TAG -> own;
            case BtfKind.ARRAY -> IntStream.of(word(type, TYPE_SIZE), word(type, TYPE_SIZE + 4));
            case BtfKind.FUNC_PROTO ->
                IntStream.concat(own, IntStream.range(0, elements).map(i -> word(type, TYPE_SIZE + i * 8 + 4)));
            case BtfKind.STRUCT, BtfKind.UNION ->
                IntStream.range(0, elements).map(i -> word(type, TYPE_SIZE + i * 12 + 4));
            case BtfKind.DATASEC -> IntStream.range(0, elements).map(i -> word(type, TYPE_SIZE + i * 12));
            default -> IntStream.empty();
        };
    }

    /** Whether the names of a type and of what it has lie in the table of strings. */
    boolean namesAreThere(int type) {
        int width = switch (kind(type)) {
            case BtfKind.STRUCT, BtfKind.UNION, BtfKind.ENUM64 -> 12;
            case BtfKind.ENUM, BtfKind.FUNC_PROTO -> 8;
            default -> 0;
        };
        IntStream names = width == 0
                ? IntStream.empty()
                : IntStream.range(0, elements(type)).map(i -> word(type, TYPE_SIZE + i * width));
        return IntStream.concat(IntStream.of(word(type, 0)), names)
                .allMatch(name -> name >= 0 && name < firstString + stringsLength);
    }

    /** How many there are, void included. */
    public int typeCount() {
        return firstType + offsets.length;
    }

    public int kind(int type) {
        return type == 0 ? BtfKind.VOID : info(type) >>> 24 & 0x1f;
    }

    /** Whether it is another name, or a qualified form, of what {@link #target} gives. */
    public boolean isAlias(int type) {
        return switch (kind(type)) {
            case BtfKind.TYPEDEF, BtfKind.VOLATILE, BtfKind.CONST, BtfKind.RESTRICT, BtfKind.TYPE_TAG -> true;
            default -> false;
        };
    }

    private int info(int type) {
        return of(type).data.getInt(at(type) + 4);
    }

    /** How many members, parameters or enumerators it has. */
    private int elements(int type) {
        return info(type) & 0xffff;
    }

    /** The flag whose meaning depends on the kind. */
    private boolean flag(int type) {
        return info(type) < 0;
    }

    /** Bytes, of what has them itself. */
    public int size(int type) {
        return word(type, 8);
    }

    /** The type that a pointer, typedef, qualifier, function or variable is of. */
    public int target(int type) {
        return word(type, 8);
    }

    public String name(int type) {
        return type == 0 ? "void" : string(word(type, 0));
    }

    private int word(int type, int offset) {
        return of(type).data.getInt(at(type) + offset);
    }

    private Btf of(int type) {
        return type < firstType && base != null ? base.of(type) : this;
    }

    private int at(int type) {
        Btf owner = of(type);
        return owner.offsets[type - owner.firstType];
    }

    private String string(int offset) {
        if (offset < firstString && base != null) {
            return base.string(offset);
        }
        int start = strings + offset - firstString;
        int end = start;
        while (data.get(end) != 0) {
            end++;
        }
        return new String(data.array(), start, end - start, StandardCharsets.UTF_8);
    }

    /**
     * What an INT is.
     *
     * @param bits how many of its bytes' bits are used
     */
    public record IntType(int bytes, int bits, boolean signed) {}

    public IntType intType(int type) {
        int encoding = word(type, TYPE_SIZE);
        return new IntType(size(type), encoding & 0xff, (encoding >>> 24 & 1) != 0);
    }

    public record ArrayType(int element, long count) {}

    public ArrayType array(int type) {
        return new ArrayType(word(type, TYPE_SIZE), Integer.toUnsignedLong(word(type, TYPE_SIZE + 8)));
    }

    /** A member of a struct or union; {@code bits} is 0 unless it is a bit-field. */
    public record Member(String name, int type, long bitOffset, int bits) {}

    public List<Member> members(int type) {
        List<Member> members = new ArrayList<>();
        boolean bitFields = flag(type);
        for (int i = 0; i < elements(type); i++) {
            int at = TYPE_SIZE + i * 12;
            int offset = word(type, at + 8);
            members.add(new Member(
                    of(type).string(word(type, at)),
                    word(type, at + 4),
                    bitFields ? offset & 0xff_ffff : Integer.toUnsignedLong(offset),
                    bitFields ? offset >>> 24 : 0));
        }
        return members;
    }

    public record Parameter(String name, int type) {}

    public List<Parameter> parameters(int prototype) {
        List<Parameter> parameters = new ArrayList<>();
        for (int i = 0; i < elements(prototype); i++) {
            int at = TYPE_SIZE + i * 8;
            parameters.add(new Parameter(of(prototype).string(word(prototype, at)), word(prototype, at + 4)));
        }
        return parameters;
    }

    public record Enumerator(String name, long value) {}

    public List<Enumerator> enumerators(int type) {
        return enumerators(type, (byte[]) null);
    }

    /** Those of a name: usually one at most; the format does not guarantee it. */
    public List<Enumerator> enumerators(int type, String name) {
        return enumerators(type, name.getBytes(StandardCharsets.UTF_8));
    }

    private List<Enumerator> enumerators(int type, byte @Nullable [] name) {
        List<Enumerator> enumerators = new ArrayList<>();
        boolean wide = kind(type) == BtfKind.ENUM64;
        for (int i = 0; i < elements(type); i++) {
            int at = TYPE_SIZE + i * (wide ? 12 : 8);
            if (name != null && !of(type).isString(word(type, at), name)) {
                continue;
            }
            int low = word(type, at + 4);
            long value = wide
                    ? (long) word(type, at + 8) << 32 | (low & 0xffff_ffffL)
                    : isSignedEnum(type) ? low : Integer.toUnsignedLong(low);
            enumerators.add(new Enumerator(of(type).string(word(type, at)), value));
        }
        return enumerators;
    }

    /** Kernels before 6.0 do not say; there an enum is signed, as for the compiler, if one of its numbers is negative. */
    public boolean isSignedEnum(int type) {
        if (flag(type)) {
            return true;
        }
        if (kind(type) == BtfKind.ENUM) {
            for (int i = 0; i < elements(type); i++) {
                if (word(type, TYPE_SIZE + i * 8 + 4) < 0) {
                    return isOfOldKernel();
                }
            }
        }
        return false;
    }

    /** Whether no enum says that it is signed: the kernel's tools did not know how to. */
    private boolean isOfOldKernel() {
        Btf kernel = base == null ? this : base.of(1);
        return kernel.signednessUnknown();
    }

    private @Nullable Boolean signednessUnknown;

    private boolean signednessUnknown() {
        if (signednessUnknown == null) {
            boolean known = false;
            for (int offset : offsets) {
                int info = data.getInt(offset + 4);
                int kind = info >>> 24 & 0x1f;
                known |= kind == BtfKind.ENUM64 || (kind == BtfKind.ENUM && info < 0);
            }
            signednessUnknown = !known;
        }
        return signednessUnknown;
    }

    public boolean isUnionFwd(int type) {
        return flag(type);
    }

    /** The first type of a kind and name. */
    public OptionalInt find(int kind, String name) {
        if (base != null) {
            OptionalInt found = base.find(kind, name);
            if (found.isPresent()) {
                return found;
            }
        }
        return findOwn(kind, name);
    }

    /** The same, but not in what this is on top of. */
    public OptionalInt findOwn(int kind, String name) {
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < offsets.length; i++) {
            int offset = offsets[i];
            if ((data.getInt(offset + 4) >>> 24 & 0x1f) == kind && isString(data.getInt(offset), wanted)) {
                return OptionalInt.of(firstType + i);
            }
        }
        return OptionalInt.empty();
    }

    private boolean isString(int offset, byte[] wanted) {
        if (offset < firstString && base != null) {
            return base.isString(offset, wanted);
        }
        int start = strings + offset - firstString;
        int end = start + wanted.length;
        return end < data.capacity()
                && data.get(end) == 0
                && Arrays.equals(data.array(), start, end, wanted, 0, wanted.length);
    }

    /** Every enum. */
    public void forEachEnum(IntConsumer action) {
        if (base != null) {
            base.forEachEnum(action);
        }
        for (int i = 0; i < offsets.length; i++) {
            int kind = data.getInt(offsets[i] + 4) >>> 24 & 0x1f;
            if (kind == BtfKind.ENUM || kind == BtfKind.ENUM64) {
                action.accept(firstType + i);
            }
        }
    }
}
