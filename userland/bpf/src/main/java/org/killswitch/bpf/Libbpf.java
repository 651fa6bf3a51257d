// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.bpf;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.killswitch.host.InstalledLibrary;
import org.killswitch.posix.Native;
import org.killswitch.posix.Native.Result;

/**
 * libbpf.so.1, from its release 1.0 on. Methods are called what the functions are called; those that fail there, with a
 * null pointer or a negative number, throw {@link LibbpfException} here.
 *
 * <p>Pointers to what libbpf alone looks into are records of an address. The file is long because it is the whole of the
 * binding, with the C prototype of each function.
 */
final class Libbpf {

    /** {@code enum bpf_prog_type} of linux/bpf.h. */
    static final int BPF_PROG_TYPE_SOCKET_FILTER = 1;

    static final int BPF_PROG_TYPE_KPROBE = 2;
    static final int BPF_PROG_TYPE_RAW_TRACEPOINT = 17;

    /** {@code enum libbpf_print_level}: warnings are 0; notes and traces come after it. */
    private static final int LIBBPF_WARN = 0;

    /** Bytes of an instruction: {@code struct bpf_insn}. */
    private static final int INSN_SIZE = 8;

    private static @Nullable Libbpf instance;
    private static volatile Consumer<String> sink = line -> {};

    private final SymbolLookup library;

    /** {@code libbpf_print_fn_t libbpf_set_print(libbpf_print_fn_t fn);} */
    private final MemorySegment setPrint;

    /** {@code struct bpf_object *bpf_object__open_file(const char *path, const struct bpf_object_open_opts *opts);} */
    private final MemorySegment objectOpenFile;

    /**
     * {@code struct bpf_object *bpf_object__open_mem(const void *obj_buf, size_t obj_buf_sz, const struct
     * bpf_object_open_opts *opts);}
     */
    private final MemorySegment objectOpenMem;

    /** {@code int bpf_object__load(struct bpf_object *obj);} */
    private final MemorySegment objectLoad;

    /** {@code void bpf_object__close(struct bpf_object *object);} */
    private final MemorySegment objectClose;

    /**
     * {@code struct bpf_program *bpf_object__next_program(const struct bpf_object *obj, struct bpf_program *prog);}
     */
    private final MemorySegment objectNextProgram;

    /** {@code const char *bpf_program__name(const struct bpf_program *prog);} */
    private final MemorySegment programName;

    /** {@code const char *bpf_program__section_name(const struct bpf_program *prog);} */
    private final MemorySegment programSectionName;

    /** {@code enum bpf_prog_type bpf_program__type(const struct bpf_program *prog);} */
    private final MemorySegment programType;

    /** {@code enum bpf_attach_type bpf_program__expected_attach_type(const struct bpf_program *prog);} */
    private final MemorySegment programExpectedAttachType;

    /** {@code const struct bpf_insn *bpf_program__insns(const struct bpf_program *prog);} */
    private final MemorySegment programInsns;

    /** {@code size_t bpf_program__insn_cnt(const struct bpf_program *prog);} */
    private final MemorySegment programInsnCnt;

    /**
     * {@code struct bpf_link *bpf_program__attach_kprobe(const struct bpf_program *prog, bool retprobe, const char
     * *func_name);}
     */
    private final MemorySegment programAttachKprobe;

    /** {@code int bpf_link__pin(struct bpf_link *link, const char *path);} */
    private final MemorySegment linkPin;

    /** {@code void bpf_link__disconnect(struct bpf_link *link);} */
    private final MemorySegment linkDisconnect;

    /** {@code int bpf_link__destroy(struct bpf_link *link);} */
    private final MemorySegment linkDestroy;

    /**
     * {@code int bpf_prog_load(enum bpf_prog_type prog_type, const char *prog_name, const char *license, const struct
     * bpf_insn *insns, size_t insn_cnt, const struct bpf_prog_load_opts *opts);}
     */
    private final MemorySegment progLoad;

    /** {@code int bpf_prog_test_run_opts(int prog_fd, struct bpf_test_run_opts *opts);} */
    private final MemorySegment progTestRunOpts;

    /** {@code int bpf_obj_pin(int fd, const char *pathname);} */
    private final MemorySegment objPin;

    /** {@code int bpf_obj_get(const char *pathname);} */
    private final MemorySegment objGet;

    /** {@code int bpf_obj_get_info_by_fd(int bpf_fd, void *info, __u32 *info_len);} */
    private final MemorySegment objGetInfoByFd;

    /** {@code struct bpf_object *}. */
    record BpfObject(long address) {}

    /** {@code struct bpf_program *}; it belongs to its object. */
    record BpfProgram(long address) {}

    /** {@code struct bpf_link *}. */
    record BpfLink(long address) {}

    private Libbpf(SymbolLookup library) {
        this.library = library;
        setPrint = function("libbpf_set_print");
        objectOpenFile = function("bpf_object__open_file");
        objectOpenMem = function("bpf_object__open_mem");
        objectLoad = function("bpf_object__load");
        objectClose = function("bpf_object__close");
        objectNextProgram = function("bpf_object__next_program");
        programName = function("bpf_program__name");
        programSectionName = function("bpf_program__section_name");
        programType = function("bpf_program__type");
        programExpectedAttachType = function("bpf_program__expected_attach_type");
        programInsns = function("bpf_program__insns");
        programInsnCnt = function("bpf_program__insn_cnt");
        programAttachKprobe = function("bpf_program__attach_kprobe");
        linkPin = function("bpf_link__pin");
        linkDisconnect = function("bpf_link__disconnect");
        linkDestroy = function("bpf_link__destroy");
        progLoad = function("bpf_prog_load");
        progTestRunOpts = function("bpf_prog_test_run_opts");
        objPin = function("bpf_obj_pin");
        objGet = function("bpf_obj_get");
        objGetInfoByFd = function("bpf_obj_get_info_by_fd");
        // Else it writes to standard error on its own.
        Result ignored = Native.call(setPrint, 0);
    }

    /**
     * The library; it stays loaded.
     *
     * @throws BpfException if it is not installed
     */
    @SuppressWarnings("restricted") // the launcher passes --enable-native-access
    static synchronized Libbpf load() throws BpfException {
        if (instance == null) {
            try {
                instance = new Libbpf(SymbolLookup.libraryLookup(InstalledLibrary.LIBBPF, Arena.global()));
            } catch (IllegalArgumentException e) {
                throw new BpfException(InstalledLibrary.LIBBPF
                        + " cannot be loaded, which BPF programs are loaded with; install the package libbpf1");
            }
        }
        return instance;
    }

    private MemorySegment function(String name) {
        return library.findOrThrow(name);
    }

    /** From now on, what libbpf has to complain of goes to {@code lines}, line by line; until then it is lost. */
    void setPrint(Consumer<String> lines) {
        sink = lines;
        Result ignored = Native.call(setPrint, Printer.STUB.address());
    }

    /** What {@code libbpf_set_print} is given. Made only when it is asked for: a stub takes its time. */
    private static final class Printer {

        /** {@code typedef int (*libbpf_print_fn_t)(enum libbpf_print_level level, const char *, va_list ap);} */
        static final MemorySegment STUB = stub();

        private static MemorySegment stub() {
            try {
                MethodHandle print = MethodHandles.lookup()
                        .findStatic(
                                Printer.class,
                                "print",
                                MethodType.methodType(int.class, int.class, MemorySegment.class, MemorySegment.class));
                return Native.upcall(
                        print,
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("the printer is there", e);
            }
        }

        @SuppressWarnings("UnusedMethod") // libbpf calls it
        private static int print(int level, MemorySegment format, MemorySegment arguments) {
            if (level != LIBBPF_WARN) {
                return 0;
            }
            try {
                Native.format(format, arguments).lines().forEach(sink);
                return 0;
            } catch (RuntimeException e) {
                // The JVM ends the process if an exception reaches C.
                return -1;
            }
        }
    }

    BpfObject objectOpenFile(String path) throws LibbpfException {
        try (Arena arena = Arena.ofConfined()) {
            return new BpfObject(pointer("opening " + path, Native.call(objectOpenFile, string(arena, path), 0)));
        }
    }

    BpfObject objectOpenMem(byte[] elf) throws LibbpfException {
        try (Arena arena = Arena.ofConfined()) {
            // libbpf has the bytes copied by libelf where it keeps them.
            MemorySegment buffer = arena.allocate(Math.max(elf.length, 1), 8);
            MemorySegment.copy(elf, 0, buffer, ValueLayout.JAVA_BYTE, 0, elf.length);
            return new BpfObject(
                    pointer("reading the object", Native.call(objectOpenMem, buffer.address(), elf.length, 0)));
        }
    }

    void objectLoad(BpfObject object) throws LibbpfException {
        number("loading the object", Native.call(objectLoad, object.address()));
    }

    void objectClose(BpfObject object) {
        Result ignored = Native.call(objectClose, object.address());
    }

    /** The first program of the object where {@code previous} is null; empty after the last. */
    Optional<BpfProgram> objectNextProgram(BpfObject object, @Nullable BpfProgram previous) {
        long next = Native.call(objectNextProgram, object.address(), previous == null ? 0 : previous.address())
                .word();
        return next == 0 ? Optional.empty() : Optional.of(new BpfProgram(next));
    }

    String programName(BpfProgram program) {
        return Native.string(Native.call(programName, program.address()).word());
    }

    String programSectionName(BpfProgram program) {
        return Native.string(Native.call(programSectionName, program.address()).word());
    }

    int programType(BpfProgram program) {
        return Native.call(programType, program.address()).number();
    }

    /** 0 for programs that are attached in the usual way. */
    int programExpectedAttachType(BpfProgram program) {
        return Native.call(programExpectedAttachType, program.address()).number();
    }

    /** The instructions, in the kernel's form: {@code struct bpf_insn}, eight bytes each. */
    byte[] programInsns(BpfProgram program) {
        long count = Native.call(programInsnCnt, program.address()).word();
        return Native.bytes(Native.call(programInsns, program.address()).word(), count * INSN_SIZE);
    }

    BpfLink programAttachKprobe(BpfProgram program, String function) throws LibbpfException {
        try (Arena arena = Arena.ofConfined()) {
            Result result = Native.call(programAttachKprobe, program.address(), 0, string(arena, function));
            return new BpfLink(pointer("attaching " + programName(program) + " to " + function, result));
        }
    }

    void linkPin(BpfLink link, String path) throws LibbpfException {
        try (Arena arena = Arena.ofConfined()) {
            number("pinning at " + path, Native.call(linkPin, link.address(), string(arena, path)));
        }
    }

    /** From now on destroying it does not detach: it lives by its pin. */
    void linkDisconnect(BpfLink link) {
        Result ignored = Native.call(linkDisconnect, link.address());
    }

    void linkDestroy(BpfLink link) throws LibbpfException {
        number("detaching", Native.call(linkDestroy, link.address()));
    }

    /** What the verifier says of a program that it refuses goes here. */
    interface Refused {
        void lines(String text);
    }

    /**
     * Loads a program for the GPL.
     *
     * @param name letters, digits and underscores; the kernel keeps 15 of them
     * @return its descriptor
     */
    int progLoad(int type, String name, byte[] instructions, Refused log) throws LibbpfException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment code = arena.allocate(instructions.length, INSN_SIZE);
            MemorySegment.copy(instructions, 0, code, ValueLayout.JAVA_BYTE, 0, instructions.length);
            // struct bpf_prog_load_opts up to log_buf, which is its last field in libbpf 1.0. With a log level of 0 the
            // log is asked for in a second try, after a refusal.
            long size = 104;
            int logSize = 1 << 20;
            MemorySegment buffer = arena.allocate(logSize);
            MemorySegment opts = arena.allocate(size, 8);
            opts.set(ValueLayout.JAVA_LONG, 0, size);
            opts.set(ValueLayout.JAVA_INT, 92, logSize);
            opts.set(ValueLayout.JAVA_LONG, 96, buffer.address());
            Result result = Native.call(
                    progLoad,
                    type,
                    string(arena, name),
                    string(arena, "GPL"),
                    code.address(),
                    instructions.length / INSN_SIZE,
                    opts.address());
            if (result.number() < 0) {
                log.lines(buffer.getString(0));
            }
            return number("loading a BPF program", result);
        }
    }

    /**
     * Runs a program once, with {@code context} for its context where its type allows to give one.
     *
     * @return what it returned
     */
    int progTestRun(int fd, byte[] context) throws LibbpfException {
        try (Arena arena = Arena.ofConfined()) {
            // struct bpf_test_run_opts
            long size = 80;
            MemorySegment opts = arena.allocate(size, 8);
            opts.set(ValueLayout.JAVA_LONG, 0, size);
            MemorySegment ctx = arena.allocate(Math.max(context.length, 1), 8);
            MemorySegment.copy(context, 0, ctx, ValueLayout.JAVA_BYTE, 0, context.length);
            opts.set(ValueLayout.JAVA_LONG, 32, context.length == 0 ? 0 : ctx.address());
            opts.set(ValueLayout.JAVA_INT, 48, context.length);
            number("running a BPF program", Native.call(progTestRunOpts, fd, opts.address()));
            return opts.get(ValueLayout.JAVA_INT, 56);
        }
    }

    void objPin(int fd, String path) throws LibbpfException {
        try (Arena arena = Arena.ofConfined()) {
            number("pinning at " + path, Native.call(objPin, fd, string(arena, path)));
        }
    }

    /** A new descriptor of what is pinned. */
    int objGet(String path) throws LibbpfException {
        try (Arena arena = Arena.ofConfined()) {
            return number("opening " + path, Native.call(objGet, string(arena, path)));
        }
    }

    /** The head of {@code struct bpf_prog_info}. */
    record ProgInfo(int type, int id, String tag, String name) {}

    ProgInfo progInfo(int fd) throws LibbpfException {
        try (Arena arena = Arena.ofConfined()) {
            // Up to name: every kernel that we know has more.
            int size = 80;
            MemorySegment info = arena.allocate(size, 8);
            info(fd, info, arena);
            StringBuilder tag = new StringBuilder();
            for (byte b : info.asSlice(8, 8).toArray(ValueLayout.JAVA_BYTE)) {
                tag.append(String.format("%02x", b));
            }
            return new ProgInfo(
                    info.get(ValueLayout.JAVA_INT, 0),
                    info.get(ValueLayout.JAVA_INT, 4),
                    tag.toString(),
                    text(info.asSlice(64, 16)));
        }
    }

    /** The head of {@code struct bpf_link_info}. */
    record LinkInfo(int type, int id, int progId) {}

    LinkInfo linkInfo(int fd) throws LibbpfException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(16, 8);
            info(fd, info, arena);
            return new LinkInfo(
                    info.get(ValueLayout.JAVA_INT, 0),
                    info.get(ValueLayout.JAVA_INT, 4),
                    info.get(ValueLayout.JAVA_INT, 8));
        }
    }

    private void info(int fd, MemorySegment info, Arena arena) throws LibbpfException {
        MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, (int) info.byteSize());
        number("asking for what a descriptor is", Native.call(objGetInfoByFd, fd, info.address(), length.address()));
    }

    private static long string(Arena arena, String text) {
        return arena.allocateFrom(text).address();
    }

    private static String text(MemorySegment field) {
        byte[] bytes = field.toArray(ValueLayout.JAVA_BYTE);
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static long pointer(String what, Result result) throws LibbpfException {
        if (result.word() == 0) {
            throw new LibbpfException(what, result.errno());
        }
        return result.word();
    }

    /** A negative number is a negated errno. */
    private static int number(String what, Result result) throws LibbpfException {
        if (result.number() < 0) {
            throw new LibbpfException(what, -result.number());
        }
        return result.number();
    }
}
