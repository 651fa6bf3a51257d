// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.qemu;

import java.io.IOException;
import java.nio.file.Path;
import org.killswitch.lab.Commands;
import org.killswitch.lab.LabException;
import org.killswitch.lab.Scratch;

/**
 * A disk with an installed system, to boot guests from, one at a time: it keeps what they change until it is closed.
 * Each boot writes to a layer of its own, which the next boot builds on if a guest came of it: a boot that is given up
 * ends in the middle of a write, and what it leaves need not be a file system any more.
 */
public final class Disk implements AutoCloseable {
    private final Scratch scratch;
    private final Path image;
    private Path top;
    private String format = "raw";
    private int boots;

    private Disk(Scratch scratch, Path image) {
        this.scratch = scratch;
        this.image = image;
        top = image;
    }

    /** A new one that has what the image has; the image stays as it is. */
    public static Disk over(Path image) {
        try {
            return new Disk(Scratch.temporary("killswitch-lab-disk"), image);
        } catch (IOException e) {
            throw new LabException("a disk cannot be made: " + e.getMessage(), e);
        }
    }

    /** What it was made from, and what all disks made from that share. */
    public Path image() {
        return image;
    }

    /** A layer to boot from, in QEMU's qcow2 format; without {@link #keep} nothing comes of what is written to it. */
    public Path layer() {
        Path layer = scratch.folder().resolve("layer" + ++boots + ".qcow2");
        Commands.require(
                "making a disk",
                scratch.folder(),
                "qemu-img",
                "create",
                "-q",
                "-f",
                "qcow2",
                "-F",
                format,
                "-b",
                top.toString(),
                layer.toString());
        return layer;
    }

    /** Has later layers build on this one. */
    public void keep(Path layer) {
        top = layer;
        format = "qcow2";
    }

    @Override
    public void close() {
        scratch.close();
    }
}
