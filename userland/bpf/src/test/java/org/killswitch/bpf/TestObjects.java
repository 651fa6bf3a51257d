// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.bpf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Programs of a module's src/test/bpf, compiled. */
public final class TestObjects {

    private TestObjects() {}

    /** Compiles one of the module whose tests run. */
    public static void compileTo(String name, Path object) throws IOException {
        Path source = Path.of("src/test/bpf/" + name + ".bpf.c").toAbsolutePath();
        Process clang = new ProcessBuilder(List.of(
                        "clang",
                        "-O2",
                        "-g",
                        "-target",
                        "bpf",
                        "-D__TARGET_ARCH_x86",
                        "-I/usr/include/x86_64-linux-gnu",
                        "-I/usr/include/aarch64-linux-gnu",
                        "-c",
                        source.toString(),
                        "-o",
                        object.toString()))
                .inheritIO()
                .start();
        if (clang.onExit().join().exitValue() != 0) {
            throw new IOException(source + " does not compile");
        }
    }

    /** What a section of an object has in it. */
    public static byte[] section(byte[] object, String name) throws BpfException {
        return BpfElf.section(Path.of("types.bpf.o"), object, name).orElseThrow();
    }
}
