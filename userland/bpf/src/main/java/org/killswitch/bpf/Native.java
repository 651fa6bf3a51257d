package org.killswitch.bpf;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** How C functions are called, and the few of the C library that BPF needs. */
final class Native {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final long ERRNO = CAPTURE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final int WORDS = 6;

    /**
     * A function of six words: all of ours have that many or fewer, so that one handle does for all. Making a handle is
     * the most of what such a call costs a short-lived process. Registers that a function has no use for are not looked
     * at; where it takes an int, neither is the other half; where it returns one, the result has to be cut.
     */
    private static final MethodHandle CALL = handle();

    /** {@code int close(int fd);} */
    private static final MemorySegment CLOSE = function("close");

    /** {@code char *strerror(int errnum);} */
    private static final MemorySegment STRERROR = function("strerror");

    /** {@code int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data);} */
    private static final MemorySegment MOUNT = function("mount");

    /** {@code int vsnprintf(char *str, size_t size, const char *format, va_list ap);} */
    private static final MemorySegment VSNPRINTF = function("vsnprintf");

    private Native() {}

    /** What a call returned, and errno after it. */
    record Result(long word, int errno) {

        int number() {
            return (int) word;
        }
    }

    static Result call(MemorySegment function, long... words) {
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

    static void close(int fd) {
        // Nothing is buffered in these descriptors: an error here would say nothing.
        Result ignored = call(CLOSE, fd);
    }

    /** What the C library says of an error number; numbers of libbpf's own (4000 and up) are unknown to it. */
    static String describe(int errno) {
        return string(call(STRERROR, errno).word());
    }

    static void mount(String source, String target, String type) throws LibbpfException {
        try (Arena arena = Arena.ofConfined()) {
            Result result = call(
                    MOUNT,
                    arena.allocateFrom(source).address(),
                    arena.allocateFrom(target).address(),
                    arena.allocateFrom(type).address(),
                    0,
                    0);
            if (result.number() != 0) {
                throw new LibbpfException("mounting " + type + " at " + target, result.errno());
            }
        }
    }

    /** What printf would print. Both of our ABIs pass a va_list by its address, whatever they call it. */
    static String format(MemorySegment format, MemorySegment arguments) {
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
    static String string(long address) {
        return address == 0
                ? ""
                : MemorySegment.ofAddress(address).reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** The bytes at an address. */
    @SuppressWarnings("restricted") // as above
    static byte[] bytes(long address, long size) {
        return MemorySegment.ofAddress(address).reinterpret(size).toArray(ValueLayout.JAVA_BYTE);
    }

    @SuppressWarnings("restricted") // as above
    static MemorySegment upcall(MethodHandle target, FunctionDescriptor type) {
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
