package org.killswitch.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.function.BooleanSupplier;
import org.killswitch.control.Killswitch;
import org.killswitch.posix.Native;

/**
 * What a command has to do with: the kernel, and whoever typed it.
 *
 * @param isTerminal tells whether a person watches {@code out}: colour and redrawing are for them only
 * @param zone for times that are shown to a person
 * @param pause waits between two rounds of a command that repeats
 */
public record Host(
        Killswitch killswitch, PrintWriter out, PrintWriter err, BooleanSupplier isTerminal, ZoneId zone, Pause pause) {

    private static final int STDOUT = 1;

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

    /** This kernel, and whoever started this process. */
    public static Host ofThisProcess() {
        return new Host(
                Killswitch.ofThisHost(),
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                () -> Native.isTerminal(STDOUT),
                ZoneId.systemDefault(),
                Host::sleep);
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
