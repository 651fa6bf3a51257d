// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** How C functions are called through the FFM API, and the functions of the C library that we use. */
public final class Native {

    // The same on x86_64 and arm64.
    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_NONBLOCK = 04000;
    private static final int O_CLOEXEC = 02000000;
    private static final int SEEK_END = 2;
    private static final int TIOCGWINSZ = 0x5413;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final long ERRNO = CAPTURE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final int WORDS = 6;

    /**
     * A function of six words: all of ours have that many or fewer, so that one handle does for all. Making a handle is
     * most of what such a call costs a short-lived process. A function does not look at the registers that it has no
     * parameter for; where it takes an int, it does not look at the other half; where it returns one, the result has to
     * be cut.
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

    /** {@code int isatty(int fd);} */
    private static final MemorySegment ISATTY = function("isatty");

    /** {@code int ioctl(int fd, unsigned long request, ...);} */
    private static final MemorySegment IOCTL = function("ioctl");

    /** {@code char *strerror(int errnum);} */
    private static final MemorySegment STRERROR = function("strerror");

    /** {@code int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data);} */
    private static final MemorySegment MOUNT = function("mount");

    /** {@code int vsnprintf(char *str, size_t size, const char *format, va_list ap);} */
    private static final MemorySegment VSNPRINTF = function("vsnprintf");

    private Native() {}

    /** What a call returned, and errno after it. */
    public record Result(long word, int errno) {

        /** What it returned, of a function that returns an int. */
        public int number() {
            return (int) word;
        }
    }

    /** Calls a function of up to six words, each an integer or an address. */
    public static Result call(MemorySegment function, long... words) {
        if (words.length > WORDS) {
            throw new IllegalArgumentException(words.length + " words");
        }
        long[] w = new long[WORDS];
        System.arraycopy(words, 0, w, 0, words.length);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CAPTURE);
            long result = (long) CALL.invokeExact(function, state, w[0], w[1], w[2], w[3], w[4], w[5]);
            return new Result(result, state.get(ValueLayout.JAVA_INT, ERRNO));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Calls a function that returns -1 to point at errno. */
    private static long require(String what, MemorySegment function, long... words) throws ErrnoException {
        Result result = call(function, words);
        // An int of -1, too: no file is as long, no descriptor as large.
        if (result.number() == -1) {
            throw new ErrnoException(result.errno(), what);
        }
        return result.word();
    }

    static int open(Path path, int flags) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path.toString());
            return (int) require("open " + path, OPEN, name.address(), flags | O_CLOEXEC);
        }
    }

    static byte[] read(int fd, int max) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(max);
            long count = require("read", READ, fd, buffer.address(), max);
            return buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    static long write(int fd, byte[] bytes) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            return require("write", WRITE, fd, buffer.address(), bytes.length);
        }
    }

    static void seekToEnd(int fd) throws ErrnoException {
        require("lseek", LSEEK, fd, 0, SEEK_END);
    }

    /** Gives a descriptor back. */
    public static void close(int fd) {
        // Nothing is buffered in our descriptors: an error here would say nothing.
        Result ignored = call(CLOSE, fd);
    }

    /** Whether a descriptor is a terminal. */
    public static boolean isTerminal(int fd) {
        return call(ISATTY, fd).number() == 1;
    }

    /** How many characters a line of a terminal has; 0 where that is not known. */
    public static int columns(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            // struct winsize: rows, columns, and two of pixels, 16 bits each
            MemorySegment size = arena.allocate(4 * Short.BYTES, Short.BYTES);
            return call(IOCTL, fd, TIOCGWINSZ, size.address()).number() == 0
                    ? Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, Short.BYTES))
                    : 0;
        }
    }

    /** What the C library says of an error number; numbers of libbpf's own (4000 and up) are unknown to it. */
    public static String describe(int errno) {
        return string(call(STRERROR, errno).word());
    }

    /**
     * Mounts a file system.
     *
     * @param options those of the file system itself, such as "mode=0700"
     */
    public static void mount(String source, String target, String type, String options) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            require(
                    "mounting " + type + " at " + target,
                    MOUNT,
                    arena.allocateFrom(source).address(),
                    arena.allocateFrom(target).address(),
                    arena.allocateFrom(type).address(),
                    0,
                    arena.allocateFrom(options).address());
        }
    }

    /** What printf would print. Both of our ABIs pass a va_list by its address, whatever they call it. */
    public static String format(MemorySegment format, MemorySegment arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(1 << 12);
            int length = format(format, arguments, buffer, arena);
            if (length >= buffer.byteSize()) {
                buffer = arena.allocate(length + 1L);
                length = format(format, arguments, buffer, arena);
            }
            return length < 0 ? "" : buffer.getString(0);
        }
    }

    /** On a copy: reading a va_list uses it up. The larger of the two ABIs' has 32 bytes, on the caller's stack. */
    @SuppressWarnings("restricted") // the launcher passes --enable-native-access
    private static int format(MemorySegment format, MemorySegment arguments, MemorySegment buffer, Arena arena) {
        MemorySegment copy = arena.allocate(32, 16);
        copy.copyFrom(arguments.reinterpret(32));
        return call(VSNPRINTF, buffer.address(), buffer.byteSize(), format.address(), copy.address())
                .number();
    }

    /** The C string at an address; empty for a null pointer. */
    @SuppressWarnings("restricted") // as above
    public static String string(long address) {
        return address == 0
                ? ""
                : MemorySegment.ofAddress(address).reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** The bytes at an address. */
    @SuppressWarnings("restricted") // as above
    public static byte[] bytes(long address, long size) {
        return MemorySegment.ofAddress(address).reinterpret(size).toArray(ValueLayout.JAVA_BYTE);
    }

    /** A function of ours as C can call it, for as long as the process runs. */
    @SuppressWarnings("restricted") // as above
    public static MemorySegment upcall(MethodHandle target, FunctionDescriptor type) {
        return LINKER.upcallStub(target, type, Arena.global());
    }

    @SuppressWarnings("restricted") // as above
    private static MethodHandle handle() {
        return LINKER.downcallHandle(
                FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG),
                Linker.Option.captureCallState("errno"));
    }

    private static MemorySegment function(String name) {
        return LINKER.defaultLookup().findOrThrow(name);
    }
}
