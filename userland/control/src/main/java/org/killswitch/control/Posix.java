package org.killswitch.control;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * The few system calls for which Java's own files will not do: a command is one write(2), its errno is the answer, and
 * the kernel log is read without waiting for more of it.
 */
final class Posix {

    // The same on x86_64 and arm64.
    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_NONBLOCK = 04000;
    private static final int O_CLOEXEC = 02000000;
    private static final int SEEK_END = 2;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final long ERRNO = CAPTURE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    /**
     * A function of three words: all of ours are, so that one handle does for all. Making a handle is the most of what
     * such a call costs a short-lived process. Where the prototype has an int, the other half of the register is not
     * looked at; where it returns one, the result has to be cut.
     */
    private static final MethodHandle CALL = handle();

    /** {@code int open(const char *pathname, int flags, ...);} */
    private static final MemorySegment OPEN = function("open");

    /** {@code ssize_t read(int fd, void *buf, size_t count);} */
    private static final MemorySegment READ = function("read");

    /** {@code ssize_t write(int fd, const void *buf, size_t count);} */
    private static final MemorySegment WRITE = function("write");

    /** {@code off_t lseek(int fd, off_t offset, int whence);} */
    private static final MemorySegment LSEEK = function("lseek");

    /** {@code int close(int fd);} */
    private static final MemorySegment CLOSE = function("close");

    private Posix() {}

    /** An open file; {@link #close} gives the descriptor back. */
    static final class Fd implements AutoCloseable {

        private final int fd;

        private Fd(int fd) {
            this.fd = fd;
        }

        /** One read(2) of at most {@code max} bytes; an empty array at the end of the file. */
        byte[] read(int max) throws ErrnoException {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment buffer = arena.allocate(max);
                long count = call(arena, "read", READ, fd, buffer.address(), max);
                return buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
            }
        }

        /** One write(2) of all the bytes; returns how many were taken. */
        long write(byte[] bytes) throws ErrnoException {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment buffer = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
                return call(arena, "write", WRITE, fd, buffer.address(), bytes.length);
            }
        }

        void seekToEnd() throws ErrnoException {
            try (Arena arena = Arena.ofConfined()) {
                call(arena, "lseek", LSEEK, fd, 0, SEEK_END);
            }
        }

        @Override
        public void close() {
            try (Arena arena = Arena.ofConfined()) {
                // Nothing is buffered in these files: an error here would say nothing.
                long ignored = invoke(arena.allocate(CAPTURE), CLOSE, fd, 0, 0);
            }
        }
    }

    /** Opens an existing file; {@code flags} as in open(2). */
    static Fd open(Path path, int flags) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path.toString());
            return new Fd((int) call(arena, "open " + path, OPEN, name.address(), flags | O_CLOEXEC, 0));
        }
    }

    /** Calls a function that returns -1 to point at errno. */
    private static long call(Arena arena, String what, MemorySegment function, long a, long b, long c)
            throws ErrnoException {
        MemorySegment state = arena.allocate(CAPTURE);
        long result = invoke(state, function, a, b, c);
        // An int of -1, too: no file is as long, no descriptor as large.
        if ((int) result == -1) {
            throw new ErrnoException(state.get(ValueLayout.JAVA_INT, ERRNO), what);
        }
        return result;
    }

    private static long invoke(MemorySegment state, MemorySegment function, long a, long b, long c) {
        try {
            return (long) CALL.invokeExact(function, state, a, b, c);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @SuppressWarnings("restricted") // the launcher passes --enable-native-access
    private static MethodHandle handle() {
        return LINKER.downcallHandle(
                FunctionDescriptor.of(LONG, LONG, LONG, LONG), Linker.Option.captureCallState("errno"));
    }

    private static MemorySegment function(String name) {
        return LINKER.defaultLookup().findOrThrow(name);
    }
}
