// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.qemu;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Ends a machine when this program dies in a way that runs no shutdown hook: its end of the pipe closes then, whatever
 * killed it.
 */
final class Watchdog {

    /**
     * The number may be another process's by then. The machine's command line names its folder, which nobody else's does;
     * the shell's own does, too, but nobody asks for that.
     */
    private static final String SCRIPT =
            "read -r never; if grep -qsF -- \"$2/\" \"/proc/$1/cmdline\"; then kill -9 \"$1\"; fi; rm -rf -- \"$2\"";

    private Watchdog() {}

    /**
     * Starts one, for as long as its standard input is open.
     *
     * @param machine the process, whose command line names a file in the folder
     * @param directory the machine's own; it is deleted with it
     */
    static Process over(long machine, Path directory) throws IOException {
        return new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        SCRIPT,
                        "killswitch-lab-watchdog",
                        Long.toString(machine),
                        directory.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
