// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.killswitch.posix.Architecture;

/** How a distribution installs packages, and what it calls those that killswitch needs. */
public enum Distribution {
    DEBIAN(
            "apt install ",
            "linux-headers-%s",
            "libbpf1",
            "libcapstone5, or libcapstone4",
            "busybox-static",
            "qemu-system-x86",
            "qemu-system-arm",
            "qemu-system-misc",
            "debian ubuntu"),
    FEDORA(
            "dnf install ",
            "kernel-devel-%s",
            "libbpf",
            "capstone",
            "busybox",
            "qemu-system-x86-core",
            "qemu-system-aarch64-core",
            "qemu-system-riscv-core",
            "fedora rhel centos"),
    SUSE(
            "zypper install ",
            "kernel-devel",
            "libbpf1",
            "libcapstone5",
            "busybox-static",
            "qemu-x86",
            "qemu-arm",
            "qemu-extra",
            "suse opensuse"),
    ARCH(
            "pacman -S ",
            "linux-headers",
            "libbpf",
            "capstone",
            "busybox",
            "qemu-system-x86",
            "qemu-system-aarch64",
            "qemu-system-riscv",
            "arch"),
    OTHER(
            "install ",
            "the headers of kernel %s",
            "libbpf 1.x",
            "libcapstone 4 or 5",
            "busybox (static)",
            "qemu-system-x86_64",
            "qemu-system-aarch64",
            "qemu-system-riscv64",
            "");

    private final String install;
    private final String headers;
    private final String libbpf;
    private final String libcapstone;
    private final String busybox;
    private final String qemuForX86;
    private final String qemuForArm64;
    private final String qemuForRiscv64;
    /** As os-release names it and those that are made from it. */
    private final String ids;

    Distribution(
            String install,
            String headers,
            String libbpf,
            String libcapstone,
            String busybox,
            String qemuForX86,
            String qemuForArm64,
            String qemuForRiscv64,
            String ids) {
        this.install = install;
        this.headers = headers;
        this.libbpf = libbpf;
        this.libcapstone = libcapstone;
        this.busybox = busybox;
        this.qemuForX86 = qemuForX86;
        this.qemuForArm64 = qemuForArm64;
        this.qemuForRiscv64 = qemuForRiscv64;
        this.ids = ids;
    }

    /** That of a host, or one that it is made from, as os-release(5) has it. */
    public static Distribution of(SystemFiles files) {
        List<String> lines = files.lines(files.exists("/etc/os-release") ? "/etc/os-release" : "/usr/lib/os-release");
        return value(lines, "ID=")
                .flatMap(Distribution::named)
                .or(() -> value(lines, "ID_LIKE=").stream()
                        .flatMap(like -> Arrays.stream(like.split(" ", -1)))
                        .flatMap(id -> named(id).stream())
                        .findFirst())
                .orElse(OTHER);
    }

    private static Optional<String> value(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).replaceAll("[\"']", ""))
                .findFirst();
    }

    private static Optional<Distribution> named(String id) {
        return Arrays.stream(values())
                .filter(d -> Arrays.stream(d.ids.split(" ", -1)).anyMatch(own -> id.matches(own + "(-.*)?")))
                .findFirst();
    }

    /** How to install packages, by their names here. */
    public String install(String packages) {
        return install + packages;
    }

    /** How to install what modules are built with for a kernel. */
    public String installHeaders(SystemFiles files, String release) {
        boolean isOwnKernel = this != DEBIAN || files.exists("/var/lib/dpkg/info/linux-image-" + release + ".list");
        return isOwnKernel
                ? install + String.format(headers, release)
                : "the kernel is from no package: get its headers, or its build tree, from where it came from";
    }

    /** How to install the library that loads guards. */
    public String installLibbpf() {
        return install + libbpf;
    }

    /** How to install the library that decodes the kernel's code. */
    public String installLibcapstone() {
        return install + libcapstone;
    }

    /** The package with a busybox that needs no libraries. */
    public String busybox() {
        return busybox;
    }

    /** The package with the program that emulates a machine. */
    public String qemu(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> qemuForX86;
            case ARM64 -> qemuForArm64;
            case RISCV64 -> qemuForRiscv64;
        };
    }
}
