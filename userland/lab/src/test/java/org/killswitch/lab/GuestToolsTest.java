// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestToolsTest {

    @TempDir
    Path folder;

    @Test
    void aProgramWithALoaderNeedsLibraries() {
        assertThat(GuestTools.needsNoLibraries(Path.of("/bin/sh"))).isFalse();
        assertThat(GuestTools.needsNoLibraries(GuestTools.busybox())).isTrue();
    }

    @Test
    void whatIsNoProgramIsNotTaken() throws IOException {
        assertThat(GuestTools.needsNoLibraries(folder.resolve("none"))).isFalse();
        for (String text : new String[] {"", "#!/bin/sh\n", "\u007fELF" + "\u0007".repeat(100)}) {
            assertThat(GuestTools.needsNoLibraries(Files.writeString(folder.resolve("text"), text)))
                    .isFalse();
        }
    }
}
