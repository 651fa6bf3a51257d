// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.posix;

import java.nio.file.Path;

/**
 * An open file, for what Java's own files will not do: a command is one write(2), its errno is the answer, and the kernel
 * log is read without waiting for more of it.
 */
public final class Fd implements AutoCloseable {

    /** What to open a file for. */
    public enum Mode {
        /** Reading that fails with EAGAIN where it would have to wait. */
        READ_NONBLOCK(Native.O_RDONLY | Native.O_NONBLOCK),
        /** Writing. */
        WRITE(Native.O_WRONLY);

        private final int flags;

        Mode(int flags) {
            this.flags = flags;
        }
    }

    private final int fd;

    private Fd(int fd) {
        this.fd = fd;
    }

    /** Opens an existing file. */
    public static Fd open(Path path, Mode mode) throws ErrnoException {
        return new Fd(Native.open(path, mode.flags));
    }

    /** One read(2) of at most {@code max} bytes; an empty array at the end of the file. */
    public byte[] read(int max) throws ErrnoException {
        return Native.read(fd, max);
    }

    /** One write(2) of all the bytes; returns how many were taken. */
    public long write(byte[] bytes) throws ErrnoException {
        return Native.write(fd, bytes);
    }

    /** Goes on reading after what is there now. */
    public void seekToEnd() throws ErrnoException {
        Native.seekToEnd(fd);
    }

    @Override
    public void close() {
        Native.close(fd);
    }
}
