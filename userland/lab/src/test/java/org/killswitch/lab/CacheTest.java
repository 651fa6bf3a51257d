// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CacheTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anEntryIsMadeOnce() throws IOException {
        Cache cache = new Cache(directory);
        AtomicInteger made = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            Path entry = cache.entry("a/b", into -> write(into.resolve("f"), "made " + made.incrementAndGet()));
            assertThat(Files.readString(entry.resolve("f"))).isEqualTo("made 1");
        }
    }

    @Test
    void whatAKilledRunLeftIsNotTakenForAnEntry() throws IOException {
        Cache cache = new Cache(directory);
        Files.createDirectories(directory.resolve("a.unfinished/half"));
        Path entry = cache.entry("a", into -> {
            assertThat(into).isEmptyDirectory();
            write(into.resolve("f"), "whole");
        });
        assertThat(entry.resolve("half")).doesNotExist();
        assertThat(Files.readString(entry.resolve("f"))).isEqualTo("whole");
    }

    @Test
    void whatAKilledRunsChildStillWritesReachesNoEntry() throws IOException {
        Cache cache = new Cache(directory);
        Path abandoned = directory.resolve("a.unfinished");
        Path entry = cache.entry("a", into -> {
            write(into.resolve("f"), "whole");
            assertThat(into).isNotEqualTo(abandoned);
            assertThat(abandoned.toFile().mkdir()).isTrue();
            write(abandoned.resolve("late"), "half");
        });
        assertThat(entry).isDirectoryContaining("glob:**/f").isDirectoryNotContaining("glob:**/late");
        assertThat(abandoned).doesNotExist();
    }

    @Test
    void aFailureLeavesNoEntry() {
        Cache cache = new Cache(directory);
        assertThatThrownBy(() -> cache.entry("a", into -> {
                    write(into.resolve("f"), "half");
                    throw new LabException("no network");
                }))
                .isInstanceOf(LabException.class)
                .hasMessage("no network");
        assertThat(directory.resolve("a")).doesNotExist();
        assertThat(cache.entry("a", into -> write(into.resolve("f"), "whole"))).exists();
    }

    @Test
    void twoAtOnceMakeItOnce() throws InterruptedException {
        AtomicInteger made = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(Thread.ofPlatform()
                    .start(() -> new Cache(directory).entry("a", into -> {
                        made.incrementAndGet();
                        write(into.resolve("f"), "whole");
                    })));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(made).hasValue(1);
    }

    @Test
    void deletingFollowsNoLinks() throws IOException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        write(outside.resolve("precious"), "x");
        Path doomed = Files.createDirectory(directory.resolve("doomed"));
        Files.createSymbolicLink(doomed.resolve("link"), outside);
        Cache.delete(doomed);
        assertThat(doomed).doesNotExist();
        assertThat(outside.resolve("precious")).exists();
    }
}
