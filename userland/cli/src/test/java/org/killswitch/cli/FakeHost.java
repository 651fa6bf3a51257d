package org.killswitch.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.killswitch.control.Killswitch;
import org.killswitch.control.log.KernelLog;

/** A module's tree made of plain files, and a person without a terminal who types commands. */
final class FakeHost {

    private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

    final Path root;
    final StringWriter out = new StringWriter();
    final StringWriter err = new StringWriter();
    boolean terminal;

    /** How often {@code --watch} goes on. */
    int rounds;

    /** What happens in the kernel between two rounds. */
    IoAction between = () -> {};

    private final Killswitch killswitch;

    interface IoAction {
        void run() throws IOException;
    }

    FakeHost(Path dir) throws IOException {
        root = Files.createDirectories(dir.resolve("security/killswitch"));
        Files.writeString(dir.resolve("security/lsm"), "lockdown");
        Path uptime = Files.writeString(dir.resolve("uptime"), "100.00 180.50\n");
        killswitch = new Killswitch(root, new KernelLog(dir.resolve("kmsg"), uptime, Clock.fixed(NOW, ZoneOffset.UTC)));
    }

    /** The module is loaded, and these lines are what is engaged. */
    void loaded(String... lines) throws IOException {
        Files.writeString(root.resolve("control"), "");
        Files.writeString(root.resolve("taint"), "1\n");
        Files.writeString(root.resolve("sealed"), "0\n");
        pending();
        engaged(lines);
    }

    void engaged(String... lines) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String line : lines) {
            text.append(line).append('\n');
            Path fn = root.resolve("fn").resolve(line.split(" ", 2)[0]);
            if (!Files.exists(fn)) {
                details(fn, "engaged", 0);
            }
        }
        Files.writeString(root.resolve("engaged"), text);
    }

    void pending(String... lines) throws IOException {
        Files.writeString(root.resolve("pending"), String.join("\n", lines) + (lines.length > 0 ? "\n" : ""));
    }

    void sealed() throws IOException {
        Files.writeString(root.resolve("sealed"), "1\n");
    }

    void expiring(String symbol, int timeoutLeft) throws IOException {
        details(root.resolve("fn").resolve(symbol), "expiring", timeoutLeft);
    }

    void probing(String symbol, int timeoutLeft) throws IOException {
        details(root.resolve("fn").resolve(symbol), "probing", timeoutLeft);
    }

    void guarded(String symbol, long passed) throws IOException {
        Files.writeString(root.resolve("fn").resolve(symbol).resolve("passed"), passed + "\n");
    }

    private static void details(Path fn, String state, int timeoutLeft) throws IOException {
        Files.createDirectories(fn);
        Files.writeString(fn.resolve("state"), state + "\n");
        Files.writeString(fn.resolve("timeout_left"), timeoutLeft + "\n");
        Files.writeString(fn.resolve("backend"), "ftrace\n");
    }

    void log(String... records) throws IOException {
        Files.writeString(root.resolveSibling("../kmsg"), String.join("\n", records) + "\n");
    }

    /** Whatever the kernel is told, it refuses: a device that is always full stands in for it. */
    void refusesEverything() throws IOException {
        Files.delete(root.resolve("control"));
        Files.createSymbolicLink(root.resolve("control"), Path.of("/dev/full"));
    }

    String command() throws IOException {
        return Files.readString(root.resolve("control"));
    }

    int run(String... args) {
        Host host = new Host(
                killswitch,
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                terminal,
                ZoneOffset.UTC,
                this::pause);
        return Main.run(host, args);
    }

    private boolean pause(long seconds) {
        if (rounds-- == 0) {
            return false;
        }
        try {
            between.run();
            return true;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
