// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.function.BooleanSupplier;
import org.killswitch.bpf.BpfFs;
import org.killswitch.control.Killswitch;
import org.killswitch.host.SystemFiles;
import org.killswitch.posix.Native;

/**
 * What a command has to do with: the kernel, and whoever typed it.
 *
 * @param files of the host that the kernel runs: /proc, /sys
 * @param isTerminal tells whether a person watches {@code out} on a terminal that obeys escape sequences: colour and redrawing
 *     are for them only
 * @param zone for times that are shown to a person
 * @param pause waits between two rounds of a command that repeats
 */
public record Host(
        Killswitch killswitch,
        SystemFiles files,
        PrintWriter out,
        PrintWriter err,
        BooleanSupplier isTerminal,
        ZoneId zone,
        Pause pause) {

    private static final int STDOUT = 1;
    private static final int STDERR = 2;

    /** Waits; a test does not. */
    public interface Pause {
        /**
         * Waits for a while.
         *
         * @return false if there is to be no further round
         */
        boolean seconds(long count);
    }

    /** Whether a person watches; it is found out only when asked for, since that takes some milliseconds. */
    public boolean terminal() {
        return isTerminal.getAsBoolean();
    }

    /** Whether a person watches what this process reports on standard error. */
    public boolean errorTerminal() {
        return isObedientTerminal(STDERR);
    }

    /** How long a line of a table may be: a terminal's width, and whatever it takes where nobody watches. */
    public int width() {
        int columns = terminal() ? Native.columns(STDOUT) : 0;
        return columns > 0 ? columns : Integer.MAX_VALUE;
    }

    /** Whether a person watches who has not asked for no colour (no-color.org). */
    public boolean colour() {
        String noColour = System.getenv("NO_COLOR");
        return (noColour == null || noColour.isEmpty()) && terminal();
    }

    /** What is pinned for killswitch in the BPF file system. */
    public BpfFs bpfFs() {
        return new BpfFs(files.path(BpfFs.FOLDER.toString()));
    }

    /** This kernel, and whoever started this process. */
    public static Host ofThisProcess() {
        return new Host(
                Killswitch.ofThisHost(),
                new SystemFiles(Path.of("/")),
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                () -> isObedientTerminal(STDOUT),
                ZoneId.systemDefault(),
                Host::sleep);
    }

    private static boolean isObedientTerminal(int fd) {
        return !"dumb".equals(System.getenv("TERM")) && Native.isTerminal(fd);
    }

    private static boolean sleep(long seconds) {
        try {
            Thread.sleep(seconds * 1000);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
