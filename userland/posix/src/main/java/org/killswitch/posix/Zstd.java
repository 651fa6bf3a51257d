// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.posix;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;

/** libzstd.so.1, which every host has that has compressed its modules with it. */
public final class Zstd {

    private static final String LIBRARY = "libzstd.so.1";

    /** No module is as large; a damaged file may say anything. */
    private static final long SIZE_MAX = 1L << 30;

    private Zstd() {}

    /** What was compressed in one piece. */
    @SuppressWarnings("restricted")
    public static byte[] decompress(byte[] compressed) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup library = SymbolLookup.libraryLookup(LIBRARY, arena);
            MemorySegment in = arena.allocateFrom(ValueLayout.JAVA_BYTE, compressed);
            // unsigned long long ZSTD_getFrameContentSize(const void *src, size_t srcSize);
            long size = Native.call(library.findOrThrow("ZSTD_getFrameContentSize"), in.address(), compressed.length)
                    .word();
            if (size < 0 || size > SIZE_MAX) {
                throw new IOException("its size is not known");
            }
            MemorySegment out = arena.allocate(Math.max(size, 1));
            // size_t ZSTD_decompress(void *dst, size_t dstCapacity, const void *src, size_t compressedSize);
            long got = Native.call(
                            library.findOrThrow("ZSTD_decompress"),
                            out.address(),
                            size,
                            in.address(),
                            compressed.length)
                    .word();
            if (got != size) {
                throw new IOException("it is damaged");
            }
            return out.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE);
        } catch (IllegalArgumentException e) {
            throw new IOException(LIBRARY + " is needed to read it, and is not there");
        }
    }
}
