// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kernel of three functions, f, g and h, each 0x40 bytes, and a page of data. */
class CallGraphTest {

    private static final long TEXT = 0xffffffff81000000L;
    private static final long DATA = 0xffffffff81002000L;
    private static final String KALLSYMS = """
            ffffffff81000000 T _stext
            ffffffff81000000 T f
            ffffffff81000040 T g
            ffffffff81000080 T h
            ffffffff81001000 T _etext
            ffffffff81002000 R __start_rodata
            ffffffff81002000 r ops
            ffffffff81003000 R __end_rodata
            """;

    private final ByteBuffer memory = ByteBuffer.allocate(0x3000).order(ByteOrder.LITTLE_ENDIAN);

    private byte[] read(long address, int length) {
        byte[] read = new byte[length];
        memory.get((int) (address - TEXT), read);
        return read;
    }

    private KernelText text(Machine machine) throws IOException {
        return KernelText.read(machine, Symbols.parse(KALLSYMS.getBytes(StandardCharsets.UTF_8)), this::read);
    }

    private static int function(KernelText text, String name) {
        return text.functions().startingAt(text.symbols().named(name).getFirst().address());
    }

    private void code(int at, int... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            memory.put(at + i, (byte) bytes[i]);
        }
    }

    @Test
    void x86CallsJumpsAndAddresses() throws IOException {
        code(0x10, 0xe8, 0x2b, 0, 0, 0); // call g
        code(0x20, 0xe9, 0x5b, 0, 0, 0); // jmp h
        code(0x44, 0x0f, 0x84, 0xb6, 0xff, 0xff, 0xff); // je f
        code(0x50, 0x48, 0xc7, 0xc7, 0x80, 0, 0, 0x81); // mov rdi, offset h
        code(0x60, 0x48, 0x8d, 0x35, 0x99, 0xff, 0xff, 0xff); // lea rsi, [rip - 0x67]: f
        code(0x90, 0xe8, 0, 0, 0, 0); // calls the next instruction, which is no function
        KernelText text = text(Machine.X86_64);
        int f = function(text, "f");
        int g = function(text, "g");
        int h = function(text, "h");

        assertThat(text.graph().to(g)).containsExactly(new CallGraph.Site(f, TEXT + 0x10, CallGraph.Kind.CALL));
        assertThat(text.graph().to(h))
                .containsExactly(
                        new CallGraph.Site(f, TEXT + 0x20, CallGraph.Kind.JUMP),
                        new CallGraph.Site(g, TEXT + 0x50, CallGraph.Kind.ADDRESS));
        assertThat(text.graph().to(f))
                .containsExactly(
                        new CallGraph.Site(g, TEXT + 0x44, CallGraph.Kind.JUMP),
                        new CallGraph.Site(g, TEXT + 0x60, CallGraph.Kind.ADDRESS));
        assertThat(text.graph().from(h)).isEmpty();
        assertThat(text.graph().from(f)).hasSize(2);
    }

    @Test
    void arm64CallsJumpsAndAddresses() throws IOException {
        memory.putInt(0x10, 0x9400000c); // bl g
        memory.putInt(0x20, 0x14000018); // b h
        memory.putInt(0x50, 0x90000000); // adrp x0, this page
        memory.putInt(0x58, 0x91020000); // add x0, x0, #0x80: h
        memory.putInt(0x84, 0x97ffffdf); // bl f
        KernelText text = text(Machine.ARM64);
        int f = function(text, "f");
        int g = function(text, "g");
        int h = function(text, "h");

        assertThat(text.graph().to(g)).containsExactly(new CallGraph.Site(f, TEXT + 0x10, CallGraph.Kind.CALL));
        assertThat(text.graph().to(h))
                .containsExactly(
                        new CallGraph.Site(f, TEXT + 0x20, CallGraph.Kind.JUMP),
                        new CallGraph.Site(g, TEXT + 0x58, CallGraph.Kind.ADDRESS));
        assertThat(text.graph().to(f)).containsExactly(new CallGraph.Site(h, TEXT + 0x84, CallGraph.Kind.CALL));
    }

    @Test
    void pointersInData() throws IOException {
        memory.putLong(0x2018, TEXT + 0x40);
        memory.putLong(0x2060, TEXT + 0x44); // not the start of a function
        // A list of what can be traced, in order, with a place that is no function's start in it.
        memory.putLong(0x2200, TEXT + 0x40).putLong(0x2208, TEXT + 0x44);
        // The symbol of a function in a module's table: name, type, section; value; size.
        memory.putInt(0x2100, 7)
                .put(0x2104, (byte) 2)
                .putLong(0x2108, TEXT + 0x40)
                .putLong(0x2110, 0x40);
        KernelText text = text(Machine.X86_64);

        assertThat(text.graph().pointersTo(function(text, "g"))).containsExactly(DATA + 0x18);
    }

    @Test
    void theCacheIsForOneKeyAndGivesTheSame(@TempDir Path folder) throws IOException {
        code(0x10, 0xe8, 0x2b, 0, 0, 0);
        memory.putLong(0x2018, TEXT + 0x40);
        KernelText text = text(Machine.X86_64);
        Path file = folder.resolve("cache/kernel-text");
        new GraphCache(file, "this boot").write(text);

        KernelText cached = new GraphCache(file, "this boot")
                .read(Machine.X86_64, this::read)
                .orElseThrow();

        int g = function(cached, "g");
        assertThat(cached.graph().to(g)).isEqualTo(text.graph().to(g));
        assertThat(cached.graph().pointersTo(g)).isEqualTo(List.of(DATA + 0x18));
        assertThat(new GraphCache(file, "another boot").read(Machine.X86_64, this::read))
                .isEmpty();
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length += 7) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            assertThat(new GraphCache(file, "this boot").read(Machine.X86_64, this::read))
                    .isEmpty();
        }
    }
}
