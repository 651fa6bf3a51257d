// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InitramfsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /** Its text holds a byte in every character. */
    private record Entry(long mode, String text) {}

    private Map<String, Entry> read(Path file) throws IOException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        try (var in = new CpioArchiveInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            for (CpioArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
                assertThat(entries.put(
                                e.getName(),
                                new Entry(e.getMode(), new String(in.readAllBytes(), StandardCharsets.ISO_8859_1))))
                        .as("%s is there once", e.getName())
                        .isNull();
            }
        }
        return entries;
    }

    @Test
    void foldersComeBeforeWhatIsInThem() throws IOException {
        Path file = directory.resolve("initramfs");
        try (Initramfs fs = new Initramfs(file)) {
            fs.text("a/b/c", 0755, "script");
            fs.text("a/b/d", 0644, "text");
            fs.text("a/b/d", 0644, "a second file of that name is left out");
            fs.link("sbin/modprobe", "/bin/busybox");
        }
        Map<String, Entry> entries = read(file);
        assertThat(entries.keySet()).containsExactly("a", "a/b", "a/b/c", "a/b/d", "sbin", "sbin/modprobe");
        assertThat(entries.get("a")).extracting(Entry::mode).isEqualTo(040755L);
        assertThat(entries.get("a/b/c")).extracting(Entry::mode).isEqualTo(0100755L);
        assertThat(entries.get("a/b/d")).extracting(Entry::text).isEqualTo("text");
        assertThat(entries.get("sbin/modprobe")).extracting(Entry::text).isEqualTo("/bin/busybox");
    }

    @Test
    void aFileKeepsItsTime() throws IOException {
        Path jar = Files.writeString(directory.resolve("jar"), "classes");
        Files.setLastModifiedTime(jar, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
        Path file = directory.resolve("initramfs");
        try (Initramfs fs = new Initramfs(file)) {
            fs.file("jar", jar);
        }
        try (var in = new CpioArchiveInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            assertThat(in.getNextEntry().getLastModifiedDate().toInstant()).isEqualTo("2026-01-01T00:00:00Z");
        }
    }

    @Test
    void aProgramBringsItsSharedLibraries() throws IOException {
        Path file = directory.resolve("initramfs");
        try (Initramfs fs = new Initramfs(file)) {
            fs.file("bin/env", Path.of("/usr/bin/env"));
        }
        Map<String, Entry> entries = read(file);
        assertThat(entries.keySet())
                .anyMatch(n -> n.matches(".*/libc\\.so\\.6"))
                .anyMatch(n -> n.matches("lib.*/ld-linux.*"));
        assertThat(entries.get("bin/env"))
                .extracting(Entry::text)
                .isEqualTo(Files.readString(Path.of("/usr/bin/env"), StandardCharsets.ISO_8859_1));
    }

    @Test
    void aFolderComesWithAllThatIsInIt() throws IOException {
        Path tree = Files.createDirectories(directory.resolve("tree/sub"));
        Files.writeString(tree.resolve("f"), "x");
        Files.createSymbolicLink(tree.resolve("l"), Path.of("f"));
        Path file = directory.resolve("initramfs");
        try (Initramfs fs = new Initramfs(file)) {
            fs.tree("opt/t", directory.resolve("tree"));
        }
        assertThat(read(file).keySet()).containsExactly("opt", "opt/t", "opt/t/sub", "opt/t/sub/f", "opt/t/sub/l");
    }
}
