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
import org.killswitch.lab.Commands;
import org.killswitch.lab.GuestFailure;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.GuestTools;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.LabException;
import org.killswitch.lab.Scratch;
import org.killswitch.lab.image.GuestImage;

/** QEMU's process, which ends with this program whatever ends that, and what the guest's console says. */
public final class Qemu {
    /** With the terminating zero: UNIX_PATH_MAX. */
    private static final int SOCKET_PATH_MAX = 108;

    private final Scratch scratch;
    private final Process qemu;
    private final Process watchdog;
    private final Thread killer;
    private final ConsoleWatch console = new ConsoleWatch();
    private final Thread consoleReader;

    /**
     * Starts it.
     *
     * @param scratch for the sockets of {@link AgentChannel}; it is closed in the end
     * @param disk what to boot from, if not from the initial file system alone
     */
    public static Qemu start(Scratch scratch, Path initramfs, Kernel kernel, GuestSpec spec, Optional<Path> disk)
            throws IOException {
        for (String channel : AgentChannel.NAMES) {
            requireShort(scratch.folder().resolve(channel));
        }
        return new Qemu(scratch, command(scratch.folder(), initramfs, kernel, spec, disk));
    }

    static void requireShort(Path socket) {
        if (socket.toString().getBytes(StandardCharsets.UTF_8).length >= SOCKET_PATH_MAX) {
            throw new LabException("sockets cannot be made in " + socket.getParent()
                    + ": its name is too long; set TMPDIR to a folder with a shorter one");
        }
    }

    private Qemu(Scratch scratch, List<String> command) throws IOException {
        this.scratch = scratch;
        qemu = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            watchdog = Watchdog.over(qemu.pid(), scratch.folder());
        } catch (IOException e) {
            qemu.destroyForcibly();
            throw e;
        }
        killer = new Thread(() -> {
            watchdog.destroyForcibly();
            qemu.destroyForcibly();
        });
        Runtime.getRuntime().addShutdownHook(killer);
        consoleReader = Thread.ofPlatform().daemon().start(this::readConsole);
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
        // Inside of another guest, only a kernel that says what it does can be told from one that hangs.
        String append = "console=" + emulator.console() + " panic=-1 rdinit=/init loglevel="
                + (spec.overHost().isPresent() ? 7 : 5) + " "
                // the console is the kernel's
                + (spec.isSystem()
                        ? "systemd.show_status=0 systemd.mask=serial-getty@" + emulator.console() + ".service "
                        : "")
                + String.join(" ", spec.append());
        List<String> command = new ArrayList<>(
                List.of(GuestTools.emulator(kernel.release().architecture()).toString()));
        command.addAll(emulator.machine());
        command.addAll(spec.accelerator().options());
        spec.model().or(kernel.release()::model).ifPresent(model -> command.addAll(List.of("-cpu", model)));
        command.addAll(List.of(
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
        if (spec.overHost().isPresent()) {
            // QEMU opens files as the user who has started it, who lends the guest no more than his own permissions.
            command.addAll(List.of(
                    "-fsdev",
                    "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap",
                    "-device",
                    "virtio-9p-pci,fsdev=host,mount_tag=" + GuestImage.HOST_TAG));
        }
        // Of a disk without a system it matters what a loss of power finds: it is slow, so that there is time between
        // writes.
        String speed = spec.isSystem() ? "" : "throttling.iops-total=30,";
        disk.ifPresent(file -> command.addAll(List.of(
                "-drive",
                "if=none,id=disk,format=qcow2,cache=unsafe," + speed + "file=" + escaped(file),
                "-device",
                "virtio-blk-pci,drive=disk")));
        if (spec.hasNetwork()) {
            command.addAll(List.of("-netdev", network(spec), "-device", "virtio-net-pci,netdev=net"));
        }
        for (String channel : AgentChannel.NAMES) {
            command.addAll(List.of(
                    "-chardev",
                            "socket,id=" + channel + ",server=on,wait=on,path=" + escaped(directory.resolve(channel)),
                    "-device", "virtserialport,chardev=" + channel + ",name=" + channel));
        }
        return command;
    }

    /** Of the machine's own networks, the guest reaches none. */
    private static String network(GuestSpec spec) {
        StringBuilder options = new StringBuilder("user,id=net,restrict=on");
        spec.ssh().ifPresent(port -> options.append(",hostfwd=tcp:127.0.0.1:%d-10.0.2.15:22".formatted(port)));
        // a process for each connection: QEMU's own way has one for all
        spec.reached()
                .ifPresent(port -> options.append(",guestfwd=tcp:10.0.2.100:%d-cmd:%s"
                        .formatted(port, escaped(GuestTools.busybox()) + " nc 127.0.0.1 " + port)));
        return options.toString();
    }

    /** A path in a list of options: QEMU takes two commas for one that ends no option. */
    private static String escaped(Path path) {
        return path.toString().replace(",", ",,");
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

    /**
     * Why the guest did not come up.
     *
     * @throws LabException if it is QEMU that refused
     */
    public GuestFailure noBoot() {
        boolean ended = waitFor(Duration.ofSeconds(1));
        Optional<GuestFailure> trouble = console.failure();
        if (trouble.isPresent()) {
            return console.noBoot(trouble.get());
        }
        if (ended && qemu.exitValue() != 0) {
            Optional<String> words = console.emulatorsWords();
            if (words.isPresent()) {
                throw new LabException(
                        "QEMU does not run the guest; it ended with status " + qemu.exitValue() + ": " + words.get());
            }
        }
        return console.failure(GuestFailure.Kind.NO_BOOT, "it ended before it took commands");
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
        scratch.close();
        Commands.removeHook(killer);
    }
}
