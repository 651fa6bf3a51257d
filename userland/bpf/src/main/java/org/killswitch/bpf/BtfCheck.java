package org.killswitch.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Whether the types in a compiled object refer to types and names that are there, and come to an end. libbpf follows them
 * without looking.
 */
final class BtfCheck {

    private static final int HEAD = 24;

    private final Btf btf;

    private BtfCheck(Btf btf) {
        this.btf = btf;
    }

    /** What is wrong with a .BTF section; empty if nothing is. */
    static Optional<String> complaint(ByteBuffer section) {
        byte[] bytes = new byte[section.remaining()];
        section.get(bytes);
        if (!hasItsParts(bytes)) {
            return Optional.of("its types are cut short");
        }
        try {
            return new BtfCheck(Btf.of(bytes)).complaint();
        } catch (BpfException e) {
            return Optional.ofNullable(e.getMessage());
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            return Optional.of("its types are cut short");
        }
    }

    /** The head has magic, version, flags and its own length; then offset and length of the types, and of the strings. */
    private static boolean hasItsParts(byte[] bytes) {
        if (bytes.length < HEAD) {
            return false;
        }
        ByteBuffer head = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long size = Integer.toUnsignedLong(head.getInt(4));
        long types = size + Integer.toUnsignedLong(head.getInt(8));
        long typesEnd = types + Integer.toUnsignedLong(head.getInt(12));
        long strings = size + Integer.toUnsignedLong(head.getInt(16));
        long stringsEnd = strings + Integer.toUnsignedLong(head.getInt(20));
        return size >= HEAD
                && typesEnd <= bytes.length
                && stringsEnd <= bytes.length
                && strings < stringsEnd
                && bytes[(int) stringsEnd - 1] == 0;
    }

    private Optional<String> complaint() {
        for (int type = 1; type < btf.typeCount(); type++) {
            if (!btf.namesAreThere(type)) {
                return Optional.of("type " + type + " has no name");
            }
            if (!btf.references(type).allMatch(t -> t >= 0 && t < btf.typeCount())) {
                return Optional.of("type " + type + " refers to one that is not there");
            }
        }
        for (int type = 1; type < btf.typeCount(); type++) {
            if (isEndless(type)) {
                return Optional.of("type " + type + " refers to itself");
            }
        }
        return Optional.empty();
    }

    /** Another name of another name of ... itself. */
    private boolean isEndless(int type) {
        int at = type;
        for (int steps = 0; steps < btf.typeCount(); steps++) {
            switch (btf.kind(at)) {
                case Btf.KIND_TYPEDEF, Btf.KIND_VOLATILE, Btf.KIND_CONST, Btf.KIND_RESTRICT, Btf.KIND_TYPE_TAG ->
                    at = btf.target(at);
                default -> {
                    return false;
                }
            }
        }
        return true;
    }
}
