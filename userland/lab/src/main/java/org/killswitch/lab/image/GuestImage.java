// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.killswitch.lab.Cache;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.GuestTools;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.LabException;
import org.killswitch.lab.Progress;
import org.killswitch.lab.debian.Packages;
import org.killswitch.posix.Architecture;

/** The initial file system of a guest: busybox, our agent, kernel modules, and the files that the guest is to have. */
public final class GuestImage {

    /** What the host's root file system is called on its way into a guest. */
    public static final String HOST_TAG = "host";

    /** What a kernel mounts the host's root file system with, below a layer of its own. */
    private static final List<String> HOSTS_FILES = List.of("9pnet_virtio", "9p", "overlay");

    private GuestImage() {}

    /** Writes it. */
    public static void write(Path file, Kernel kernel, GuestSpec spec, Cache cache) throws IOException {
        KernelModules known = new KernelModules(cache, kernel);
        List<String> modules = new ArrayList<>(List.of("virtio_pci", "virtio_console"));
        if (spec.disk().isPresent()) {
            modules.addAll(known.present(List.of("virtio_blk", "ext4", "crc32c_generic")));
        }
        boolean overHost = spec.overHost().isPresent();
        if (overHost) {
            requireAll(HOSTS_FILES, kernel, known);
            modules.addAll(HOSTS_FILES);
        }
        modules.addAll(spec.available());
        try (Initramfs fs = new Initramfs(file)) {
            fs.file("bin/busybox", busybox(kernel.release().architecture(), cache));
            fs.text("init", 0755, resource("init"));
            fs.text("agent", 0644, resource("agent"));
            fs.text("etc/passwd", 0644, "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/tmp:/bin/sh\n");
            fs.text("etc/group", 0644, "root:x:0:\nnogroup:x:65534:\n");
            fs.link("sbin/modprobe", "/bin/busybox");
            fs.tree("", known.pick(modules));
            if (spec.isSystem() || spec.overHost().equals(Optional.of(GuestSpec.Init.SYSTEMD))) {
                fs.text("systemd-agent", 0644, resource("systemd-agent"));
            }
            if (spec.isSystem()) {
                fs.text("boot-disk", 0644, resource("boot-disk"));
            }
            if (overHost) {
                fs.text("over-host", 0644, resource("over-host"));
                fs.text("host-modules", 0644, kernel.modules() + "\n");
            }
            String root = "";
            if (spec.isSystem() || overHost) {
                root = "files/";
                fs.directory("files");
            }
            for (var entry : spec.files().entrySet()) {
                String path = root + entry.getKey().replaceFirst("^/+", "");
                if (Files.isDirectory(entry.getValue())) {
                    fs.tree(path, entry.getValue());
                } else {
                    fs.file(path, entry.getValue());
                }
            }
        }
    }

    private static void requireAll(List<String> names, Kernel kernel, KernelModules known) {
        List<String> absent = new ArrayList<>(names);
        absent.removeAll(known.present(names));
        if (!absent.isEmpty()) {
            throw new LabException("kernel " + kernel.version()
                    + " cannot mount this machine's files in a guest: it has no " + String.join(", ", absent));
        }
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = GuestImage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its resource \"" + name + "\"");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Path busybox(Architecture architecture, Cache cache) {
        if (!architecture.isHost()) {
            return Packages.unpacked(cache, Progress.none(), architecture, List.of("busybox-static"))
                    .resolve("bin/busybox");
        }
        return GuestTools.busybox();
    }
}
