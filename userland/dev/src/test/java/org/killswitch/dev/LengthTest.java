// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A class can be read at once. */
class LengthTest {

    private static final int LINES = 400;

    /** What the first comment of a class says of its length. */
    private static final String REASON = "The file is long because";

    @Test
    void aClassOfTheProductIsShortOrSaysWhyNot() throws IOException, InterruptedException {
        List<Path> sources = Repository.files().stream()
                .filter(f -> f.toString().matches("userland/.*/src/main/java/.*\\.java"))
                .toList();
        assertThat(sources).hasSizeGreaterThan(500);
        assertThat(sources).allSatisfy(source -> {
            List<String> lines = Files.readAllLines(Repository.ROOT.resolve(source));
            String comment = String.join(" ", lines).replaceFirst("\\*/.*", "").replaceAll("[ *]+", " ");
            assertThat(lines.size() <= LINES || comment.contains(REASON))
                    .as(source + " has " + lines.size() + " lines: divide it, or have its first comment say why")
                    .isTrue();
        });
    }
}
