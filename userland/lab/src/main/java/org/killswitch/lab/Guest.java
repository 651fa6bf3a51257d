package org.killswitch.lab;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.killswitch.posix.Architecture;

/**
 * A running virtual machine. Commands run in it one after the other; a kernel that panics, oopses, warns, stalls or
 * hangs meanwhile makes the running command, or else closing the guest, fail with {@link GuestFailure}.
 *
 * <p>Not for use by several threads at a time.
 */
public final class Guest implements AutoCloseable {
    private static final Duration BOOT = Duration.ofSeconds(90);
    /** The same for a whole system on a disk. */
    private static final Duration BOOT_FROM_DISK = Duration.ofMinutes(4);
    /** Such a guest is slower, and its CPUs are never idle. */
    private static final Duration BOOT_COUNTING = Duration.ofMinutes(5);

    private static final Duration POWER_OFF = Duration.ofSeconds(20);
    private static final Duration POWER_OFF_FROM_DISK = Duration.ofMinutes(2);
    /** How long to listen for the rest of what a kernel in trouble says. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(3);
    /** How long a command that does nothing may take in a guest that has just come up. */
    private static final Duration FIRST_ANSWER = Duration.ofSeconds(15);
    /** Emulation can go wrong in early boot; a guest that never got anywhere is started again. */
    private static final int BOOTS = 6;

    /** The common pool may have one thread only, and these wait for each other. */
    private static final Executor THREADS = task -> Thread.ofPlatform().daemon().start(task);

    private static final List<String> CHANNELS = List.of("control", "output", "errors");

    private final Path directory;
    private final Process qemu;
    private final Process watchdog;
    private final Thread killer;
    private final ConsoleWatch console = new ConsoleWatch();
    private final Thread consoleReader;
    private final Duration timeout;
    private final Duration powerOff;
    private final List<SocketChannel> sockets = new ArrayList<>();
    private final SecureRandom random = new SecureRandom();
    private boolean powered = true;

    /**
     * Boots a guest and waits until it takes commands.
     *
     * @throws GuestFailure if it does not get there, after a few tries
     */
    static Guest boot(Kernel kernel, GuestSpec spec, Cache cache, Progress progress, PrintStream notes) {
        for (int attempt = 1; ; attempt++) {
            progress.step("booting " + kernel.version());
            try {
                return start(kernel, spec, cache);
            } catch (GuestFailure e) {
                if (attempt == BOOTS) {
                    throw e;
                }
                notes.println("lab: " + e.getMessage() + "; trying again");
            } finally {
                progress.done();
            }
        }
    }

    private static Guest start(Kernel kernel, GuestSpec spec, Cache cache) {
        Path directory = null;
        boolean started = false;
        try {
            directory = Files.createTempDirectory("killswitch-lab");
            Path initramfs = directory.resolve("initramfs");
            writeInitramfs(initramfs, kernel, spec, cache);
            Optional<Path> layer = spec.disk().map(Disk::layer);
            Guest guest = new Guest(
                    directory,
                    command(directory, initramfs, kernel, spec, layer),
                    spec.timeout(),
                    layer.isPresent() ? POWER_OFF_FROM_DISK : POWER_OFF);
            try {
                guest.connect(bootLimit(spec));
                guest.check(spec.countsInstructions() ? FIRST_ANSWER.multipliedBy(4) : FIRST_ANSWER);
                spec.disk().ifPresent(disk -> disk.keep(layer.orElseThrow()));
                Files.delete(initramfs); // QEMU has read it
                started = true;
                return guest;
            } finally {
                if (!started) {
                    guest.kill();
                }
            }
        } catch (IOException e) {
            throw new LabException("a guest cannot be started: " + e.getMessage(), e);
        } finally {
            if (!started && directory != null) {
                Cache.deleteQuietly(directory);
            }
        }
    }

    private static Duration bootLimit(GuestSpec spec) {
        if (spec.countsInstructions()) {
            return BOOT_COUNTING;
        }
        return spec.disk().isPresent() ? BOOT_FROM_DISK : BOOT;
    }

    private static void writeInitramfs(Path file, Kernel kernel, GuestSpec spec, Cache cache) throws IOException {
        List<String> modules = new ArrayList<>(List.of("virtio_pci", "virtio_console"));
        if (spec.disk().isPresent()) {
            modules.addAll(new KernelModules(cache, kernel).present(List.of("virtio_blk", "ext4", "crc32c_generic")));
        }
        modules.addAll(spec.available());
        try (Initramfs fs = new Initramfs(file)) {
            fs.file("bin/busybox", busybox(kernel.release().architecture(), cache));
            fs.text("init", 0755, resource("init"));
            fs.text("agent", 0644, resource("agent"));
            fs.text("etc/passwd", 0644, "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/tmp:/bin/sh\n");
            fs.text("etc/group", 0644, "root:x:0:\nnogroup:x:65534:\n");
            fs.link("sbin/modprobe", "/bin/busybox");
            fs.tree("", new KernelModules(cache, kernel).pick(modules));
            String root = "";
            if (spec.disk().isPresent()) {
                fs.text("boot-disk", 0644, resource("boot-disk"));
                root = "files/";
                fs.directory("files");
            }
            for (var entry : spec.files().entrySet()) {
                String path = root + entry.getKey().replaceFirst("^/+", "");
                if (Files.isDirectory(entry.getValue())) {
                    fs.tree(path, entry.getValue());
                } else {
                    fs.file(path, entry.getValue());
                }
            }
        }
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Guest.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its resource \"" + name + "\"");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Path busybox(Architecture architecture, Cache cache) {
        if (!architecture.isHost()) {
            return Packages.unpacked(cache, Progress.none(), architecture, "bookworm", List.of("busybox-static"))
                    .resolve("bin/busybox");
        }
        return Commands.find("busybox")
                .orElseThrow(() -> new LabException("no busybox on this machine: install busybox-static"));
    }

    private static List<String> command(
            Path directory, Path initramfs, Kernel kernel, GuestSpec spec, Optional<Path> disk) {
        Emulator emulator = Emulator.of(kernel.release().architecture());
        String append = "console=" + emulator.console() + " panic=-1 rdinit=/init loglevel=5 "
                // the console is the kernel's
                + disk.map(d -> "systemd.show_status=0 systemd.mask=serial-getty@" + emulator.console() + ".service ")
                        .orElse("")
                + String.join(" ", spec.append());
        List<String> command = new ArrayList<>(List.of(emulator.path().toString()));
        command.addAll(emulator.machine());
        command.addAll(List.of(
                // Emulated cross-modifying code is only safe while one host thread runs all CPUs of the guest.
                "-accel",
                "tcg,thread=single",
                "-nodefaults",
                "-no-user-config",
                "-smp",
                Integer.toString(spec.cpus()),
                "-m",
                Integer.toString(spec.memory()),
                "-display",
                "none",
                "-no-reboot",
                "-serial",
                "stdio",
                "-kernel",
                kernel.image().toString(),
                "-initrd",
                initramfs.toString(),
                "-append",
                append.strip(),
                "-device",
                "virtio-serial-pci"));
        if (spec.countsInstructions()) {
            command.addAll(List.of("-icount", "shift=0,sleep=off"));
        }
        disk.ifPresent(file -> command.addAll(List.of(
                "-drive",
                "if=none,id=disk,format=qcow2,cache=unsafe,file=" + file,
                "-device",
                "virtio-blk-pci,drive=disk")));
        for (String channel : CHANNELS) {
            command.addAll(List.of(
                    "-chardev", "socket,id=" + channel + ",server=on,wait=on,path=" + directory.resolve(channel),
                    "-device", "virtserialport,chardev=" + channel + ",name=" + channel));
        }
        return command;
    }

    private Guest(Path directory, List<String> command, Duration timeout, Duration powerOff) throws IOException {
        this.directory = directory;
        this.timeout = timeout;
        this.powerOff = powerOff;
        qemu = new ProcessBuilder(command).redirectErrorStream(true).start();
        watchdog = watch(qemu, directory);
        killer = new Thread(() -> {
            watchdog.destroyForcibly();
            qemu.destroyForcibly();
            Cache.deleteQuietly(directory);
        });
        Runtime.getRuntime().addShutdownHook(killer);
        consoleReader = Thread.ofPlatform().daemon().start(this::readConsole);
    }

    /**
     * Ends the machine when this program dies in a way that runs no shutdown hook: its end of the pipe closes then,
     * whatever killed it.
     */
    private static Process watch(Process qemu, Path directory) throws IOException {
        try {
            return new ProcessBuilder(
                            "/bin/sh",
                            "-c",
                            "read -r never; kill -9 \"$1\"; rm -rf \"$2\"",
                            "killswitch-lab-watchdog",
                            Long.toString(qemu.pid()),
                            directory.toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            qemu.destroyForcibly();
            throw e;
        }
    }

    private void readConsole() {
        try (var reader = new BufferedReader(new InputStreamReader(qemu.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                console.line(line);
            }
        } catch (IOException e) {
            // QEMU was ended: there is no more to read
        }
    }

    private void connect(Duration limit) throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        for (String channel : CHANNELS) {
            sockets.add(connect(UnixDomainSocketAddress.of(directory.resolve(channel)), end));
        }
        String ready;
        try {
            ready = CompletableFuture.supplyAsync(this::readControlLine, THREADS)
                    .get(limit.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw console.failure(GuestFailure.Kind.NO_BOOT, "nothing heard from it in " + limit.toSeconds() + " s");
        } catch (ExecutionException e) {
            throw noBoot();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        if (!ready.equals("ready") || console.failure().isPresent()) {
            throw noBoot();
        }
    }

    /**
     * Runs a command that does nothing. Of some hundred guests on a busy machine a few came up with a port that passed
     * nothing on, ever (QEMU 7.2 and kernel 6.1; the cause was not found): they show it here.
     */
    private void check(Duration limit) {
        try {
            run("true", OutputStream.nullOutputStream(), OutputStream.nullOutputStream(), limit);
        } catch (GuestFailure e) {
            throw console.failure(GuestFailure.Kind.NO_BOOT, e.getMessage());
        }
    }

    private GuestFailure noBoot() {
        listenOn(Duration.ofSeconds(1));
        String why = console.failure().map(Throwable::getMessage).orElse("it ended before it took commands");
        return console.failure(GuestFailure.Kind.NO_BOOT, why);
    }

    private SocketChannel connect(UnixDomainSocketAddress address, long end) throws IOException {
        while (true) {
            SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                socket.connect(address);
                return socket;
            } catch (IOException e) {
                socket.close();
                if (!qemu.isAlive() || System.nanoTime() > end) {
                    throw noBoot();
                }
                listenOn(Duration.ofMillis(10));
            }
        }
    }

    /** Runs a shell script; its output and errors as one text. */
    public Output run(String script) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int status = run("exec 2>&1\n" + script, all, OutputStream.nullOutputStream());
        return new Output(status, all.toString(StandardCharsets.UTF_8));
    }

    /**
     * Runs a shell script, passing on what it prints as it comes.
     *
     * @return the script's exit status
     * @throws GuestFailure if the guest's kernel got into trouble, or the time limit was exceeded
     */
    public int run(String script, OutputStream output, OutputStream errors) {
        return run(script, output, errors, timeout);
    }

    private int run(String script, OutputStream output, OutputStream errors, Duration limit) {
        byte[] mark = newMark();
        var out = CompletableFuture.runAsync(() -> copyUntil(mark, sockets.get(1), output), THREADS);
        var err = CompletableFuture.runAsync(() -> copyUntil(mark, sockets.get(2), errors), THREADS);
        var status = CompletableFuture.supplyAsync(
                () -> {
                    sendControl(text(mark) + " "
                            + Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.UTF_8)) + "\n");
                    return readControlLine();
                },
                THREADS);
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            try {
                CompletableFuture.allOf(out, err, status).get(100, TimeUnit.MILLISECONDS);
                throwIfInTrouble();
                return Integer.parseInt(status.join());
            } catch (TimeoutException e) {
                throwIfInTrouble();
                if (System.nanoTime() > end) {
                    kill();
                    throw console.failure(
                            GuestFailure.Kind.HANG, "a command took longer than " + limit.toSeconds() + " s");
                }
            } catch (ExecutionException | NumberFormatException e) {
                listenOn(Duration.ofSeconds(1));
                throw trouble()
                        .orElseGet(
                                () -> console.failure(GuestFailure.Kind.GONE, "it ended while a command was running"));
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }
    }

    private byte[] newMark() {
        byte[] nonce = new byte[16];
        random.nextBytes(nonce);
        return HexFormat.of().formatHex(nonce).getBytes(StandardCharsets.US_ASCII);
    }

    private static String text(byte[] mark) {
        return new String(mark, StandardCharsets.US_ASCII);
    }

    private void throwIfInTrouble() {
        Optional<GuestFailure> trouble = trouble();
        if (trouble.isPresent()) {
            throw trouble.get();
        }
    }

    /** The trouble that the console tells of, with the rest of what it has to say; such a guest is ended. */
    private Optional<GuestFailure> trouble() {
        if (console.failure().isEmpty()) {
            return Optional.empty();
        }
        if (powered) {
            listenOn(LAST_WORDS);
            kill();
        }
        return console.failure();
    }

    private static void copyUntil(byte[] mark, SocketChannel from, OutputStream to) {
        try {
            copyUntil(mark, Channels.newInputStream(from), to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Copies up to the mark. What a job left in the background printed after it, and came with it, is copied too: the
     * mark need not be the last that is read.
     */
    static void copyUntil(byte[] mark, InputStream in, OutputStream to) throws IOException {
        byte[] buffer = new byte[1 << 16];
        int held = 0; // bytes at the buffer's start that may be the beginning of the mark
        while (true) {
            int n = in.read(buffer, held, buffer.length - held);
            if (n < 0) {
                throw new IOException("the guest closed its end");
            }
            int length = held + n;
            int at = indexOf(buffer, length, mark);
            if (at >= 0) {
                to.write(buffer, 0, at);
                to.write(buffer, at + mark.length, length - at - mark.length);
                to.flush();
                return;
            }
            held = Math.min(length, mark.length - 1);
            to.write(buffer, 0, length - held);
            to.flush();
            System.arraycopy(buffer, length - held, buffer, 0, held);
        }
    }

    private static int indexOf(byte[] buffer, int length, byte[] mark) {
        for (int at = 0; at <= length - mark.length; at++) {
            if (Arrays.equals(buffer, at, at + mark.length, mark, 0, mark.length)) {
                return at;
            }
        }
        return -1;
    }

    private void sendControl(String line) {
        try {
            Channels.newOutputStream(sockets.getFirst()).write(line.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String readControlLine() {
        try {
            InputStream in = Channels.newInputStream(sockets.getFirst());
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IOException("the guest closed its end");
                }
                line.append((char) c);
            }
            return line.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void listenOn(Duration time) {
        try {
            consoleReader.join(time);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static LabException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new LabException("interrupted while waiting for a guest", e);
    }

    private void kill() {
        powered = false;
        watchdog.destroyForcibly();
        qemu.destroyForcibly();
        for (SocketChannel socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                // the other end is gone anyway
            }
        }
        Cache.deleteQuietly(directory);
        Commands.removeHook(killer);
    }

    /** Ends the guest as when its power is cut: what is not on its disk is lost. */
    public void cutPower() {
        kill();
    }

    /** What its kernel found, with the console's last lines. */
    GuestFailure failure(String found) {
        return console.failure(GuestFailure.Kind.WARNING, found);
    }

    /**
     * Powers the guest off.
     *
     * @throws GuestFailure if its kernel had got into trouble
     */
    @Override
    public void close() {
        if (!powered) {
            return;
        }
        try {
            sendControl("poweroff\n");
            if (!qemu.waitFor(powerOff.toMillis(), TimeUnit.MILLISECONDS)) {
                throw console.failure()
                        .orElseGet(() -> console.failure(
                                GuestFailure.Kind.HANG, "it did not power off in " + powerOff.toSeconds() + " s"));
            }
            consoleReader.join();
            if (console.failure().isPresent()) {
                throw console.failure().get();
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        } catch (UncheckedIOException e) {
            throw console.failure(GuestFailure.Kind.GONE, "it ended by itself");
        } finally {
            kill();
        }
    }
}
