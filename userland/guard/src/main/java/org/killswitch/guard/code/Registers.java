// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard.code;

import java.util.Arrays;
import org.killswitch.bpf.BpfException;
import org.killswitch.posix.Architecture;

/** Where {@code struct pt_regs}, the context of a kprobe program, has the registers that arguments come in. */
public enum Registers implements Target {
    X86_64(Architecture.X86_64) {
        @Override
        public int offset(int argument) {
            return switch (argument) {
                case 0 -> 112; // rdi
                case 1 -> 104; // rsi
                case 2 -> 96; // rdx
                case 3 -> 88; // rcx
                case 4 -> 72; // r8
                case 5 -> 64; // r9
                default -> throw new IllegalArgumentException("argument " + argument);
            };
        }

        @Override
        public int tagBits() {
            return 0;
        }
    },
    ARM64(Architecture.ARM64) {
        // x0 to x5 are the first six of regs[].
        @Override
        public int offset(int argument) {
            return argument * 8;
        }

        @Override
        public int tagBits() {
            return 8;
        }
    };

    private final Architecture architecture;

    Registers(Architecture architecture) {
        this.architecture = architecture;
    }

    public static Registers ofThisMachine() throws BpfException {
        String name = Architecture.nameOfHost();
        return Architecture.ofJavaName(name)
                .flatMap(a ->
                        Arrays.stream(values()).filter(r -> r.architecture == a).findFirst())
                .orElseThrow(() -> new BpfException("guards are not known on " + name + ", only on x86_64 and arm64"));
    }

    @Override
    public void loadArgument(Assembler out, int index) {
        out.read(Assembler.R0, Assembler.R6, offset(index), Long.BYTES);
    }

    /** Bytes from the start of the context; arguments count from 0. */
    public abstract int offset(int argument);
}
