// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Writes a cpio archive in the one form that the kernel unpacks: "newc", described in its
 * Documentation/driver-api/early-userspace/buffer-format.rst. Everything belongs to root.
 */
public final class CpioWriter implements AutoCloseable {

    /** Types of files, in the upper bits of a mode: stat.h. */
    public static final int DIRECTORY = 0040000;

    public static final int REGULAR = 0100000;
    public static final int LINK = 0120000;

    private static final String MAGIC = "070701";
    private static final int HEADER_SIZE = 110;
    private static final String LAST = "TRAILER!!!";

    private final OutputStream out;
    private int inode;

    public CpioWriter(OutputStream out) {
        this.out = out;
    }

    /**
     * Appends a file.
     *
     * @param path without a slash at its beginning
     * @param mode type and permissions
     * @param content the target, of a link
     */
    public void entry(String path, int mode, Instant time, byte[] content) throws IOException {
        inode++;
        write(path, inode, mode, time.getEpochSecond(), content);
    }

    private void write(String path, int number, int mode, long seconds, byte[] content) throws IOException {
        byte[] name = (path + "\0").getBytes(StandardCharsets.UTF_8);
        // inode, mode, uid, gid, links, time, size, device twice, length of the name, no checksum
        String header = MAGIC
                + String.format(
                        "%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
                        number, mode, 0, 0, 1, (int) seconds, content.length, 0, 0, 0, 0, name.length, 0);
        out.write(header.getBytes(StandardCharsets.US_ASCII));
        out.write(name);
        pad(HEADER_SIZE + name.length);
        out.write(content);
        pad(content.length);
    }

    /** Names and contents end at a multiple of four. */
    private void pad(int written) throws IOException {
        out.write(new byte[-written & 3]);
    }

    @Override
    public void close() throws IOException {
        try (out) {
            write(LAST, 0, 0, 0, new byte[0]);
        }
    }
}
