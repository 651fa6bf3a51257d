// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.lab.Commands;

final class DiskTest {
    @Test
    void whatIsWrittenIsKeptOnlyWithTheLayerThatIs(@TempDir Path folder) throws IOException {
        Path image = folder.resolve("image");
        byte[] zeros = new byte[1 << 20];
        Files.write(image, zeros);
        Path directory;
        try (Disk disk = Disk.over(image)) {
            Path first = disk.layer();
            directory = first.getParent();
            write(first, "0xaa", 0);
            disk.keep(first);
            write(disk.layer(), "0xbb", 4096); // a boot that was given up
            Path third = disk.layer();
            assertThat(reads(third, "0xaa", 0)).isTrue();
            assertThat(reads(third, "0", 4096)).isTrue();
            write(third, "0xcc", 4096);
            disk.keep(third);
            Path fourth = disk.layer();
            assertThat(reads(fourth, "0xaa", 0)).isTrue();
            assertThat(reads(fourth, "0xcc", 4096)).isTrue();
        }
        assertThat(directory).doesNotExist();
        assertThat(Files.readAllBytes(image)).isEqualTo(zeros);
    }

    private static void write(Path layer, String pattern, int at) {
        Commands.require(
                "writing",
                layer.getParent(),
                "qemu-io",
                "-c",
                "write -P " + pattern + " " + at + " 512",
                layer.toString());
    }

    private static boolean reads(Path layer, String pattern, int at) {
        Commands.Ended read = Commands.run(
                layer.getParent(),
                List.of("qemu-io", "-c", "read -P " + pattern + " " + at + " 512", layer.toString()));
        return read.status() == 0 && !read.output().contains("verification failed");
    }
}
