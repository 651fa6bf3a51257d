// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A kernel: unpacked or built, and not installed; or this machine's own.
 *
 * @param release the series
 * @param packageVersion Debian's version of the packages, such as "6.12.95-1~bpo12+1"; empty if it is this machine's
 * @param version what uname -r says on it
 * @param root the folder that its packages were unpacked into
 */
public record Kernel(KernelRelease release, String packageVersion, String version, Path root) {

    /** One that is installed on this machine, or on one whose files are below another folder. */
    public static Kernel installed(Path root, String version) {
        return new Kernel(KernelRelease.OF_HOST, "", version, root);
    }

    /** Whether it is this machine's own. */
    public boolean isInstalled() {
        return release.origin() instanceof KernelRelease.Installed;
    }

    public Path image() {
        Path boot = root.resolve("boot/vmlinuz-" + version);
        Path beside = modules().resolve("vmlinuz");
        return isInstalled() && !Files.exists(boot) && Files.exists(beside) ? beside : boot;
    }

    /** Differs from that of every other kernel, those of the same version that were configured otherwise included. */
    public String identity() {
        return isInstalled() ? "installed-" + version : root.getFileName().toString();
    }

    /** The folder with the kernel's modules and modules.dep. */
    public Path modules() {
        return root.resolve("lib/modules/" + version);
    }

    /** The build tree: what make's KDIR, or -C, is to be. */
    public Path headers() {
        return isInstalled() ? modules().resolve("build") : root.resolve("usr/src/linux-headers-" + version);
    }

    /** Whether its configuration (CONFIG_MODULE_SIG_FORCE) has it refuse modules that are not signed. */
    public boolean takesSignedModulesOnly() {
        Path config = headers().resolve(".config");
        try (Stream<String> lines = Files.lines(config)) {
            return lines.anyMatch("CONFIG_MODULE_SIG_FORCE=y"::equals);
        } catch (IOException e) {
            throw new LabException(config + " cannot be read: " + e.getMessage(), e);
        }
    }
}
