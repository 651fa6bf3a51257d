// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.qemu;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What runs a guest's CPUs. */
public enum Accelerator {
    /** QEMU emulates them. Emulated cross-modifying code is only safe while one host thread runs all CPUs of the guest. */
    TCG("tcg,thread=single", ""),
    /** The host's CPUs. Its device may be there and not work: only a guest that comes up shows that it does. */
    KVM("kvm", "host");

    private static final Path DEVICE = Path.of("/dev/kvm");

    private final String accelerator;
    private final String cpu;

    Accelerator(String accelerator, String cpu) {
        this.accelerator = accelerator;
        this.cpu = cpu;
    }

    /** Whether this user can try it. */
    public boolean isOffered() {
        return this == TCG || (Files.isReadable(DEVICE) && Files.isWritable(DEVICE));
    }

    /** QEMU's options, which come after those of the machine that is emulated: the last one of a name counts. */
    List<String> options() {
        return cpu.isEmpty() ? List.of("-accel", accelerator) : List.of("-accel", accelerator, "-cpu", cpu);
    }
}
