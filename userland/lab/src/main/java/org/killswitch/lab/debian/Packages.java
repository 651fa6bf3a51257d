// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.debian;

import java.nio.file.Path;
import java.util.List;
import org.killswitch.lab.Cache;
import org.killswitch.lab.Digest;
import org.killswitch.lab.Progress;
import org.killswitch.posix.Architecture;

/** Debian packages with all that they depend on, unpacked into the cache: what a guest of another architecture runs. */
public final class Packages {
    private Packages() {}

    /** Those of the oldest suite of ours that is for an architecture, since newer kernels run older programs. */
    public static Path unpacked(Cache cache, Progress progress, Architecture architecture, List<String> packages) {
        String suite = switch (architecture) {
            case X86_64, ARM64 -> "bookworm";
            case RISCV64 -> "trixie";
        };
        return unpacked(cache, progress, architecture, suite, packages);
    }

    /** The folder that they are in, laid out like a root file system. */
    public static Path unpacked(
            Cache cache, Progress progress, Architecture architecture, String suite, List<String> packages) {
        String key = "packages/" + suite + "-" + architecture.debian() + "-"
                + new Digest().add(packages.toString()).hex();
        try {
            return cache.entry(key, into -> {
                progress.step("downloading " + String.join(", ", packages) + " for " + architecture.debian());
                Apt apt = Apt.complete(cache, suite, architecture);
                apt.update();
                apt.unpackWithDependencies(
                        packages.stream().map(p -> p + "/" + suite).toList(), into);
                MergedUsr.link(into);
            });
        } finally {
            progress.done();
        }
    }
}
