package org.killswitch.control;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
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
    private static final VarHandle ERRNO = CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    /** {@code int open(const char *pathname, int flags, ...);} */
    private static final MethodHandle OPEN =
            handle("open", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, INT), Linker.Option.firstVariadicArg(2));

    /** {@code ssize_t read(int fd, void *buf, size_t count);} */
    private static final MethodHandle READ =
            handle("read", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG));

    /** {@code ssize_t write(int fd, const void *buf, size_t count);} */
    private static final MethodHandle WRITE =
            handle("write", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG));

    /** {@code off_t lseek(int fd, off_t offset, int whence);} */
    private static final MethodHandle LSEEK = handle("lseek", FunctionDescriptor.of(LONG, INT, LONG, INT));

    /** {@code int close(int fd);} */
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(INT, INT));

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
                MemorySegment state = arena.allocate(CAPTURE);
                long count;
                try {
                    count = (long) READ.invokeExact(state, fd, buffer, (long) max);
                } catch (Throwable e) {
                    throw new AssertionError(e);
                }
                check(count, state, "read");
                return buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
            }
        }

        /** One write(2) of all the bytes; returns how many were taken. */
        long write(byte[] bytes) throws ErrnoException {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment buffer = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
                MemorySegment state = arena.allocate(CAPTURE);
                long count;
                try {
                    count = (long) WRITE.invokeExact(state, fd, buffer, (long) bytes.length);
                } catch (Throwable e) {
                    throw new AssertionError(e);
                }
                return check(count, state, "write");
            }
        }

        void seekToEnd() throws ErrnoException {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment state = arena.allocate(CAPTURE);
                long position;
                try {
                    position = (long) LSEEK.invokeExact(state, fd, 0L, SEEK_END);
                } catch (Throwable e) {
                    throw new AssertionError(e);
                }
                check(position, state, "lseek");
            }
        }

        @Override
        public void close() {
            try (Arena arena = Arena.ofConfined()) {
                // Nothing is buffered in these files: an error here would say nothing.
                int ignored = (int) CLOSE.invokeExact(arena.allocate(CAPTURE), fd);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Opens an existing file; {@code flags} as in open(2). */
    static Fd open(Path path, int flags) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path.toString());
            MemorySegment state = arena.allocate(CAPTURE);
            int fd;
            try {
                fd = (int) OPEN.invokeExact(state, name, flags | O_CLOEXEC);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
            return new Fd((int) check(fd, state, "open " + path));
        }
    }

    private static long check(long result, MemorySegment state, String what) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException((int) ERRNO.get(state, 0L), what);
        }
        return result;
    }

    @SuppressWarnings("restricted") // the launcher passes --enable-native-access
    private static MethodHandle handle(String name, FunctionDescriptor descriptor, Linker.Option... more) {
        Linker.Option[] options = new Linker.Option[more.length + 1];
        options[0] = Linker.Option.captureCallState("errno");
        System.arraycopy(more, 0, options, 1, more.length);
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
    }
}
