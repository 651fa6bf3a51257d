// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WatchdogTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /** A process that reads its standard input, with a command line of one's choice. */
    private static Process process(String argument) throws IOException {
        return new ProcessBuilder("sh", "-c", "read -r never", "machine", argument).start();
    }

    /** Closes the watchdog's standard input, as the end of this program would. */
    private static void dieOver(long pid, Path directory) throws IOException, InterruptedException {
        Process watchdog = Watchdog.over(pid, directory);
        watchdog.getOutputStream().close();
        assertThat(watchdog.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void endsTheMachineAndItsFolder() throws IOException, InterruptedException {
        Path directory = Files.createDirectory(folder.resolve("killswitch-lab1"));
        Files.createFile(directory.resolve("initramfs"));
        Process machine = process(directory.resolve("control").toString());
        dieOver(machine.pid(), directory);
        assertThat(machine.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(machine.exitValue()).isEqualTo(128 + 9);
        assertThat(directory).doesNotExist();
    }

    /** The machine had ended by itself, and its number is another process's. */
    @Test
    void leavesAProcessAloneThatIsNoMachineOfThisFolder() throws IOException, InterruptedException {
        Path directory = Files.createDirectory(folder.resolve("killswitch-lab1"));
        Process other = process(folder.resolve("killswitch-lab12/control").toString());
        try {
            dieOver(other.pid(), directory);
            assertThat(other.waitFor(200, TimeUnit.MILLISECONDS)).isFalse();
            assertThat(directory).doesNotExist();
        } finally {
            other.destroyForcibly();
        }
    }
}
