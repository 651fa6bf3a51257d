// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.qemu;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.killswitch.lab.Commands;
import org.killswitch.lab.LabException;
import org.killswitch.lab.Scratch;

/**
 * A disk for guests, one at a time: it keeps what they change until it is closed. They boot from one with an installed
 * system; of another, /dev/vda is theirs to mount.
 * Each boot writes to a layer of its own, which the next boot builds on if a guest came of it: a boot that is given up
 * ends in the middle of a write, and what it leaves need not be a file system any more.
 */
public final class Disk implements AutoCloseable {
    private final Scratch scratch;
    private final Path image;
    private final boolean isSystem;
    private Path top;
    private String format = "raw";
    private int boots;

    private Disk(Scratch scratch, Path image, boolean isSystem) {
        this.scratch = scratch;
        this.image = image;
        this.isSystem = isSystem;
        top = image;
    }

    /** A new one that has what the image has, an installed system; the image stays as it is. */
    public static Disk over(Path image) {
        return new Disk(newScratch(), image, true);
    }

    /**
     * A new one with an empty ext4 file system.
     *
     * @param size in MiB
     */
    public static Disk empty(int size) {
        Scratch scratch = newScratch();
        Path image = scratch.folder().resolve("image");
        format(image, size + "M");
        return new Disk(scratch, image, false);
    }

    /**
     * Makes an image with an ext4 file system.
     *
     * @param options more of mke2fs(8)
     */
    public static void format(Path image, String size, String... options) {
        List<String> command = new ArrayList<>(List.of(
                Commands.find("mke2fs")
                        .orElseThrow(() -> new LabException("no mke2fs on this machine: install e2fsprogs"))
                        .toString(),
                "-q",
                "-t",
                "ext4"));
        command.addAll(List.of(options));
        command.addAll(List.of(image.toString(), size));
        Commands.require("writing a disk", image.getParent(), command);
    }

    private static Scratch newScratch() {
        try {
            return Scratch.temporary("killswitch-lab-disk");
        } catch (IOException e) {
            throw new LabException("a disk cannot be made: " + e.getMessage(), e);
        }
    }

    /** Whether guests boot from it. */
    public boolean isSystem() {
        return isSystem;
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
