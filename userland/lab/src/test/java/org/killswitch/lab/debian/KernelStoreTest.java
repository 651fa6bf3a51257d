// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.debian;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.killswitch.lab.Cache;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.KernelRelease;
import org.killswitch.lab.Progress;

/** Kernels that are in the cache, without an archive to ask. */
final class KernelStoreTest {

    private static final KernelRelease RELEASE = KernelRelease.named("6.1");
    private static final String VERSION = "6.1.0-56-amd64";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final ByteArrayOutputStream notes = new ByteArrayOutputStream();

    @SuppressWarnings("NullAway.Init")
    private KernelStore store;

    private Path resolution = Path.of("");
    private Path root = Path.of("");

    @BeforeEach
    void fill() throws IOException {
        store = new KernelStore(
                new Cache(folder), Progress.none(), new PrintStream(notes, true, StandardCharsets.UTF_8));
        resolution = folder.resolve("kernels/amd64-6.1.newest");
        root = folder.resolve("kernels/amd64-" + VERSION + "_6.1.192-1");
        Files.createDirectories(root.resolve("boot"));
        Files.createFile(root.resolve("boot/vmlinuz-" + VERSION));
        Files.writeString(resolution, "package=6.1.192-1\nversion=" + VERSION + "\n");
    }

    @Test
    void aFreshAnswerIsNotAskedForAgain() throws IOException {
        FileTime old = FileTime.from(Instant.now().minus(Duration.ofDays(40)));
        Files.setLastModifiedTime(root, old);
        Kernel kernel = store.get(RELEASE);
        assertThat(kernel).isEqualTo(new Kernel(RELEASE, "6.1.192-1", VERSION, root));
        assertThat(notes.size()).isZero();
        // or "lab clean" would take it away
        assertThat(Files.getLastModifiedTime(root)).isGreaterThan(old);
    }

    @Test
    void aKernelThatWasRemovedIsNotThere() throws IOException {
        Files.delete(root.resolve("boot/vmlinuz-" + VERSION));
        assertThat(store.cached(RELEASE)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "rubbish", "version=\\uXXXX\n", "package=../../etc\nversion=passwd\n"})
    void anAnswerThatIsDamagedIsNone(String text) throws IOException {
        Files.writeString(resolution, text);
        assertThat(store.cached(RELEASE)).isEmpty();
        Files.delete(resolution);
        assertThat(store.cached(RELEASE)).isEmpty();
    }
}
