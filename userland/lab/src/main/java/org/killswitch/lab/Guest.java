// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.killswitch.lab.image.GuestImage;
import org.killswitch.lab.qemu.Accelerator;
import org.killswitch.lab.qemu.AgentChannel;
import org.killswitch.lab.qemu.ConsoleWatch;
import org.killswitch.lab.qemu.Disk;
import org.killswitch.lab.qemu.Qemu;

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
    /** With the files of a host that may itself be a guest: then it is emulated in an emulation. */
    private static final Duration BOOT_OVER_HOST = Duration.ofMinutes(5);

    /** Such a guest is slower, and its CPUs are never idle. */
    private static final Duration BOOT_COUNTING = Duration.ofMinutes(5);

    /** With the host's CPUs; where KVM is offered and does not work, that is found out within this time. */
    private static final Duration BOOT_WITH_KVM = Duration.ofSeconds(10);

    /** How many of these times a boot may take whose kernel goes on saying something. */
    private static final int LONGEST_BOOT = 5;

    private static final Duration POWER_OFF = Duration.ofSeconds(20);
    private static final Duration POWER_OFF_FROM_DISK = Duration.ofMinutes(2);
    /** How long to listen for the rest of what a kernel in trouble says. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(3);
    /** How long a command that does nothing may take in a guest that has just come up. */
    private static final Duration FIRST_ANSWER = Duration.ofSeconds(15);

    private final Qemu qemu;
    private final AgentChannel agent;
    private final ConsoleWatch console;
    private final Accelerator accelerator;
    private final Duration timeout;
    private final Duration powerOff;
    private boolean powered = true;

    private Guest(Qemu qemu, AgentChannel agent, GuestSpec spec) {
        this.qemu = qemu;
        this.agent = agent;
        this.console = qemu.console();
        accelerator = spec.accelerator();
        timeout = spec.timeout();
        powerOff = spec.isSystem() ? POWER_OFF_FROM_DISK : POWER_OFF;
    }

    /**
     * Boots a guest and waits until it takes commands.
     *
     * @throws GuestFailure if it does not get there, after a few tries
     * @throws LabException if QEMU refuses to run it
     */
    static Guest boot(Kernel kernel, GuestSpec spec, Cache cache, Progress progress, PrintStream notes) {
        Boots boots = new Boots();
        while (true) {
            progress.step("booting " + kernel.version());
            try {
                return start(kernel, spec, cache);
            } catch (GuestFailure e) {
                if (spec.accelerator() != Accelerator.TCG || !boots.again(e)) {
                    throw e;
                }
                notes.println("lab: " + e.getMessage() + "; trying again");
            } finally {
                progress.done();
            }
        }
    }

    /**
     * Boots a system on a disk that is not to get as far as taking commands, and cuts its power; the disk keeps what was
     * written.
     *
     * @param sign what its console says when it has got to what keeps it from coming up
     * @param time to wait from then on
     * @throws LabException if it does come up, or the sign does not appear
     */
    static void bootInVain(Kernel kernel, GuestSpec spec, Cache cache, String sign, Duration time) {
        Disk disk = spec.disk().orElseThrow();
        try (Scratch scratch = Scratch.temporary("killswitch-lab")) {
            Path initramfs = scratch.folder().resolve("initramfs");
            GuestImage.write(initramfs, kernel, spec, cache);
            Path layer = disk.layer();
            Qemu qemu = Qemu.start(scratch, initramfs, kernel, spec, Optional.of(layer));
            try (AgentChannel agent = AgentChannel.connect(scratch.folder(), qemu, BOOT_FROM_DISK)) {
                awaitSign(qemu, sign);
                agent.greeting().get(time.toSeconds(), TimeUnit.SECONDS);
                throw new LabException("the guest came up, which it was not to");
            } catch (TimeoutException e) {
                disk.keep(layer);
            } catch (ExecutionException e) {
                throw qemu.noBoot();
            } finally {
                qemu.kill();
            }
        } catch (IOException e) {
            throw new LabException("a guest cannot be started: " + LabException.why(e), e);
        } catch (InterruptedException e) {
            throw Qemu.interrupted(e);
        }
    }

    private static void awaitSign(Qemu qemu, String sign) {
        long end = System.nanoTime() + BOOT_FROM_DISK.toNanos();
        while (!qemu.console().said(sign)) {
            if (System.nanoTime() > end) {
                throw qemu.console().failure(GuestFailure.Kind.NO_BOOT, "its console does not say: " + sign);
            }
            qemu.listenOn(Duration.ofSeconds(1));
        }
    }

    private static Guest start(Kernel kernel, GuestSpec spec, Cache cache) {
        Scratch scratch = null;
        Qemu qemu = null;
        boolean started = false;
        try {
            scratch = Scratch.temporary("killswitch-lab");
            Path initramfs = scratch.folder().resolve("initramfs");
            GuestImage.write(initramfs, kernel, spec, cache);
            Optional<Path> layer = spec.disk().map(Disk::layer);
            qemu = Qemu.start(scratch, initramfs, kernel, spec, layer);
            AgentChannel agent = AgentChannel.connect(scratch.folder(), qemu, bootLimit(spec));
            Guest guest = new Guest(qemu, agent, spec);
            try {
                guest.awaitReady(bootLimit(spec));
                guest.check(
                        spec.countsInstructions() || spec.overHost().isPresent()
                                ? FIRST_ANSWER.multipliedBy(4)
                                : FIRST_ANSWER);
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
            throw new LabException("a guest cannot be started: " + LabException.why(e), e);
        } finally {
            if (!started && qemu != null) {
                qemu.kill();
            }
            if (!started && scratch != null) {
                scratch.close();
            }
        }
    }

    private static Duration bootLimit(GuestSpec spec) {
        if (spec.accelerator() == Accelerator.KVM) {
            return BOOT_WITH_KVM;
        }
        if (spec.countsInstructions()) {
            return BOOT_COUNTING;
        }
        if (spec.overHost().isPresent()) {
            return BOOT_OVER_HOST;
        }
        return spec.isSystem() ? BOOT_FROM_DISK : BOOT;
    }

    /** Waits for as long as its kernel goes on with something: a guest inside of a guest takes ten times as long. */
    private void awaitReady(Duration limit) {
        long start = System.nanoTime();
        Duration left = limit;
        while (true) {
            try {
                String greeting = agent.greeting().get(left.toMillis(), TimeUnit.MILLISECONDS);
                if (!greeting.equals("ready") || console.failure().isPresent()) {
                    throw qemu.noBoot();
                }
                return;
            } catch (TimeoutException e) {
                Duration passed = Duration.ofNanos(System.nanoTime() - start);
                left = limit.minus(console.silence());
                if (!left.isPositive() || passed.compareTo(limit.multipliedBy(LONGEST_BOOT)) > 0) {
                    throw console.failure(
                            GuestFailure.Kind.NO_BOOT, "nothing heard from it in " + passed.toSeconds() + " s");
                }
            } catch (ExecutionException e) {
                throw qemu.noBoot();
            } catch (InterruptedException e) {
                throw Qemu.interrupted(e);
            }
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
            throw console.noBoot(e);
        }
    }

    /** Runs a shell script; its output and errors as one text. */
    public Output run(String script) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int status = run("exec 2>&1\n" + script, all, OutputStream.nullOutputStream());
        return new Output(status, all.toString(StandardCharsets.UTF_8));
    }

    /**
     * Runs a shell script that has to succeed.
     *
     * @return its output and errors as one text
     * @throws LabException if it fails
     */
    public String require(String script) {
        Output all = run(script);
        if (all.status() != 0) {
            throw new LabException(
                    "in the guest: " + script + ": " + all.output().strip());
        }
        return all.output();
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
        CompletableFuture<Integer> status = agent.run(script, output, errors);
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            try {
                int exit = status.get(100, TimeUnit.MILLISECONDS);
                throwIfInTrouble();
                return exit;
            } catch (TimeoutException e) {
                throwIfInTrouble();
                if (System.nanoTime() > end) {
                    kill();
                    throw console.failure(
                            GuestFailure.Kind.HANG, "a command took longer than " + limit.toSeconds() + " s");
                }
            } catch (ExecutionException e) {
                qemu.listenOn(Duration.ofSeconds(1));
                throw trouble()
                        .orElseGet(
                                () -> console.failure(GuestFailure.Kind.GONE, "it ended while a command was running"));
            } catch (InterruptedException e) {
                throw Qemu.interrupted(e);
            }
        }
    }

    private void throwIfInTrouble() {
        Optional<GuestFailure> trouble = trouble();
        if (trouble.isPresent()) {
            throw trouble.get();
        }
    }

    /** The trouble that the console reports, with its last lines; such a guest is ended. */
    private Optional<GuestFailure> trouble() {
        if (console.failure().isEmpty()) {
            return Optional.empty();
        }
        if (powered) {
            qemu.listenOn(LAST_WORDS);
            kill();
        }
        return console.failure();
    }

    private void kill() {
        powered = false;
        qemu.kill();
        agent.close();
    }

    /** What runs its CPUs. */
    public Accelerator accelerator() {
        return accelerator;
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
            agent.powerOff();
            if (!qemu.waitFor(powerOff)) {
                throw console.failure()
                        .orElseGet(() -> console.failure(
                                GuestFailure.Kind.HANG, "it did not power off in " + powerOff.toSeconds() + " s"));
            }
            if (console.failure().isPresent()) {
                throw console.failure().get();
            }
        } catch (UncheckedIOException e) {
            throw console.failure(GuestFailure.Kind.GONE, "it ended by itself");
        } finally {
            kill();
        }
    }
}
