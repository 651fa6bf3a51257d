// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.posix;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A processor architecture that killswitch is for, and what it is called where. */
public enum Architecture {
    X86_64("amd64", "amd64", "x86", "x86_64-linux-gnu", "/lib64/ld-linux-x86-64.so.2"),
    ARM64("aarch64", "arm64", "arm64", "aarch64-linux-gnu", "/lib/ld-linux-aarch64.so.1"),
    RISCV64("riscv64", "riscv64", "riscv", "riscv64-linux-gnu", "/lib/ld-linux-riscv64-lp64d.so.1");

    private final String java;
    private final String debian;
    private final String kernel;
    private final String triplet;
    private final String loader;

    Architecture(String java, String debian, String kernel, String triplet, String loader) {
        this.java = java;
        this.debian = debian;
        this.kernel = kernel;
        this.triplet = triplet;
        this.loader = loader;
    }

    /** What Java calls the architecture of the machine that this program runs on: "amd64", "aarch64" or any other. */
    public static String nameOfHost() {
        return System.getProperty("os.arch");
    }

    /**
     * The one that Java calls so.
     *
     * @return empty if killswitch is not for it
     */
    public static Optional<Architecture> ofJavaName(String name) {
        return Arrays.stream(values()).filter(a -> a.java.equals(name)).findFirst();
    }

    /** That of the machine that this program runs on; x86_64 where killswitch is not for that machine's. */
    public static Architecture host() {
        return ofJavaName(nameOfHost()).orElse(X86_64);
    }

    /** The name that documents and uname use: "x86_64", "arm64", "riscv64". */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Debian's name of it, such as "amd64". */
    public String debian() {
        return debian;
    }

    /** The kernel's name of it, as in make ARCH=. */
    public String kernel() {
        return kernel;
    }

    /** The GNU name, such as "x86_64-linux-gnu": of library folders, and before the names of cross compilers. */
    public String triplet() {
        return triplet;
    }

    /** Whether this program runs on such a processor. */
    public boolean isHost() {
        return this == host();
    }

    /** Where its programs look for the dynamic loader. */
    public String loader() {
        return loader;
    }

    /** What goes before the name of a compiler or linker for it: nothing on a machine of that architecture. */
    public String toolPrefix() {
        return isHost() ? "" : triplet + "-";
    }
}
