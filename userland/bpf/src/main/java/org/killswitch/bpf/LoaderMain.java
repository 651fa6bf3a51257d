// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.bpf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;

/**
 * {@code ks-bpf-load OBJECT FUNCTION}, which the kernel module runs for {@code engagebpf}. Nobody reads its output then:
 * what it has to say goes to the kernel log. Exit status: 0 attached, 1 refused or failed, 2 usage.
 */
public final class LoaderMain {

    private static final Path KMSG = Path.of("/dev/kmsg");

    /** The kernel keeps about a thousand bytes of a line. */
    private static final int LENGTH_MAX = 900;

    private static final String NAME = "ks-bpf-load";
    private static final int WARNING = 4;
    private static final int INFO = 6;

    private LoaderMain() {}

    /** The process. */
    public static void main(String[] args) {
        Runtime.getRuntime().halt(run(KMSG, args));
    }

    /**
     * The command.
     *
     * @param log what the kernel log is written by
     * @return what it exits with
     */
    public static int run(Path log, String... args) {
        if (args.length != 2 || args[1].isEmpty()) {
            System.err.println("usage: " + NAME + " OBJECT FUNCTION (the kernel runs it for engagebpf)");
            return 2;
        }
        try {
            List<Path> pins = OverrideLoader.load(Path.of(args[0]), args[1]);
            say(
                    log,
                    INFO,
                    "attached to " + args[1] + ", for as long as it is pinned at "
                            + pins.stream().map(Path::toString).collect(Collectors.joining(" and ")));
            return 0;
        } catch (BpfException e) {
            say(log, WARNING, args[1] + ": " + e.getMessage());
        } catch (RuntimeException e) {
            say(log, WARNING, args[1] + ": internal error: " + e);
        }
        return 1;
    }

    /** One write is one line of the log. */
    private static void say(Path log, int level, String text) {
        String line = plain("killswitch: " + NAME + ": " + text);
        System.err.println(line);
        try {
            Files.writeString(log, "<" + level + ">" + line, StandardCharsets.US_ASCII, StandardOpenOption.WRITE);
        } catch (IOException e) {
            // Then whoever started it by hand has read it.
            return;
        }
    }

    private static String plain(String text) {
        String plain = BpfException.plain(text);
        return plain.length() <= LENGTH_MAX ? plain : plain.substring(0, LENGTH_MAX) + "...";
    }
}
