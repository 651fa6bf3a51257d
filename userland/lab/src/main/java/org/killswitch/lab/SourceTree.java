// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The project's own sources, which the module is built from for a kernel of the lab: the folder that the command was
 * started in or was built in, or one above it.
 *
 * @param root what holds kernel/ and selftests/
 */
public record SourceTree(Path root) {

    /** Looks for it; empty where the command is installed and the sources are not here. */
    public static Optional<SourceTree> find() {
        List<Path> starts = new ArrayList<>(List.of(Path.of("").toAbsolutePath()));
        image().ifPresent(starts::add);
        for (Path start : starts) {
            for (Path dir = start; dir != null; dir = dir.getParent()) {
                if (Files.exists(dir.resolve("kernel/Kbuild")) && Files.isDirectory(dir.resolve("userland"))) {
                    return Optional.of(new SourceTree(dir));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * The sources.
     *
     * @throws LabException if they are not here
     */
    public static SourceTree required() {
        return find().orElseThrow(() -> new LabException(
                "the module is built from its sources, and they are not here; run this in a clone of the project"));
    }

    /** The command's own installation with its Java runtime; empty when the launcher did not start it. */
    public static Optional<Path> image() {
        return Optional.ofNullable(System.getenv("KILLSWITCH_HOME")).map(Path::of);
    }

    /** The folder of the kernel modules. */
    public Path module() {
        return root.resolve("kernel");
    }

    /** The folder of what benchmarks run in guests. */
    public Path bench() {
        return root.resolve("bench");
    }

    /** A program of the selftests, or a file for one. */
    public Path program(String name) {
        return root.resolve("selftests").resolve(name);
    }
}
