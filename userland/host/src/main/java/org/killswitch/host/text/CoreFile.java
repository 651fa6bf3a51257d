// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** An ELF core file: /proc/kcore, or what was recorded from it. */
public final class CoreFile implements Memory, Closeable {

    private static final int HEADER_SIZE = 64;
    private static final int SEGMENT_SIZE = 56;
    private static final int SEGMENTS_MAX = 1 << 16;
    private static final int ELF_MAGIC = 0x464c457f;
    private static final int PT_LOAD = 1;

    private record Segment(long address, long size, long offset) {

        boolean has(long from, long length) {
            long at = from - address;
            return at >= 0 && at < size && length <= size - at;
        }
    }

    private final Path file;
    private final FileChannel channel;
    private final Machine machine;
    private final List<Segment> segments;

    private CoreFile(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        ByteBuffer header = at(0, HEADER_SIZE);
        if (header.getInt(0) != ELF_MAGIC || header.get(4) != 2 || header.get(5) != 1) {
            throw new IOException(file + ": not a 64-bit little-endian ELF file");
        }
        machine = Machine.of(header.getShort(18));
        long table = header.getLong(32);
        int count = header.getShort(56) & 0xffff;
        if (header.getShort(54) != SEGMENT_SIZE || count > SEGMENTS_MAX) {
            throw new IOException(file + ": program headers of an unknown form");
        }
        ByteBuffer headers = at(table, count * SEGMENT_SIZE);
        List<Segment> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int base = i * SEGMENT_SIZE;
            if (headers.getInt(base) == PT_LOAD) {
                found.add(
                        new Segment(headers.getLong(base + 16), headers.getLong(base + 32), headers.getLong(base + 8)));
            }
        }
        segments = List.copyOf(found);
    }

    /** Opens a core file. For /proc/kcore it takes CAP_SYS_RAWIO and no lockdown. */
    public static CoreFile open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return new CoreFile(file, channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    public Machine machine() {
        return machine;
    }

    @Override
    public byte[] read(long address, int length) throws IOException {
        for (Segment segment : segments) {
            if (segment.has(address, length)) {
                return at(segment.offset + (address - segment.address), length).array();
            }
        }
        throw new IOException(file + ": nothing is mapped at 0x" + Long.toHexString(address));
    }

    private ByteBuffer at(long offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                throw new EOFException(file + ": ends before offset " + (offset + length));
            }
        }
        return buffer;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
