// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.image;

import java.nio.file.Path;
import java.util.List;
import org.killswitch.host.InstalledLibbpf;
import org.killswitch.host.SystemFiles;
import org.killswitch.lab.Cache;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Progress;
import org.killswitch.lab.debian.Packages;
import org.killswitch.posix.Architecture;

/** libbpf, put into a guest where programs find it that load it at run time. */
public final class GuestLibbpf {
    /** What it is linked with, the C library aside. */
    private static final List<String> LIBRARIES = List.of(InstalledLibbpf.SONAME, "libelf.so.1", "libzstd.so.1");

    private GuestLibbpf() {}

    /** This machine's, if it has one; or, for another architecture, that of the suite that Java programs run with there. */
    public static GuestSpec add(GuestSpec spec, Cache cache, Progress progress, Architecture architecture) {
        if (architecture.isHost()) {
            return InstalledLibbpf.find(new SystemFiles(Path.of("/")))
                    .map(file -> spec.withFile("/lib/" + InstalledLibbpf.SONAME, Path.of(file)))
                    .orElse(spec);
        }
        Path root = Packages.unpacked(cache, progress, architecture, JavaProgram.SUITE, List.of("libbpf1"));
        return spec.withLibraries(root.resolve("usr/lib/" + architecture.triplet()), LIBRARIES);
    }
}
