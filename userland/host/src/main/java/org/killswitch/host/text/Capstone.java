// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.killswitch.host.Distribution;
import org.killswitch.host.SystemFiles;

/** libcapstone, through the FFM API. What of it is used is the same in versions 4 and 5, but for an offset. */
public final class Capstone implements Disassembler, AutoCloseable {

    /** The names under which it is loaded, the one that is tried first at the front. */
    public static final List<String> LIBRARIES = List.of("libcapstone.so.5", "libcapstone.so.4");

    private static final int CS_ARCH_ARM64 = 1;
    private static final int CS_ARCH_X86 = 3;
    private static final int CS_MODE_64 = 1 << 3;
    private static final int CS_OPT_DETAIL = 2;
    private static final int CS_OPT_ON = 3;

    /** struct cs_insn: its address, its size, its bytes; then the mnemonic and the operands as text. */
    private static final long SIZE_AT = 16;

    private static final long BYTES_AT = 18;
    private static final long MNEMONIC_LENGTH = 32;
    private static final long OPERANDS_LENGTH = 160;
    private static final int REGISTERS_MAX = 64;
    private static final int INSTRUCTION_MAX = 16;

    private final Arena arena = Arena.ofConfined();
    private final long mnemonicAt;
    private final Lifter lifter;
    private final Map<Short, String> registerNames = new HashMap<>();
    private final long handle;
    private final MemorySegment code = arena.allocate(INSTRUCTION_MAX);
    private final MemorySegment codePointer = arena.allocate(ADDRESS);
    private final MemorySegment codeLength = arena.allocate(JAVA_LONG);
    private final MemorySegment codeAddress = arena.allocate(JAVA_LONG);
    private final MemorySegment read = arena.allocate(JAVA_SHORT, REGISTERS_MAX);
    private final MemorySegment written = arena.allocate(JAVA_SHORT, REGISTERS_MAX);
    private final MemorySegment readCount = arena.allocate(JAVA_BYTE);
    private final MemorySegment writtenCount = arena.allocate(JAVA_BYTE);
    private final MemorySegment instruction;

    /** {@code bool cs_disasm_iter(csh handle, const uint8_t **code, size_t *size, uint64_t *address, cs_insn *insn);} */
    private final MethodHandle disassemble;

    /** {@code const char *cs_reg_name(csh handle, unsigned int reg_id);} */
    private final MethodHandle registerName;

    /** {@code cs_err cs_regs_access(csh, const cs_insn *, cs_regs, uint8_t *read_count, cs_regs, uint8_t *write_count);} */
    private final MethodHandle registersAccessed;

    /** {@code cs_err cs_close(csh *handle);} */
    private final MethodHandle closeHandle;

    /** libcapstone is not installed, or is a version that is not known. */
    public static final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1;

        UnavailableException(String message) {
            super(message);
        }
    }

    private Capstone(Machine machine, SymbolLookup library) throws UnavailableException {
        try {
            // unsigned int cs_version(int *major, int *minor); it returns both.
            MethodHandle version = function(library, "cs_version", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
            int major = (int) version.invokeExact(MemorySegment.NULL, MemorySegment.NULL) >>> 8;
            mnemonicAt = switch (major) {
                case 4 -> BYTES_AT + 16;
                case 5 -> BYTES_AT + 24;
                default -> throw new UnavailableException("libcapstone is of version " + major + "; 4 and 5 are known");
            };
            lifter = machine == Machine.X86_64 ? new X86Lifter() : new Arm64Lifter();
            // cs_err cs_open(cs_arch arch, cs_mode mode, csh *handle);
            MethodHandle open =
                    function(library, "cs_open", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
            MemorySegment opened = arena.allocate(JAVA_LONG);
            int error = machine == Machine.X86_64
                    ? (int) open.invokeExact(CS_ARCH_X86, CS_MODE_64, opened)
                    : (int) open.invokeExact(CS_ARCH_ARM64, 0, opened);
            if (error != 0) {
                throw new UnavailableException("libcapstone does not know " + machine + " (error " + error + ")");
            }
            handle = opened.get(JAVA_LONG, 0);
            // cs_err cs_option(csh handle, cs_opt_type type, size_t value);
            MethodHandle option =
                    function(library, "cs_option", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG));
            int ignored = (int) option.invokeExact(handle, CS_OPT_DETAIL, (long) CS_OPT_ON);
            // cs_insn *cs_malloc(csh handle);
            MethodHandle allocate = function(library, "cs_malloc", FunctionDescriptor.of(ADDRESS, JAVA_LONG));
            instruction = sized((MemorySegment) allocate.invokeExact(handle));
            disassemble = function(
                    library,
                    "cs_disasm_iter",
                    FunctionDescriptor.of(JAVA_BYTE, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
            registerName = function(library, "cs_reg_name", FunctionDescriptor.of(ADDRESS, JAVA_LONG, JAVA_INT));
            registersAccessed = function(
                    library,
                    "cs_regs_access",
                    FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
            closeHandle = function(library, "cs_close", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        } catch (UnavailableException | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Loads the library.
     *
     * @throws UnavailableException says what to install
     */
    @SuppressWarnings("restricted") // the launcher passes --enable-native-access
    public static Capstone open(Machine machine) throws UnavailableException {
        for (String name : LIBRARIES) {
            SymbolLookup library;
            try {
                library = SymbolLookup.libraryLookup(name, Arena.global());
            } catch (IllegalArgumentException e) {
                continue; // not this one
            }
            return new Capstone(machine, library);
        }
        throw new UnavailableException("libcapstone is not installed: "
                + Distribution.of(new SystemFiles(Path.of("/"))).installLibcapstone());
    }

    @SuppressWarnings("restricted") // as above
    private static MethodHandle function(SymbolLookup library, String name, FunctionDescriptor type)
            throws UnavailableException {
        MemorySegment symbol =
                library.find(name).orElseThrow(() -> new UnavailableException("libcapstone has no " + name + "()"));
        return Linker.nativeLinker().downcallHandle(symbol, type);
    }

    @SuppressWarnings("restricted") // as above
    private MemorySegment sized(MemorySegment pointer) {
        return pointer.reinterpret(mnemonicAt + MNEMONIC_LENGTH + OPERANDS_LENGTH);
    }

    @Override
    public Optional<Instruction> decode(byte[] bytes, int offset, long address) {
        int length = Math.min(INSTRUCTION_MAX, bytes.length - offset);
        if (length <= 0) {
            return Optional.empty();
        }
        MemorySegment.copy(bytes, offset, code, JAVA_BYTE, 0, length);
        codePointer.set(ADDRESS, 0, code);
        codeLength.set(JAVA_LONG, 0, length);
        codeAddress.set(JAVA_LONG, 0, address);
        try {
            if ((byte) disassemble.invokeExact(handle, codePointer, codeLength, codeAddress, instruction) == 0) {
                return Optional.empty();
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        int size = instruction.get(JAVA_SHORT, SIZE_AT);
        String mnemonic = instruction.getString(mnemonicAt);
        String operands = instruction.getString(mnemonicAt + MNEMONIC_LENGTH);
        return Optional.of(new Instruction(
                address,
                size,
                operands.isEmpty() ? mnemonic : mnemonic + " " + operands,
                lifter.lift(mnemonic, operands, address + size, this::writtenRegisters)));
    }

    private List<String> writtenRegisters() {
        try {
            int error =
                    (int) registersAccessed.invokeExact(handle, instruction, read, readCount, written, writtenCount);
            List<String> names = new ArrayList<>();
            for (int i = 0; error == 0 && i < writtenCount.get(JAVA_BYTE, 0); i++) {
                names.add(name(written.getAtIndex(JAVA_SHORT, i)));
            }
            return names;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @SuppressWarnings("restricted") // as above
    private String name(short register) throws Throwable {
        String known = registerNames.get(register);
        if (known != null) {
            return known;
        }
        MemorySegment name = (MemorySegment) registerName.invokeExact(handle, (int) register);
        String text =
                name.equals(MemorySegment.NULL) ? "" : name.reinterpret(32).getString(0);
        registerNames.put(register, text);
        return text;
    }

    @Override
    public void close() {
        try {
            MemorySegment opened = arena.allocate(JAVA_LONG);
            opened.set(JAVA_LONG, 0, handle);
            int ignored = (int) closeHandle.invokeExact(opened);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        arena.close();
    }
}
