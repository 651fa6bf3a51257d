package org.killswitch.lab;

import java.nio.file.Path;
import java.util.List;

/** A processor architecture that the lab has guests of. */
public enum Architecture {
    X86_64("amd64", "x86", "x86_64-linux-gnu", "/lib64/ld-linux-x86-64.so.2"),
    ARM64("arm64", "arm64", "aarch64-linux-gnu", "/lib/ld-linux-aarch64.so.1");

    private final String debian;
    private final String kernel;
    private final String triplet;
    private final String loader;

    Architecture(String debian, String kernel, String triplet, String loader) {
        this.debian = debian;
        this.kernel = kernel;
        this.triplet = triplet;
        this.loader = loader;
    }

    /** That of the machine that this program runs on. */
    public static Architecture host() {
        return System.getProperty("os.arch").equals("aarch64") ? ARM64 : X86_64;
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

    /** The program that emulates it, and the package that has the program. */
    Emulator emulator() {
        return switch (this) {
            case X86_64 ->
                new Emulator("qemu-system-x86_64", "qemu-system-x86", List.of("-M", "q35", "-cpu", "max"), "ttyS0");
            case ARM64 ->
                new Emulator(
                        "qemu-system-aarch64",
                        "qemu-system-arm",
                        List.of("-M", "virt", "-cpu", "cortex-a72"),
                        "ttyAMA0");
        };
    }

    /**
     * How QEMU emulates an architecture.
     *
     * @param program QEMU's program
     * @param debianPackage what has it
     * @param machine the options that choose machine and processor
     * @param console the guest's name of its first serial line
     */
    record Emulator(String program, String debianPackage, List<String> machine, String console) {
        Path path() {
            return Commands.find(program)
                    .orElseThrow(
                            () -> new LabException("no " + program + " on this machine: install " + debianPackage));
        }
    }
}
