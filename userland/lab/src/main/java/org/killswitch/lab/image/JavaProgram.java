// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.killswitch.lab.Cache;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.LabException;
import org.killswitch.lab.Progress;
import org.killswitch.lab.debian.Packages;
import org.killswitch.posix.Architecture;

/**
 * A Java program with a runtime of its own (a folder with bin/, lib/ and runtime/, where runtime/bin/NAME is what java is
 * called there), put into a guest. A guest of another architecture gets Debian's runtime in the place of that one.
 */
public final class JavaProgram {
    /** MiB; a Java runtime wants them. */
    private static final int MEMORY = 2048;

    /** The first of Debian's releases that has a Java as new as the one that programs are compiled for. */
    public static final String SUITE = "trixie";

    private static final String RUNTIME_PACKAGE = "openjdk-25-jre-headless";

    /** What the runtime is linked with, the dynamic loader aside. */
    private static final List<String> LIBRARIES =
            List.of("libc.so.6", "libm.so.6", "libz.so.1", "libgcc_s.so.1", "libstdc++.so.6");

    private JavaProgram() {}

    public static GuestSpec add(
            GuestSpec spec, Cache cache, Progress progress, Architecture architecture, String guestPath, Path image) {
        GuestSpec larger = spec.withMachine(spec.cpus(), Math.max(MEMORY, spec.memory()));
        if (architecture.isHost()) {
            return larger.withFile(guestPath, image);
        }
        Path root = Packages.unpacked(cache, progress, architecture, SUITE, List.of(RUNTIME_PACKAGE));
        Path home = root.resolve("usr/lib/jvm/java-25-openjdk-" + architecture.debian());
        return larger.withFile(guestPath + "/bin", image.resolve("bin"))
                .withFile(guestPath + "/lib", image.resolve("lib"))
                .withFile(guestPath + "/runtime", home)
                .withFile(guestPath + "/runtime/bin/" + launcher(image), home.resolve("bin/java"))
                .withFile("/etc/java-25-openjdk", root.resolve("etc/java-25-openjdk"))
                .withFile(architecture.loader(), root.resolve("usr" + architecture.loader()))
                .withLibraries(root.resolve("usr/lib/" + architecture.triplet()), LIBRARIES);
    }

    /** What java is called in the image: a copy of it that has another name. */
    private static String launcher(Path image) {
        Path bin = image.resolve("runtime/bin");
        try (Stream<Path> programs = Files.list(bin)) {
            for (Path program : programs.filter(p -> !p.endsWith("java")).toList()) {
                if (Files.mismatch(program, bin.resolve("java")) < 0) {
                    return program.getFileName().toString();
                }
            }
        } catch (IOException e) {
            throw new LabException(bin + " cannot be read: " + e.getMessage(), e);
        }
        throw new LabException(image + " is not a Java program with a runtime of its own");
    }
}
