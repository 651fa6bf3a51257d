package org.killswitch.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A disk with an installed system, to boot guests from, one at a time: it keeps what they change until it is closed. */
public final class Disk implements AutoCloseable {
    private final Path directory;

    private Disk(Path directory) {
        this.directory = directory;
    }

    /** A new one that has what the image has; the image stays as it is. */
    static Disk over(Path image) {
        try {
            Path directory = Files.createTempDirectory("killswitch-lab-disk");
            Disk disk = new Disk(directory);
            Commands.require(
                    "making a disk",
                    directory,
                    "qemu-img",
                    "create",
                    "-q",
                    "-f",
                    "qcow2",
                    "-F",
                    "raw",
                    "-b",
                    image.toString(),
                    disk.file().toString());
            return disk;
        } catch (IOException e) {
            throw new LabException("a disk cannot be made: " + e.getMessage(), e);
        }
    }

    /** Its image, in QEMU's qcow2 format. */
    Path file() {
        return directory.resolve("disk.qcow2");
    }

    @Override
    public void close() {
        Cache.deleteQuietly(directory);
    }
}
