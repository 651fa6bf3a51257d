// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a kernel's BTF says of the types that functions return. */
final class ReturnTypes {
    private static final int TYPEDEF = 8;
    private static final int FUNC = 12;

    /** Typedef, volatile, const, restrict and type tag: they stand for another type. */
    private static final Set<Integer> TRANSPARENT = Set.of(TYPEDEF, 9, 10, 11, 18);

    private record Type(int kind, String name, int reference) {}

    private final List<Type> types = new ArrayList<>(List.of(new Type(0, "void", 0)));

    ReturnTypes(byte[] btf) {
        ByteBuffer data = ByteBuffer.wrap(btf).order(ByteOrder.LITTLE_ENDIAN);
        int header = data.getInt(4);
        int end = header + data.getInt(8) + data.getInt(12);
        int strings = header + data.getInt(16);
        int at = header + data.getInt(8);
        while (at < end) {
            int info = data.getInt(at + 4);
            int kind = info >>> 24 & 0x1f;
            types.add(new Type(kind, string(btf, strings + data.getInt(at)), data.getInt(at + 8)));
            at += 12 + sizeAfter(kind, info & 0xffff);
        }
    }

    private static String string(byte[] btf, int from) {
        int to = from;
        while (btf[to] != 0) {
            to++;
        }
        return new String(btf, from, to - from, StandardCharsets.US_ASCII);
    }

    private static int sizeAfter(int kind, int elements) {
        return switch (kind) {
            case 1, 14, 17 -> 4;
            case 3 -> 12;
            case 4, 5, 15, 19 -> elements * 12;
            case 6, 13 -> elements * 8;
            case 2, 7, 8, 9, 10, 11, 12, 16, 18 -> 0;
            default -> throw new IllegalStateException("BTF has types of a kind " + kind);
        };
    }

    /** The functions that return a bool. */
    Set<String> bools() {
        return functions("bool");
    }

    /** The functions that return nothing. */
    Set<String> voids() {
        return functions("void");
    }

    private Set<String> functions(String wanted) {
        Set<String> found = new HashSet<>();
        for (Type type : types) {
            if (type.kind == FUNC && wanted.equals(named(types.get(type.reference).reference))) {
                found.add(type.name);
            }
        }
        return found;
    }

    /** A type's name; "bool" is a typedef of another one. */
    private String named(int id) {
        Type type = types.get(id);
        while (TRANSPARENT.contains(type.kind) && !(type.kind == TYPEDEF && type.name.equals("bool"))) {
            type = types.get(type.reference);
        }
        return type.kind == 2 ? "pointer" : type.name;
    }
}
