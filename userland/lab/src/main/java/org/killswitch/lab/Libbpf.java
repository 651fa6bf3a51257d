package org.killswitch.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.killswitch.posix.Architecture;

/** libbpf, put into a guest where programs find it that load it at run time. */
final class Libbpf {
    private static final String SONAME = "libbpf.so.1";

    /** What it is linked with, the C library aside. */
    private static final List<String> LIBRARIES = List.of(SONAME, "libelf.so.1", "libzstd.so.1");

    private Libbpf() {}

    /** This machine's, if it has one; or, for another architecture, that of the suite that Java programs run with there. */
    static GuestSpec add(GuestSpec spec, Cache cache, Progress progress, Architecture architecture) {
        String folder = "usr/lib/" + architecture.triplet();
        if (architecture.isHost()) {
            Path here = Path.of("/", folder);
            return Files.exists(here.resolve(SONAME)) ? spec.withLibraries(here, List.of(SONAME)) : spec;
        }
        Path root = Packages.unpacked(cache, progress, architecture, JavaProgram.SUITE, List.of("libbpf1"));
        return spec.withLibraries(root.resolve(folder), LIBRARIES);
    }
}
