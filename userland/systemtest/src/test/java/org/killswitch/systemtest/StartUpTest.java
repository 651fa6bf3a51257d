// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.killswitch.lab.Output;

/** The run-time image starts from its AOT cache wherever it is, and without it where it cannot. */
final class StartUpTest {

    @TempDir
    private Path dir;

    private ImageCopy image;

    @BeforeEach
    void copy() {
        image = ImageCopy.in(dir);
    }

    @Test
    void aCopyUsesItsCache() throws IOException {
        assertThat(image.classesFromCache()).isGreaterThan(20);
    }

    @Test
    void aLinkToTheLauncherFindsTheImage() throws IOException {
        Path link = Files.createSymbolicLink(dir.resolve("first"), Path.of("elsewhere/killswitch/bin/killswitch"));
        Path again = Files.createSymbolicLink(dir.resolve("second"), link);
        assertThat(version(again))
                .isEqualTo(Project.run(List.of(image.launcher().toString(), "--version")));
    }

    /** What a build, a copy or a full disk can do to it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "rm \"$0\"",
                "echo no cache >\"$0\"",
                "truncate -s 1M \"$0\"",
                "chmod 0 \"$0\"",
                "touch \"$1\"/lib/*.jar"
            })
    void withoutAUsableCacheNothingElseChanges(String damage) {
        String before = version(image.launcher());
        Output refused = status();
        Project.run(List.of(
                "sh", "-c", damage, image.cache().toString(), image.home().toString()));
        assertThat(version(image.launcher())).isEqualTo(before);
        assertThat(status()).isEqualTo(refused);
        assertThat(refused.output()).hasLineCount(1);
    }

    /** Standard output and standard error together. */
    private String version(Path launcher) {
        return Project.run(List.of(launcher.toString(), "--version"));
    }

    private Output status() {
        return Project.tryRun(List.of(image.launcher().toString(), "status"));
    }
}
