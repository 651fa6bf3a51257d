// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import java.io.IOException;

/** The instruction sets that killswitch knows. */
public enum Machine {
    X86_64(62),
    ARM64(183);

    private final int elf;

    Machine(int elf) {
        this.elf = elf;
    }

    /** By the number in the header of an ELF file. */
    static Machine of(int elf) throws IOException {
        for (Machine machine : values()) {
            if (machine.elf == elf) {
                return machine;
            }
        }
        throw new IOException("machine " + elf + " is neither x86_64 nor arm64");
    }
}
