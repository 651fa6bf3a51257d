// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.qemu;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.killswitch.lab.Cache;
import org.killswitch.lab.Commands;
import org.killswitch.lab.GuestFailure;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.LabException;

/** QEMU's process, which ends with this program whatever ends that, and what the guest's console says. */
public final class Qemu {
    private final Path directory;
    private final Process qemu;
    private final Process watchdog;
    private final Thread killer;
    private final ConsoleWatch console = new ConsoleWatch();
    private final Thread consoleReader;

    /**
     * Starts it.
     *
     * @param directory for the sockets of {@link AgentChannel}; it is deleted in the end
     * @param disk what to boot from, if not from the initial file system alone
     */
    public static Qemu start(Path directory, Path initramfs, Kernel kernel, GuestSpec spec, Optional<Path> disk)
            throws IOException {
        return new Qemu(directory, command(directory, initramfs, kernel, spec, disk));
    }

    private Qemu(Path directory, List<String> command) throws IOException {
        this.directory = directory;
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
        for (String channel : AgentChannel.NAMES) {
            command.addAll(List.of(
                    "-chardev", "socket,id=" + channel + ",server=on,wait=on,path=" + directory.resolve(channel),
                    "-device", "virtserialport,chardev=" + channel + ",name=" + channel));
        }
        return command;
    }

    /** What the guest's console has said so far. */
    public ConsoleWatch console() {
        return console;
    }

    boolean isAlive() {
        return qemu.isAlive();
    }

    /** Waits for the end of QEMU, and of what the console says. */
    public boolean waitFor(Duration limit) {
        try {
            boolean ended = qemu.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (ended) {
                consoleReader.join();
            }
            return ended;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Why the guest did not come up. */
    public GuestFailure noBoot() {
        listenOn(Duration.ofSeconds(1));
        String why = console.failure().map(Throwable::getMessage).orElse("it ended before it took commands");
        return console.failure(GuestFailure.Kind.NO_BOOT, why);
    }

    /** Reads on, for a while or until QEMU ends. */
    public void listenOn(Duration time) {
        try {
            consoleReader.join(time);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** For whoever waits for a guest. */
    public static LabException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new LabException("interrupted while waiting for a guest", e);
    }

    /** Ends the machine as when its power is cut. */
    public void kill() {
        watchdog.destroyForcibly();
        qemu.destroyForcibly();
        Cache.deleteQuietly(directory);
        Commands.removeHook(killer);
    }
}
