// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.tukaani.xz.XZInputStream;

/** The files of a folder or of an archive, or a single file: one after the other, whatever they are packed in. */
final class Members {

    private static final int BUFFER = 1 << 16;
    private static final byte[] XZ = {(byte) 0xFD, '7', 'z', 'X', 'Z', 0};
    private static final byte[] GZIP = {0x1F, (byte) 0x8B};
    private static final byte[] ZIP = {'P', 'K', 3, 4};
    private static final byte[] USTAR = "ustar".getBytes(StandardCharsets.US_ASCII);
    private static final int USTAR_AT = 257;

    /** Takes one file. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Reads as much of the file as it needs.
         *
         * @param name its path in the folder or archive
         */
        void visit(String name, InputStream content) throws IOException, ImportException;
    }

    private Members() {}

    static void visit(Path source, Visitor visitor) throws IOException, ImportException {
        if (!Files.isDirectory(source)) {
            try (InputStream in = Files.newInputStream(source)) {
                unpack(String.valueOf(source.getFileName()), in, visitor);
            }
            return;
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(source)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
                visitor.visit(source.relativize(file).toString(), in);
            }
        }
    }

    private static void unpack(String name, InputStream raw, Visitor visitor) throws IOException, ImportException {
        BufferedInputStream in = new BufferedInputStream(raw, BUFFER);
        if (startsWith(in, 0, XZ)) {
            unpack(name, new XZInputStream(in), visitor);
        } else if (startsWith(in, 0, GZIP)) {
            unpack(name, new GZIPInputStream(in, BUFFER), visitor);
        } else if (startsWith(in, 0, ZIP)) {
            ZipInputStream zip = new ZipInputStream(in);
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (!entry.isDirectory()) {
                    visitor.visit(entry.getName(), zip);
                }
            }
        } else if (startsWith(in, USTAR_AT, USTAR)) {
            Tar.visit(in, visitor);
        } else {
            visitor.visit(name, in);
        }
    }

    private static boolean startsWith(BufferedInputStream in, int at, byte[] magic) throws IOException {
        in.mark(BUFFER);
        byte[] start = in.readNBytes(at + magic.length);
        in.reset();
        return start.length == at + magic.length && Arrays.equals(start, at, start.length, magic, 0, magic.length);
    }
}
