package org.killswitch.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The disk of a machine with Debian 12 installed: systemd, the modules of some stock kernels, and whatever packages are
 * wanted. It is made once and never changed: machines write to an overlay.
 */
final class DebianSystem {
    private static final String SUITE = "bookworm";

    /** Of the disk, of which only what is used takes room here. */
    private static final String SIZE = "6G";

    private static final List<String> PACKAGES = List.of("systemd-sysv", "udev", "kmod", "iproute2", "procps");

    private DebianSystem() {}

    /** The disk's image, an ext4 file system. */
    static Path image(Cache cache, Progress progress, List<Kernel> kernels, List<String> packages) {
        Set<String> wanted = new TreeSet<>(PACKAGES);
        wanted.addAll(packages);
        kernels.forEach(k -> wanted.add("linux-image-" + k.version()));
        String key = "debian/" + SUITE + "-"
                + new Digest()
                        .add(wanted.toString())
                        .add(kernels.stream()
                                .map(Kernel::packageVersion)
                                .toList()
                                .toString())
                        .hex();
        try {
            return cache.entry(key, into -> {
                        progress.step("installing a Debian system (about 300 MB to download)");
                        make(into, wanted);
                    })
                    .resolve("disk");
        } finally {
            progress.done();
        }
    }

    private static void make(Path into, Set<String> packages) {
        if (!System.getProperty("user.name").equals("root")) {
            throw new LabException("only root can install a Debian system into a folder: run this as root");
        }
        List<String> sources = new ArrayList<>(Apt.sources(SUITE, true));
        sources.addAll(Apt.sources(SUITE + "-backports", false));
        List<String> command = new ArrayList<>(List.of(
                // what it mounts meanwhile is nobody else's to see, and gone with it, whatever ends it
                "unshare",
                "--mount",
                "env",
                "INITRD=No", // the lab has initial file systems of its own; Debian's take minutes to make
                "mmdebstrap",
                "--quiet",
                "--variant=minbase",
                "--mode=root",
                "--format=directory",
                "--include=" + String.join(",", packages)));
        command.add("--customize-hook=echo killswitch-lab > \"$1\"/etc/hostname; "
                + "printf '%s\\n' '127.0.0.1 localhost killswitch-lab' > \"$1\"/etc/hosts; "
                + "chroot \"$1\" systemd-machine-id-setup >/dev/null 2>&1; chroot \"$1\" passwd -d root >/dev/null");
        Path root = into.resolve("root");
        Path list = into.resolve("sources.list");
        try {
            Files.write(list, sources);
            command.addAll(List.of(SUITE, root.toString(), list.toString()));
            Commands.require("installing a Debian system", into, command);
            String disk = into.resolve("disk").toString();
            Commands.require(
                    "writing a disk",
                    into,
                    Commands.find("mke2fs")
                            .orElseThrow(() -> new LabException("no mke2fs on this machine: install e2fsprogs"))
                            .toString(),
                    "-q",
                    "-t",
                    "ext4",
                    "-d",
                    root.toString(),
                    disk,
                    SIZE);
            Files.delete(list);
            Cache.delete(root);
        } catch (IOException e) {
            throw new LabException("the cache in " + into + " cannot be written: " + e.getMessage(), e);
        }
    }
}
