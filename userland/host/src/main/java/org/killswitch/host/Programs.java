// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Programs of a host.
 *
 * @param folders where they are looked for, in this order
 */
public record Programs(List<Path> folders) {

    private static final List<Path> OF_ROOT = List.of(Path.of("/usr/sbin"), Path.of("/sbin"));

    public Programs {
        folders = List.copyOf(folders);
    }

    /** Those that a shell finds: on the PATH. */
    public static Programs onPath() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
        return new Programs(
                Stream.of(path.split(Pattern.quote(":"), -1)).map(Path::of).toList());
    }

    /** Those on the PATH, and those where only root's PATH leads. */
    public static Programs onPathOrOfRoot() {
        return new Programs(
                Stream.concat(onPath().folders.stream(), OF_ROOT.stream()).toList());
    }

    /** Where a program is. */
    public Optional<Path> find(String program) {
        return folders.stream()
                .map(folder -> folder.resolve(program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
