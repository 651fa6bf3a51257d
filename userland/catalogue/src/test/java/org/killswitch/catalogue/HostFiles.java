// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.killswitch.catalogue.facts.HostFacts;
import org.killswitch.posix.Architecture;

/** The files of a made-up host, below a folder of the test's. */
public final class HostFiles {

    private final Path root;
    private String release = "";

    public HostFiles(Path root) {
        this.root = root;
    }

    public HostFacts facts() {
        return new HostFacts(root, Architecture.X86_64);
    }

    public HostFiles file(String path, String text) {
        Path file = root.resolve(path.substring(1));
        try {
            Files.createDirectories(file.getParent());
            if (path.endsWith(".gz")) {
                try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
                    out.write(text.getBytes(StandardCharsets.UTF_8));
                }
            } else {
                Files.writeString(file, text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Adds to a file. */
    public HostFiles line(String path, String line) {
        Path file = root.resolve(path.substring(1));
        try {
            return file(path, (Files.exists(file) ? Files.readString(file) : "") + line + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A kernel runs. */
    public HostFiles runs(String name, String build) {
        release = name;
        return file("/proc/sys/kernel/osrelease", name + "\n").file("/proc/sys/kernel/version", build + "\n");
    }

    /** Debian's kernel runs, and its package is installed. */
    public HostFiles debian(String codename, String name, String version) {
        return runs(name, "#1 SMP PREEMPT_DYNAMIC Debian " + version + " (2026-03-08)")
                .file("/etc/os-release", "ID=debian\nVERSION_CODENAME=" + codename + "\n")
                .installed("linux-image-" + name, version, "linux-signed-amd64 (" + version + ")");
    }

    public HostFiles installed(String packageName, String version, String source) {
        return line(
                "/var/lib/dpkg/status",
                "Package: %s\nStatus: install ok installed\nPriority: optional\nSource: %s\nVersion: %s\n"
                        .formatted(packageName, source, version));
    }

    public HostFiles modules(String dep, String builtin) {
        return file("/lib/modules/" + release + "/modules.dep", dep)
                .file("/lib/modules/" + release + "/modules.builtin", builtin);
    }

    public HostFiles aliases(String text) {
        return file("/lib/modules/" + release + "/modules.alias", text);
    }

    public HostFiles config(String text) {
        return file("/boot/config-" + release, text);
    }

    public HostFiles changelog(String text) {
        return file("/usr/share/doc/linux-image-" + release + "/changelog.Debian.gz", text);
    }

    /** A function is engaged, as root sees it. */
    public HostFiles engaged(String symbol, long retval, String state) {
        String folder = "/sys/kernel/security/killswitch/";
        return line(folder + "engaged", symbol + " retval=" + retval + " hits=0")
                .file(folder + "fn/" + symbol + "/state", state + "\n")
                .file(folder + "fn/" + symbol + "/reason", "for CVE-2026-43284, until the reboot\n")
                .file(folder + "fn/" + symbol + "/timeout_left", "0\n")
                .file(folder + "fn/" + symbol + "/backend", "ftrace\n");
    }

    public HostFiles livepatch(String name, String enabled, String transition, String function) {
        String folder = "/sys/kernel/livepatch/" + name;
        return file(folder + "/enabled", enabled + "\n")
                .file(folder + "/transition", transition + "\n")
                .file(folder + "/algif_aead/" + function + ",1/stack_order", "1\n");
    }
}
