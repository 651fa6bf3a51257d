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
public final class FakeHost {

    private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

    public final Path root;
    public final StringWriter out = new StringWriter();
    public final StringWriter err = new StringWriter();
    public boolean terminal;

    /** How often {@code --watch} goes on. */
    public int rounds;

    /** What happens in the kernel between two rounds. */
    public IoAction between = () -> {};

    private final Killswitch killswitch;

    public interface IoAction {
        void run() throws IOException;
    }

    public FakeHost(Path dir) throws IOException {
        root = Files.createDirectories(dir.resolve("security/killswitch"));
        Files.writeString(dir.resolve("security/lsm"), "lockdown");
        Path uptime = Files.writeString(dir.resolve("uptime"), "100.00 180.50\n");
        killswitch = new Killswitch(root, new KernelLog(dir.resolve("kmsg"), uptime, Clock.fixed(NOW, ZoneOffset.UTC)));
    }

    /** The module is loaded, and these lines are what is engaged. */
    public void loaded(String... lines) throws IOException {
        Files.writeString(root.resolve("control"), "");
        Files.writeString(root.resolve("taint"), "1\n");
        Files.writeString(root.resolve("sealed"), "0\n");
        pending();
        engaged(lines);
    }

    public void engaged(String... lines) throws IOException {
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

    public void pending(String... lines) throws IOException {
        Files.writeString(root.resolve("pending"), String.join("\n", lines) + (lines.length > 0 ? "\n" : ""));
    }

    public void sealed() throws IOException {
        Files.writeString(root.resolve("sealed"), "1\n");
    }

    public void expiring(String symbol, int timeoutLeft) throws IOException {
        details(root.resolve("fn").resolve(symbol), "expiring", timeoutLeft);
    }

    public void probing(String symbol, int timeoutLeft) throws IOException {
        details(root.resolve("fn").resolve(symbol), "probing", timeoutLeft);
    }

    public void guarded(String symbol, long passed) throws IOException {
        Files.writeString(root.resolve("fn").resolve(symbol).resolve("passed"), passed + "\n");
    }

    private static void details(Path fn, String state, int timeoutLeft) throws IOException {
        Files.createDirectories(fn);
        Files.writeString(fn.resolve("state"), state + "\n");
        Files.writeString(fn.resolve("timeout_left"), timeoutLeft + "\n");
        Files.writeString(fn.resolve("backend"), "ftrace\n");
    }

    public void log(String... records) throws IOException {
        Files.writeString(root.resolveSibling("../kmsg"), String.join("\n", records) + "\n");
    }

    /** Whatever the kernel is told, it refuses: a device that is always full stands in for it. */
    public void refusesEverything() throws IOException {
        Files.delete(root.resolve("control"));
        Files.createSymbolicLink(root.resolve("control"), Path.of("/dev/full"));
    }

    public String command() throws IOException {
        return Files.readString(root.resolve("control"));
    }

    public int run(String... args) {
        return Main.run(host(), args);
    }

    public Host host() {
        return new Host(
                killswitch,
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                () -> terminal,
                ZoneOffset.UTC,
                this::pause);
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
