// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    private Path unfinished(String entry) throws IOException {
        Path folder = Files.createDirectories(directory.resolve(entry + ".unfinished4711"));
        write(folder.resolve("half"), "1234567890");
        return folder;
    }

    private static void age(Path entry, int days) throws IOException {
        Files.setLastModifiedTime(entry, FileTime.from(Instant.now().minus(Duration.ofDays(days))));
    }

    @Test
    void aFailureLeavesNothingBehind() throws IOException {
        assertThatThrownBy(() -> new Cache(directory).entry("kernels/a", into -> {
                    write(into.resolve("f"), "half");
                    throw new LabException("does not build");
                }))
                .hasMessage("does not build");
        assertThat(directory.resolve("kernels")).isEmptyDirectory();
    }

    @Test
    void whatKilledRunsLeftOfOtherEntriesGoes() throws IOException {
        Path abandoned = unfinished("kernels/old");
        new Cache(directory).entry("kernels/new", into -> write(into.resolve("f"), "whole"));
        assertThat(abandoned).doesNotExist();
    }

    @Test
    void whatAnotherRunMakesStays() throws IOException, InterruptedException {
        Path other = unfinished("kernels/other");
        Cache cache = new Cache(directory);
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Thread run = Thread.ofPlatform()
                .start(() -> cache.locked("kernels/other", () -> {
                    held.countDown();
                    try {
                        return done.await(1, TimeUnit.MINUTES);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }));
        held.await();
        cache.entry("kernels/new", into -> write(into.resolve("f"), "whole"));
        assertThat(cache.clean(Instant.now(), false)).noneMatch(r -> r.name().contains("other"));
        assertThat(other).exists();
        done.countDown();
        run.join();
        assertThat(cache.clean(Instant.EPOCH, false))
                .containsExactly(new Cache.Removed("kernels/other.unfinished4711", 10));
        assertThat(other).doesNotExist();
    }

    @Test
    void cleaningRemovesWhatIsNotUsed() throws IOException {
        Cache cache = new Cache(directory);
        for (String name : List.of("kernels/old", "modules/new", "kernels/used")) {
            cache.entry(name, into -> write(into.resolve("f"), "123"));
        }
        age(directory.resolve("kernels/old"), 40);
        age(directory.resolve("kernels/used"), 40);
        cache.entry("kernels/used", into -> write(into, "is there"));
        write(directory.resolve("kernels/6.1.newest"), "package=1\n");
        Instant month = Instant.now().minus(Duration.ofDays(30));

        assertThat(cache.clean(month, true)).containsExactly(new Cache.Removed("kernels/old", 3));
        assertThat(directory.resolve("kernels/old")).exists();
        assertThat(cache.clean(month, false)).containsExactly(new Cache.Removed("kernels/old", 3));
        assertThat(directory.resolve("kernels")).isDirectoryNotContaining("glob:**/old");
        assertThat(directory.resolve("kernels/used")).exists();
        assertThat(cache.clean(Instant.now().plusSeconds(1), false)).hasSize(2);
        assertThat(new Cache(directory.resolve("none")).clean(month, false)).isEmpty();
    }

    @Test
    void aCacheThatCannotBeWrittenToIsOneLine() {
        Path file = directory.resolve("file");
        write(file, "");
        assertThatThrownBy(() -> new Cache(file).entry("a", into -> {}))
                .isInstanceOf(LabException.class)
                .hasMessageContainingAll("the cache in " + file + " cannot be used", "XDG_CACHE_HOME")
                .message()
                .hasLineCount(1);
    }

    /** What is there already is of use, whoever may write. */
    @Test
    void anEntryOfACacheThatCannotBeWrittenToIsFound() throws IOException {
        Cache cache = new Cache(directory);
        cache.entry("a", into -> write(into.resolve("f"), "whole"));
        Files.setAttribute(directory, "unix:mode", 0500);
        try {
            assertThat(cache.entry("a", into -> write(into, "is there"))).isDirectory();
        } finally {
            Files.setAttribute(directory, "unix:mode", 0700);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/home/a b/killswitch", "/a:b/killswitch", "/a\nb/killswitch", "/a$b/killswitch", "/a#b/k"})
    void aFolderWithANameThatBuildsDoNotTakeIsRefused(String root) {
        assertThatThrownBy(() -> Cache.usable(Path.of(root)))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("set XDG_CACHE_HOME");
    }

    @Test
    void ordinaryFoldersAreTaken() {
        assertThat(Cache.usable(Path.of("/home/jürgen/.cache/killswitch-0.1_x+y,z")))
                .isNotNull();
    }
}
