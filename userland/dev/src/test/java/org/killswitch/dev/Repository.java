// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of this repository, for tests of what holds for all of them. */
final class Repository {

    static final Path ROOT = Path.of("../..");

    private Repository() {}

    /** What is, or may be, committed, by its path from the root. */
    static List<Path> files() throws IOException, InterruptedException {
        Process git = new ProcessBuilder(
                        "git", "-C", ROOT.toString(), "ls-files", "-z", "--cached", "--others", "--exclude-standard")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(git.waitFor()).as("git ls-files").isZero();
        List<Path> files = Stream.of(names.split("\0", -1))
                .filter(n -> !n.isEmpty())
                .map(Path::of)
                .filter(f -> Files.exists(ROOT.resolve(f)))
                .toList();
        assertThat(files).hasSizeGreaterThan(500);
        return files;
    }
}
