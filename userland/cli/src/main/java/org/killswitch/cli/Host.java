package org.killswitch.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import org.killswitch.control.Killswitch;

/**
 * What a command has to do with: the kernel, and whoever typed it.
 *
 * @param terminal whether a person watches {@code out}: colour and redrawing are for them only
 * @param zone for times that are shown to a person
 * @param pause waits between two rounds of a command that repeats
 */
record Host(Killswitch killswitch, PrintWriter out, PrintWriter err, boolean terminal, ZoneId zone, Pause pause) {

    /** Waits; a test does not. */
    interface Pause {
        /**
         * Waits for a while.
         *
         * @return false if there is to be no further round
         */
        boolean seconds(long count);
    }

    static Host ofThisProcess() {
        return new Host(
                Killswitch.ofThisHost(),
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                isTerminal("/proc/self/fd/1"),
                ZoneId.systemDefault(),
                Host::sleep);
    }

    /** System.console() would ask the same of standard input, which may well come from elsewhere. */
    private static boolean isTerminal(String fd) {
        try {
            String target = Files.readSymbolicLink(Path.of(fd)).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
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
