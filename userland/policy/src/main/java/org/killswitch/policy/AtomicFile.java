// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** Writes small files so that whoever reads them has the old one or the new one, after a loss of power too. */
public final class AtomicFile {

    private AtomicFile() {}

    /** Writes a file, and the folders that it is in; what a loss of power left of earlier attempts goes. */
    public static void write(Path file, String text) throws PolicyException {
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        // Not .yaml, and hidden: nothing takes it for the file while it is written.
        String prefix = "." + file.getFileName() + ".";
        Path unfinished = folder.resolve(prefix + ProcessHandle.current().pid());
        try {
            if (!Files.isDirectory(folder)) { // the library finds that out by failing to make it
                Files.createDirectories(folder);
            }
            removeLeftovers(folder, prefix);
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

    /** Those of processes that are no more. */
    private static void removeLeftovers(Path folder, String prefix) throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, f -> isLeftover(f, prefix))) {
            for (Path leftover : found) {
                Files.deleteIfExists(leftover);
            }
        }
    }

    private static boolean isLeftover(Path file, String prefix) {
        String name = file.getFileName().toString();
        String pid = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
        return pid.matches("[1-9][0-9]{0,8}")
                && ProcessHandle.of(Long.parseLong(pid)).isEmpty();
    }

    /** The names in a folder are on the disk, too. */
    private static void sync(Path folder) throws IOException {
        try (FileChannel directory = FileChannel.open(folder)) {
            directory.force(true);
        }
    }
}
