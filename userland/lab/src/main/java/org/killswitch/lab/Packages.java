package org.killswitch.lab;

import java.nio.file.Path;
import java.util.List;
import org.killswitch.posix.Architecture;

/** Debian packages with all that they depend on, unpacked into the cache: what a guest of another architecture runs. */
final class Packages {
    private Packages() {}

    /** The folder that they are in, laid out like a root file system. */
    static Path unpacked(
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
            });
        } finally {
            progress.done();
        }
    }
}
