// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host;

import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** The files below a root folder, by the paths that they have on the host; a test has a folder of its own. */
public final class SystemFiles {

    /** What came of reading a file. */
    public sealed interface Content {
        /** It was read. */
        record Text(String text) implements Content {}

        /** There is none. */
        record Absent() implements Content {}

        /** It is there, or may be, and cannot be read by this user. */
        record Unreadable() implements Content {}
    }

    private final Path root;

    public SystemFiles(Path root) {
        this.root = root;
    }

    public Path path(String file) {
        return root.resolve(file.substring(1));
    }

    public Content read(String file) {
        try {
            return new Content.Text(new String(bytes(file), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return new Content.Absent();
        } catch (IOException e) {
            return new Content.Unreadable();
        }
    }

    public byte[] bytes(String file) throws IOException {
        byte[] bytes = Files.readAllBytes(path(file));
        return file.endsWith(".gz") ? new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes() : bytes;
    }

    /**
     * The bytes of a file as they are, for one that is long. Not by a channel: /proc gives a page at a time, and a channel takes
     * twice as long for each.
     */
    public InputStream stream(String file) throws IOException {
        return new FileInputStream(path(file).toFile());
    }

    /** Its text without blanks at the ends; empty if it cannot be read, for whatever reason. */
    public Optional<String> text(String file) {
        return read(file) instanceof Content.Text t ? Optional.of(t.text().strip()) : Optional.empty();
    }

    /** Its lines; none if it cannot be read. */
    public List<String> lines(String file) {
        return text(file).stream().flatMap(String::lines).toList();
    }

    public boolean exists(String file) {
        return Files.exists(path(file));
    }

    /** The names in a folder, sorted; none if it cannot be listed. */
    public List<String> list(String folder) {
        try (Stream<Path> entries = Files.list(path(folder))) {
            return entries.map(p -> p.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Whether a file system of that type is mounted there, as /proc/mounts has it. */
    public boolean isMounted(String type, String folder) {
        return text("/proc/mounts").stream()
                .flatMap(String::lines)
                .map(l -> l.split(" ", -1))
                .anyMatch(f -> f.length > 2 && f[1].equals(folder) && f[2].equals(type));
    }
}
