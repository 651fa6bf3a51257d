// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** Writes small files so that whoever reads them has the old one or the new one, after a loss of power too. */
public final class AtomicFile {

    private AtomicFile() {}

    /** Writes a file, and the folders that it is in. */
    public static void write(Path file, String text) throws PolicyException {
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        // Not .yaml, and hidden: nothing takes it for the file while it is written.
        Path unfinished = folder.resolve(
                "." + file.getFileName() + "." + ProcessHandle.current().pid());
        try {
            Files.createDirectories(folder);
            try (FileChannel channel = FileChannel.open(
                    unfinished,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            sync(folder);
        } catch (IOException e) {
            try {
                Files.deleteIfExists(unfinished);
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw new PolicyException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** The names in a folder are on the disk, too. */
    private static void sync(Path folder) throws IOException {
        try (FileChannel directory = FileChannel.open(folder)) {
            directory.force(true);
        }
    }
}
