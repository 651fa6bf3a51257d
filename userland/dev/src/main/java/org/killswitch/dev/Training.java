// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.killswitch.bpf.LoaderMain;
import org.killswitch.cli.Host;
import org.killswitch.cli.Main;
import org.killswitch.control.Killswitch;
import org.killswitch.control.log.KernelLog;

/**
 * What the JVM looks on at when the run-time image is built, to know what to keep ready in its AOT cache: every command
 * that administrators and their scripts wait for, done and refused, on a tree of plain files.
 */
final class Training {

    private final Path dir;
    private final Path root;
    private final Host host;

    private Training(Path dir) throws IOException {
        this.dir = dir;
        root = Files.createDirectories(dir.resolve("security/killswitch"));
        Path stat = Files.writeString(dir.resolve("stat"), "btime 1700000000\n");
        Host real = Host.ofThisProcess();
        host = new Host(
                new Killswitch(root, new KernelLog(dir.resolve("kmsg"), stat)),
                real.files(),
                real.out(),
                real.err(),
                real::terminal,
                real.zone(),
                seconds -> false);
    }

    /** The training run; its output is of no interest. */
    public static void main(String[] args) throws IOException {
        Path dir = Files.createTempDirectory("killswitch-training");
        try {
            new Training(dir).run();
        } finally {
            delete(dir);
        }
    }

    private void run() throws IOException {
        expect(0, "--help");
        expect(0, "--version");
        expect(0, "help", "status");
        expect(2);
        expect(2, "no-such-command");
        for (String command : new String[] {"status", "engage", "disengage", "bpf", "lab", "demo"}) {
            expect(0, command, "--help");
        }
        expect(0, "cve", "list");
        expect(0, "cve", "show", "CVE-2026-31431");
        expect(2, "status", "--no-such-option");
        expect(2, "engage", "f");
        expect(1, "status");
        loader();
        notLoaded();
        loaded();
        refused();
    }

    /** What the kernel waits for: it gets as far as libbpf, if there is one, which has no use for an empty object. */
    private void loader() throws IOException {
        ByteBuffer elf = ByteBuffer.allocate(64 + 2 * 64 + 8).order(ByteOrder.LITTLE_ENDIAN);
        elf.putInt(0, 0x464c457f).putShort(4, (short) 0x0102).put(6, (byte) 1); // 64 bits, little-endian
        elf.putShort(16, (short) 1).putShort(18, (short) 247).putInt(20, 1); // relocatable, for BPF
        elf.putLong(40, 64).putShort(52, (short) 64); // where the section headers are
        elf.putShort(58, (short) 64).putShort(60, (short) 2).putShort(62, (short) 1);
        elf.putInt(64 + 64 + 4, 3).putLong(64 + 64 + 24, 64 + 2 * 64).putLong(64 + 64 + 32, 8); // names
        Path object = Files.write(dir.resolve("empty.bpf.o"), elf.array());
        int status = LoaderMain.run(dir.resolve("loader.log"), object.toString(), "f");
        if (status != 1) {
            throw new IllegalStateException("ks-bpf-load exits with " + status + " instead of 1");
        }
    }

    private void notLoaded() throws IOException {
        Files.writeString(dir.resolve("security/lockdown"), "[none] integrity confidentiality\n");
        expect(1, "status");
        expect(1, "status", "--json");
        expect(1, "engage", "f", "-EPERM");
        expect(1, "disengage", "f");
        expect(1, "disengage", "--all");
    }

    private void loaded() throws IOException {
        Files.writeString(root.resolve("control"), "");
        Files.writeString(root.resolve("engaged"), "");
        expect(0, "status");
        expect(0, "disengage", "--all");

        Files.writeString(root.resolve("engaged"), "f retval=-1 hits=3\nm:g retval=0 hits=0\nh retval=-22 hits=1\n");
        Files.writeString(root.resolve("pending"), "n:i retval=-1 module=n\nj retval=0 module=?\n");
        Files.writeString(root.resolve("sealed"), "0\n");
        expect(0, "status");
        details("f", "engaged", 0);
        details("m:g", "probing", 65);
        details("h", "engaged", 0);
        Files.writeString(dir.resolve("kmsg"), """
                6,1,100,-;Linux version
                4,2,40000000,-;killswitch: engage f=-1 uid=0 auid=1000 ses=3 comm=tee
                4,3,50000000,-;killswitch: tryengage m:g=0 timeout=90s uid=0 auid=4294967295 ses=4294967295 comm=sh
                4,4,60000000,-;killswitch: engage h=-22 source=modparam
                4,5,70000000,-;killswitch: disengage i hits=3 uid=0 auid=1000 ses=3 comm=tee
                4,6,80000000,-;killswitch: f: is engaged already
                """);
        expect(0, "status");
        expect(0, "status", "--json");
        expect(0, "status", "--watch");
        expect(0, "engage", "f", "-EPERM");
        expect(0, "engage", "vfs_mkdir", "-1"); // every kernel has it, and has much to say of its type
        expect(0, "engage", "f", "-1", "--probe", "5m");
        expect(0, "engage", "f", "-1", "--for", "5m");
        expect(0, "keep", "f");
        expect(0, "observe", "k");
        expect(0, "show", "f");
        expect(0, "disengage", "f", "m:g");
        expect(0, "disengage", "--all");
    }

    /** A device that is always full refuses every command. */
    private void refused() throws IOException {
        Files.delete(root.resolve("control"));
        Files.createSymbolicLink(root.resolve("control"), Path.of("/dev/full"));
        expect(1, "engage", "k", "-EPERM");
        expect(0, "engage", "f", "-EPERM"); // it is so already
        expect(1, "engage", "f", "-1", "--probe", "5m");
        expect(1, "disengage", "f");
        expect(1, "disengage", "--all");
    }

    /** A run that takes another way than it should would leave a cache that is of no use, and nobody would notice. */
    private void expect(int status, String... command) {
        int got = Main.run(host, command);
        if (got != status) {
            throw new IllegalStateException(
                    "'" + String.join(" ", command) + "' exits with " + got + " instead of " + status);
        }
    }

    private void details(String symbol, String state, int timeoutLeft) throws IOException {
        Path fn = Files.createDirectories(root.resolve("fn").resolve(symbol));
        Files.writeString(fn.resolve("state"), state + "\n");
        Files.writeString(fn.resolve("timeout_left"), timeoutLeft + "\n");
        Files.writeString(fn.resolve("backend"), "ftrace\n");
        Files.writeString(fn.resolve("reason"), "\n");
    }

    private static void delete(Path dir) throws IOException {
        try (Stream<Path> walk = Files.walk(dir)) {
            walk.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
