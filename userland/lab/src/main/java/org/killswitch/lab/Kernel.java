// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import java.nio.file.Path;

/**
 * A kernel, unpacked or built, and not installed.
 *
 * @param release the series
 * @param packageVersion Debian's version of the packages, such as "6.12.95-1~bpo12+1"
 * @param version what uname -r says on it
 * @param root the folder that its packages were unpacked into
 */
public record Kernel(KernelRelease release, String packageVersion, String version, Path root) {
    public Path image() {
        return root.resolve("boot/vmlinuz-" + version);
    }

    /** Differs from that of every other kernel, those of the same version that were configured otherwise included. */
    public String identity() {
        return root.getFileName().toString();
    }

    /** The folder with the kernel's modules and modules.dep. */
    public Path modules() {
        return root.resolve("lib/modules/" + version);
    }

    /** The build tree: what make's KDIR, or -C, is to be. */
    public Path headers() {
        return root.resolve("usr/src/linux-headers-" + version);
    }
}
