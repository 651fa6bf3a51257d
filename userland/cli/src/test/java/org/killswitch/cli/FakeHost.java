// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import org.killswitch.control.Killswitch;
import org.killswitch.control.log.KernelLog;
import org.killswitch.host.SystemFiles;

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

    /** What else there is of the host. */
    public final SystemFiles files;

    private final Killswitch killswitch;

    @SuppressWarnings("NullAway.Init")
    private RandomAccessFile pipe;

    public interface IoAction {
        void run() throws IOException;
    }

    public FakeHost(Path dir) throws IOException {
        root = Files.createDirectories(dir.resolve("security/killswitch"));
        Files.writeString(dir.resolve("security/lsm"), "lockdown");
        Path stat = Files.writeString(dir.resolve("stat"), "btime " + (NOW.getEpochSecond() - 100) + "\n");
        killswitch = new Killswitch(root, new KernelLog(dir.resolve("kmsg"), stat));
        files = new SystemFiles(Files.createDirectories(dir.resolve("files")));
        Files.createDirectories(files.path("/sys/fs/bpf/killswitch"));
    }

    /** The module is loaded, and these lines are what is engaged. */
    public void loaded(String... lines) throws IOException {
        Files.writeString(root.resolve("control"), "");
        Files.writeString(root.resolve("taint"), "1\n");
        Files.writeString(root.resolve("sealed"), "0\n");
        Files.writeString(root.resolve("locked"), "0\n");
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

    public void locked() throws IOException {
        Files.writeString(root.resolve("locked"), "1\n");
    }

    public void observed(String symbol, long hits) throws IOException {
        details(root.resolve("fn").resolve(symbol), "observing", 0);
        Files.writeString(root.resolve("fn").resolve(symbol).resolve("hits"), hits + "\n");
    }

    public void reason(String symbol, String reason) throws IOException {
        Files.writeString(root.resolve("fn").resolve(symbol).resolve("reason"), reason + "\n");
    }

    /** A file elsewhere on the host. */
    public void file(String path, String text) throws IOException {
        Files.createDirectories(files.path(path).getParent());
        Files.writeString(files.path(path), text);
    }

    /** A module that is part of the kernel. */
    public void builtIn(String module) throws IOException {
        file("/proc/sys/kernel/osrelease", "6.1.0\n");
        file("/lib/modules/6.1.0/modules.builtin", "kernel/any/" + module + ".ko\n");
    }

    /** A task with its kernel stack. */
    public void task(long pid, long tid, String comm, String stack) throws IOException {
        file("/proc/self/stack", "");
        file("/proc/" + pid + "/task/" + tid + "/stack", stack);
        file("/proc/" + pid + "/task/" + tid + "/comm", comm + "\n");
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

    public void unread(String symbol, long unread) throws IOException {
        Files.writeString(root.resolve("fn").resolve(symbol).resolve("unread"), unread + "\n");
    }

    private static void details(Path fn, String state, int timeoutLeft) throws IOException {
        Files.createDirectories(fn);
        Files.writeString(fn.resolve("state"), state + "\n");
        Files.writeString(fn.resolve("timeout_left"), timeoutLeft + "\n");
        Files.writeString(fn.resolve("backend"), "ftrace\n");
        Files.writeString(fn.resolve("reason"), "\n");
    }

    public void log(String... records) throws IOException {
        Files.writeString(root.resolveSibling("../kmsg"), String.join("\n", records) + "\n");
    }

    /** Whatever the kernel is told, it refuses: a device that is always full stands in for it. */
    public void refusesEverything() throws IOException {
        Files.delete(root.resolve("control"));
        Files.createSymbolicLink(root.resolve("control"), Path.of("/dev/full"));
    }

    /** From now on {@link #commands} has every command, one after the other. */
    public void recordsCommands() throws IOException {
        Path control = root.resolve("control");
        Files.delete(control);
        try {
            new ProcessBuilder("mkfifo", control.toString()).start().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pipe = new RandomAccessFile(control.toFile(), "rw"); // whoever has both ends never waits for the other
    }

    public String commands() throws IOException {
        // Closing it would close the pipe.
        @SuppressWarnings("resource")
        FileInputStream in = new FileInputStream(pipe.getFD());
        return new String(in.readNBytes(in.available()), StandardCharsets.US_ASCII);
    }

    /** The kernel has types, by which this function returns bool. */
    public void boolFunction(String name) throws IOException {
        byte[] names = ("\0_Bool\0" + name + "\0").getBytes(StandardCharsets.US_ASCII);
        int types = 16 + 12 + 12;
        ByteBuffer btf = ByteBuffer.allocate(24 + types + names.length).order(ByteOrder.LITTLE_ENDIAN);
        btf.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(24);
        btf.putInt(0).putInt(types).putInt(types).putInt(names.length);
        btf.putInt(1).putInt(1 << 24).putInt(1).putInt(4 << 24 | 8); // 1: an INT of 8 bits, bool
        btf.putInt(0).putInt(13 << 24).putInt(1); // 2: a FUNC_PROTO that returns 1
        btf.putInt(7).putInt(12 << 24).putInt(2); // 3: a FUNC of 2
        btf.put(names);
        Files.createDirectories(files.path("/sys/kernel/btf"));
        Files.write(files.path("/sys/kernel/btf/vmlinux"), btf.array());
        file("/proc/kallsyms", "");
    }

    public String command() throws IOException {
        return Files.readString(root.resolve("control"));
    }

    public int run(String... args) {
        return run(new PrintWriter(out, true), args);
    }

    /** With another standard output. */
    public int runWritingTo(Path file, String... args) throws IOException {
        try (PrintWriter writer = new PrintWriter(file.toFile(), StandardCharsets.UTF_8)) {
            return run(writer, args);
        }
    }

    private int run(PrintWriter out, String... args) {
        return Main.run(host(out), args);
    }

    public Host host() {
        return host(new PrintWriter(out, true));
    }

    private Host host(PrintWriter out) {
        return new Host(
                killswitch, files, out, new PrintWriter(err, true), () -> terminal, ZoneOffset.UTC, this::pause);
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
