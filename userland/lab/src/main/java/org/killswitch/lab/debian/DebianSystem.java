// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.debian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.killswitch.lab.Cache;
import org.killswitch.lab.Commands;
import org.killswitch.lab.Digest;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.LabException;
import org.killswitch.lab.Progress;
import org.killswitch.lab.qemu.Disk;

/**
 * Debian 12, or 13 where one of the kernels is of that, as it is installed on a machine: systemd, some stock kernels with
 * their modules, and whatever packages are wanted. It is made once and never changed: machines write to an overlay.
 */
public final class DebianSystem {
    private static final String DEBIAN_12 = "bookworm";

    private static final String DEBIAN_13 = "trixie";

    /** Of the disk, of which only what is used takes room here. */
    private static final String SIZE = "6G";

    private static final List<String> PACKAGES = List.of("systemd-sysv", "udev", "kmod", "iproute2", "procps");

    /**
     * What nothing here needs and every boot would wait for, or work that would begin in the middle of a test.
     */
    private static final List<String> MASKED = List.of(
            "apt-daily.timer",
            "apt-daily-upgrade.timer",
            "dpkg-db-backup.timer",
            "e2scrub_all.timer",
            "e2scrub_reap.service",
            "fstrim.timer",
            "getty@tty1.service",
            "getty-static.service",
            "ssh.service");

    /** Run by mmdebstrap, with the new system's folder as its argument, when all packages are installed. */
    private static final String FINISH = """
            set -e
            echo killswitch-lab > "$1"/etc/hostname
            echo 127.0.0.1 localhost killswitch-lab > "$1"/etc/hosts
            chroot "$1" systemd-machine-id-setup >/dev/null 2>&1
            chroot "$1" passwd -d root >/dev/null
            chroot "$1" systemctl mask --quiet %s
            """.formatted(String.join(" ", MASKED));

    private DebianSystem() {}

    /** The disk's image, an ext4 file system. */
    public static Path image(Cache cache, Progress progress, List<Kernel> kernels, List<String> packages) {
        return made(cache, progress, "disk", kernels, packages, (into, root) -> {
            Disk.format(into.resolve("disk"), SIZE, "-d", root.toString());
            Cache.delete(root);
        });
    }

    /** The same as a folder, to have something above it: nobody may write to it. */
    public static Path tree(Cache cache, Progress progress, List<Kernel> kernels, List<String> packages) {
        return made(cache, progress, "root", kernels, packages, (into, root) -> {});
    }

    /** What becomes of the new system's folder. */
    private interface Finish {
        void of(Path into, Path root) throws IOException;
    }

    private static Path made(
            Cache cache, Progress progress, String form, List<Kernel> kernels, List<String> packages, Finish finish) {
        Set<String> wanted = new TreeSet<>();
        Stream.of(PACKAGES, packages).flatMap(List::stream).forEach(p -> wanted.add(ofKernel(p, kernels)));
        kernels.forEach(k -> wanted.add(ofKernel("linux-image-" + k.version(), kernels)));
        if (kernels.stream().anyMatch(k -> k.release().suite().equals(backports(DEBIAN_13)))) {
            // They need a newer one than Debian 13 has, and apt takes nothing from there that is not asked for.
            wanted.add("linux-base/" + backports(DEBIAN_13));
        }
        String suite = kernels.stream().map(k -> k.release().toolchainSuite()).anyMatch(DEBIAN_13::equals)
                ? DEBIAN_13
                : DEBIAN_12;
        String key = "debian/" + suite + "-"
                + new Digest()
                        .add(form)
                        .add(wanted.toString())
                        .add(FINISH)
                        .add(SIZE)
                        .hex();
        try {
            return cache.entry(key, into -> {
                        progress.confirm("downloads about 300 MB: a Debian system");
                        progress.step("installing a Debian system (about 300 MB to download)");
                        make(into, suite, wanted, finish);
                    })
                    .resolve(form);
        } finally {
            progress.done();
        }
    }

    private static String backports(String suite) {
        return suite + "-backports";
    }

    /** The package as apt is to be asked for it: what belongs to a kernel has to be of the build that is booted. */
    private static String ofKernel(String packageName, List<Kernel> kernels) {
        return kernels.stream()
                .filter(k -> packageName.endsWith("-" + k.version()))
                .findFirst()
                .map(k -> packageName + "=" + k.packageVersion())
                .orElse(packageName);
    }

    private static void make(Path into, String suite, Set<String> packages, Finish finish) {
        if (!System.getProperty("user.name").equals("root")) {
            throw new LabException("only root can install a Debian system into a folder: run this as root");
        }
        List<String> sources = new ArrayList<>(Apt.sources(suite, true));
        sources.addAll(Apt.sources(backports(suite), false));
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
        command.add("--customize-hook=" + FINISH);
        Path root = into.resolve("root");
        Path list = into.resolve("sources.list");
        try {
            Files.write(list, sources);
            command.addAll(List.of(suite, root.toString(), list.toString()));
            Commands.require("installing a Debian system", into, command);
            Files.delete(list);
            finish.of(into, root);
        } catch (IOException e) {
            throw new LabException("the cache in " + into + " cannot be written: " + e.getMessage(), e);
        }
    }
}
