// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.image;

import java.nio.file.Path;
import java.util.List;
import org.killswitch.host.InstalledLibrary;
import org.killswitch.host.SystemFiles;
import org.killswitch.host.text.Capstone;
import org.killswitch.lab.Cache;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Progress;
import org.killswitch.lab.debian.Packages;
import org.killswitch.posix.Architecture;

/** The libraries that the command loads at run time, put into a guest where it finds them. */
public final class GuestLibraries {
    /** What they are linked with, the C library aside. */
    private static final List<String> LIBRARIES =
            List.of(InstalledLibrary.LIBBPF, "libelf.so.1", "libzstd.so.1", "libcapstone.so.5");

    private GuestLibraries() {}

    /**
     * This machine's, as far as it has them; or, for another architecture, those of the suite that Java programs run with
     * there.
     */
    public static GuestSpec add(GuestSpec spec, Cache cache, Progress progress, Architecture architecture) {
        if (architecture.isHost()) {
            GuestSpec all = with(spec, InstalledLibrary.LIBBPF);
            for (String capstone : Capstone.LIBRARIES) {
                all = with(all, capstone);
            }
            return all;
        }
        Path root =
                Packages.unpacked(cache, progress, architecture, JavaProgram.SUITE, List.of("libbpf1", "libcapstone5"));
        return spec.withLibraries(root.resolve("usr/lib/" + architecture.triplet()), LIBRARIES);
    }

    private static GuestSpec with(GuestSpec spec, String soname) {
        return InstalledLibrary.find(new SystemFiles(Path.of("/")), soname)
                .map(file -> spec.withFile("/lib/" + soname, Path.of(file)))
                .orElse(spec);
    }
}
