// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.killswitch.lab.qemu.Accelerator;
import org.killswitch.lab.qemu.Disk;

/**
 * What a guest is to be.
 *
 * @param append words added to the kernel's command line
 * @param cpus how many CPUs it has
 * @param model QEMU's name of their model, where it is not the usual one
 * @param memory in MiB
 * @param available the kernel's own modules that modprobe finds in the guest, dependencies aside
 * @param files host files and folders by their path in the guest
 * @param disk what to boot a whole system from, if it has one; without it, the guest is busybox and what is put into it
 * @param timeout how long one command may take
 * @param ssh the port of this machine's loopback that leads to port 22 of the guest
 * @param reached the port of this machine's loopback that the guest reaches, at 10.0.2.100
 * @param countsInstructions whether a nanosecond of the guest's time is one instruction of its CPUs
 * @param overHost what runs first on this machine's root file system, below a layer that goes when it ends; empty if the
 *     guest has a root file system of its own
 * @param accelerator what runs its CPUs
 */
public record GuestSpec(
        List<String> append,
        int cpus,
        Optional<String> model,
        int memory,
        List<String> available,
        Map<String, Path> files,
        Optional<Disk> disk,
        Duration timeout,
        Optional<Integer> ssh,
        Optional<Integer> reached,
        boolean countsInstructions,
        Optional<Init> overHost,
        Accelerator accelerator) {

    /** The first process on this machine's files. */
    public enum Init {
        /** A shell that runs the commands. */
        SHELL,
        /** This machine's systemd, by which commands can start services; a shell where it has none. */
        SYSTEMD
    }

    public GuestSpec {
        append = List.copyOf(append);
        available = List.copyOf(available);
        files = Collections.unmodifiableMap(new LinkedHashMap<>(files)); // in the order given: the first of a path wins
    }

    /** Two CPUs, 1 GiB, ten minutes a command, nothing but busybox in it. */
    public static GuestSpec standard() {
        return new GuestSpec(
                List.of(),
                2,
                Optional.empty(),
                1024,
                List.of(),
                Map.of(),
                Optional.empty(),
                Duration.ofMinutes(10),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                Accelerator.TCG);
    }

    /** A copy in which some of it may be changed. */
    private static final class Draft {
        private List<String> append;
        private int cpus;
        private Optional<String> model;
        private int memory;
        private List<String> available;
        private Map<String, Path> files;
        private Optional<Disk> disk;
        private Duration timeout;
        private Optional<Integer> ssh;
        private Optional<Integer> reached;
        private boolean countsInstructions;
        private Optional<Init> overHost;
        private Accelerator accelerator;

        Draft(GuestSpec spec) {
            append = spec.append;
            cpus = spec.cpus;
            model = spec.model;
            memory = spec.memory;
            available = spec.available;
            files = spec.files;
            disk = spec.disk;
            timeout = spec.timeout;
            ssh = spec.ssh;
            reached = spec.reached;
            countsInstructions = spec.countsInstructions;
            overHost = spec.overHost;
            accelerator = spec.accelerator;
        }

        GuestSpec spec() {
            return new GuestSpec(
                    append,
                    cpus,
                    model,
                    memory,
                    available,
                    files,
                    disk,
                    timeout,
                    ssh,
                    reached,
                    countsInstructions,
                    overHost,
                    accelerator);
        }
    }

    private GuestSpec with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.spec();
    }

    public GuestSpec withAppend(List<String> words) {
        List<String> all = new ArrayList<>(append);
        all.addAll(words);
        return with(d -> d.append = all);
    }

    public GuestSpec withMachine(int newCpus, int newMemory) {
        return with(d -> {
            d.cpus = newCpus;
            d.memory = newMemory;
        });
    }

    /** Emulates processors of another model, as qemu-system-x86_64 -cpu help lists them. */
    public GuestSpec withModel(String newModel) {
        return with(d -> d.model = Optional.of(newModel));
    }

    public GuestSpec withAvailable(List<String> modules) {
        List<String> all = new ArrayList<>(available);
        all.addAll(modules);
        return with(d -> d.available = all);
    }

    public GuestSpec withFile(String guestPath, Path file) {
        Map<String, Path> all = new LinkedHashMap<>(files);
        all.put(guestPath, file);
        return with(d -> d.files = all);
    }

    /** Shared libraries of one folder, where a guest's programs look for them. */
    public GuestSpec withLibraries(Path folder, List<String> names) {
        GuestSpec all = this;
        for (String name : names) {
            all = all.withFile("/lib/" + name, folder.resolve(name));
        }
        return all;
    }

    public GuestSpec withTimeout(Duration newTimeout) {
        return with(d -> d.timeout = newTimeout);
    }

    /** Boots the system on a disk, whose systemd runs the commands; it needs some memory. Another disk is only there. */
    public GuestSpec withDisk(Disk newDisk) {
        return with(d -> d.disk = Optional.of(newDisk));
    }

    /** Whether it boots a whole system. */
    public boolean isSystem() {
        return disk.filter(Disk::isSystem).isPresent();
    }

    /** Gives it a network of its own: 10.0.2.15 is reached through a port of this machine's loopback, and only its port 22. */
    public GuestSpec withSsh(int port) {
        return with(d -> d.ssh = Optional.of(port));
    }

    /**
     * Gives it a network of its own, from which it reaches one port of this machine's loopback, as the same port of 10.0.2.100,
     * and nothing else. It has to make itself an address there, such as 10.0.2.15/24.
     */
    public GuestSpec withReached(int port) {
        return with(d -> d.reached = Optional.of(port));
    }

    /** Whether it has a network. */
    public boolean hasNetwork() {
        return ssh.isPresent() || reached.isPresent();
    }

    /**
     * Makes the guest's clock count instructions: each takes one nanosecond, of whichever CPU, and time in which none
     * has anything to do is skipped. So what the guest measures is the same in every run, however busy this machine is;
     * and between two commands any amount of time may pass.
     */
    public GuestSpec withInstructionCount() {
        return with(d -> d.countsInstructions = true);
    }

    /**
     * Runs the programs of this machine, whose root file system it reads with the permissions of the user who starts it.
     * What it writes goes when it ends.
     */
    public GuestSpec withHostsFiles(Init init) {
        return with(d -> d.overHost = Optional.of(init));
    }

    /** Has its CPUs run by the host's, or emulated. */
    public GuestSpec withAccelerator(Accelerator newAccelerator) {
        return with(d -> d.accelerator = newAccelerator);
    }
}
