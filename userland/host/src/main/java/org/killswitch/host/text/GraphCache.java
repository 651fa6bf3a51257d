// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Symbols and call graph in a file. They show where the kernel lies in memory, so only its owner may read it. */
final class GraphCache {

    /** Changes with the form of the file. */
    private static final int VERSION = 2;

    private final Path file;
    private final byte[] key;

    GraphCache(Path file, String key) {
        this.file = file;
        this.key = key.getBytes(StandardCharsets.UTF_8);
    }

    /** What was written for the same key; empty if there is no such thing. */
    Optional<KernelText> read(Machine machine, Memory memory) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            if (in.getInt() != VERSION || !Arrays.equals(bytes(in), key)) {
                return Optional.empty();
            }
            Symbols symbols = new Symbols(
                    longs(in),
                    bytes(in),
                    shorts(in),
                    ints(in),
                    bytes(in),
                    List.of(new String(bytes(in), StandardCharsets.UTF_8).split("\n", -1)));
            Functions functions = new Functions(symbols);
            CallGraph graph =
                    new CallGraph(functions.count(), longs(in), ints(in), ints(in), bytes(in), longs(in), ints(in));
            return Optional.of(new KernelText(machine, symbols, functions, memory, graph));
        } catch (BufferUnderflowException | NegativeArraySizeException e) {
            return Optional.empty(); // cut short: it is made again
        }
    }

    /** Writes a new file in place of the old one. Where none can be written, there is none. */
    void write(KernelText text) throws IOException {
        Symbols s = text.symbols();
        CallGraph g = text.graph();
        byte[] modules = String.join("\n", s.modules).getBytes(StandardCharsets.UTF_8);
        long size = 64L
                + key.length
                + s.addresses.length * 15L
                + s.names.length
                + modules.length
                + g.sites.length * 17L
                + g.slots.length * 12L;
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(VERSION);
        put(out, key);
        put(out, s.addresses);
        put(out, s.types);
        put(out, s.moduleOf);
        put(out, s.nameAt);
        put(out, s.names);
        put(out, modules);
        put(out, g.sites);
        put(out, g.callers);
        put(out, g.targets);
        put(out, g.kinds);
        put(out, g.slots);
        put(out, g.slotTargets);
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !isWritable(folder)) {
            return;
        }
        Path made = Files.createTempFile(
                folder,
                "kernel-text",
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.write(made, Arrays.copyOf(out.array(), out.position()));
            Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(made);
        }
    }

    private static boolean isWritable(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            return false;
        }
        return Files.isWritable(folder);
    }

    private static void put(ByteBuffer out, byte[] array) {
        out.putInt(array.length).put(array);
    }

    private static void put(ByteBuffer out, long[] array) {
        out.putInt(array.length).asLongBuffer().put(array);
        out.position(out.position() + array.length * Long.BYTES);
    }

    private static void put(ByteBuffer out, int[] array) {
        out.putInt(array.length).asIntBuffer().put(array);
        out.position(out.position() + array.length * Integer.BYTES);
    }

    private static void put(ByteBuffer out, short[] array) {
        out.putInt(array.length).asShortBuffer().put(array);
        out.position(out.position() + array.length * Short.BYTES);
    }

    /** The length of what follows, which must be there. */
    private static int length(ByteBuffer in, int width) {
        int length = in.getInt();
        if (length < 0 || (long) length * width > in.remaining()) {
            throw new BufferUnderflowException();
        }
        return length;
    }

    private static byte[] bytes(ByteBuffer in) {
        byte[] array = new byte[length(in, 1)];
        in.get(array);
        return array;
    }

    private static long[] longs(ByteBuffer in) {
        long[] array = new long[length(in, Long.BYTES)];
        in.asLongBuffer().get(array);
        in.position(in.position() + array.length * Long.BYTES);
        return array;
    }

    private static int[] ints(ByteBuffer in) {
        int[] array = new int[length(in, Integer.BYTES)];
        in.asIntBuffer().get(array);
        in.position(in.position() + array.length * Integer.BYTES);
        return array;
    }

    private static short[] shorts(ByteBuffer in) {
        short[] array = new short[length(in, Short.BYTES)];
        in.asShortBuffer().get(array);
        in.position(in.position() + array.length * Short.BYTES);
        return array;
    }
}
