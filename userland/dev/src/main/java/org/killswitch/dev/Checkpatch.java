// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.killswitch.lab.Cache;
import org.killswitch.lab.Commands;
import org.killswitch.lab.KernelRelease;
import org.killswitch.lab.LabException;
import org.killswitch.lab.Progress;
import org.killswitch.lab.debian.Apt;

/** The kernel's checkpatch script, which Debian ships in its kernel source packages only. */
public final class Checkpatch {
    private static final List<String> FILES = List.of("checkpatch.pl", "spelling.txt", "const_structs.checkpatch");

    private Checkpatch() {}

    /**
     * The script as a series has it, beside the data files that it reads; fetched if need be.
     *
     * @throws LabException if it can be neither fetched nor found in the cache
     */
    public static Path fetch(Cache cache, KernelRelease release, Progress progress) {
        try {
            return cache.entry("checkpatch-" + release.name(), into -> {
                        progress.step("downloading the kernel's source package for checkpatch (about 140 MB)");
                        Apt apt = new Apt(cache, release);
                        apt.update();
                        String source = "linux-source-" + release.name();
                        apt.unpack(List.of(source), into);
                        extract(into, source);
                    })
                    .resolve("checkpatch.pl");
        } finally {
            progress.done();
        }
    }

    private static void extract(Path into, String source) {
        Path archive = into.resolve("usr/src/" + source + ".tar.xz");
        List<String> command = new ArrayList<>(
                List.of("tar", "-xf", archive.toString(), "--strip-components=2", "-C", into.toString()));
        FILES.forEach(f -> command.add(source + "/scripts/" + f));
        Commands.require("unpacking checkpatch", into, command);
        try {
            Cache.delete(into.resolve("usr"));
        } catch (IOException e) {
            throw new LabException("the cache in " + into + " cannot be written: " + e.getMessage(), e);
        }
        if (!Files.isExecutable(into.resolve("checkpatch.pl"))) {
            throw new LabException(source + " has no scripts/checkpatch.pl");
        }
    }
}
