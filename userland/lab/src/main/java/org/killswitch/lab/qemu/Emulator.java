// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.qemu;

import java.util.List;
import org.killswitch.posix.Architecture;

/**
 * How QEMU emulates an architecture.
 *
 * @param program QEMU's program
 * @param machine the options that choose machine and processor
 * @param console the guest's name of its first serial line
 */
public record Emulator(String program, List<String> machine, String console) {

    public static Emulator of(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> new Emulator("qemu-system-x86_64", List.of("-M", "q35", "-cpu", "max"), "ttyS0");
            case ARM64 -> new Emulator("qemu-system-aarch64", List.of("-M", "virt", "-cpu", "cortex-a72"), "ttyAMA0");
            case RISCV64 -> new Emulator("qemu-system-riscv64", List.of("-M", "virt"), "ttyS0");
        };
    }
}
