// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads a tar archive from its beginning to its end: ustar, with the long names of pax and GNU. */
final class Tar {

    private static final int BLOCK = 512;
    private static final int LONGEST_NAME = 1 << 16;

    private Tar() {}

    static void visit(InputStream in, Members.Visitor visitor) throws IOException, ImportException {
        Optional<String> longName = Optional.empty();
        while (true) {
            byte[] header = in.readNBytes(BLOCK);
            if (header.length < BLOCK || header[0] == 0) {
                return;
            }
            long size = size(header);
            Content content = new Content(in, size);
            switch (header[156]) {
                case 'L' ->
                    longName = Optional.of(new String(small(content, size), StandardCharsets.UTF_8).replace("\0", ""));
                case 'x' -> longName = paxPath(new String(small(content, size), StandardCharsets.UTF_8));
                case '0', 0 -> {
                    visitor.visit(longName.orElseGet(() -> name(header)), content);
                    longName = Optional.empty();
                }
                case 'g' -> {
                    // What it says is about all files: git writes its commit there.
                }
                default -> longName = Optional.empty();
            }
            content.skipToEnd();
            in.skipNBytes(Math.floorMod(-size, BLOCK));
        }
    }

    private static byte[] small(InputStream content, long size) throws IOException {
        if (size > LONGEST_NAME) {
            throw new IOException("the archive has a name of " + size + " bytes");
        }
        return content.readAllBytes();
    }

    private static String name(byte[] header) {
        String prefix = text(header, 345, 155);
        String name = text(header, 0, 100);
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    private static String text(byte[] header, int at, int length) {
        int end = at;
        while (end < at + length && header[end] != 0) {
            end++;
        }
        return new String(header, at, end - at, StandardCharsets.UTF_8);
    }

    private static long size(byte[] header) throws IOException {
        try {
            return Long.parseLong(text(header, 124, 12).strip(), 8);
        } catch (NumberFormatException e) {
            throw new IOException("the archive is damaged", e);
        }
    }

    /** The value of "27 path=a/long/name" and a line's end. */
    private static Optional<String> paxPath(String records) {
        return records.lines()
                .map(l -> l.substring(l.indexOf(' ') + 1))
                .filter(l -> l.startsWith("path="))
                .map(l -> l.substring("path=".length()))
                .findFirst();
    }

    /** The bytes of one file. */
    private static final class Content extends InputStream {
        private final InputStream in;
        private long left;

        Content(InputStream in, long size) {
            this.in = in;
            this.left = size;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int at, int length) throws IOException {
            if (left == 0 || length == 0) {
                return length == 0 ? 0 : -1;
            }
            int count = in.read(buffer, at, (int) Math.min(length, left));
            if (count < 0) {
                throw new EOFException("the archive ends in the middle of a file");
            }
            left -= count;
            return count;
        }

        void skipToEnd() throws IOException {
            in.skipNBytes(left);
            left = 0;
        }
    }
}
