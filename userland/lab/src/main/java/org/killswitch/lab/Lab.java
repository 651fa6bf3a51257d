// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.killswitch.lab.debian.Apt;
import org.killswitch.lab.debian.DebianSystem;
import org.killswitch.lab.debian.KernelStore;
import org.killswitch.lab.debian.ModuleBuilder;
import org.killswitch.lab.debian.Packages;
import org.killswitch.lab.image.GuestImage;
import org.killswitch.lab.image.GuestLibraries;
import org.killswitch.lab.image.JavaProgram;
import org.killswitch.lab.image.KernelModules;
import org.killswitch.lab.qemu.Accelerator;
import org.killswitch.lab.qemu.Disk;
import org.killswitch.posix.Architecture;

/** The lab: stock kernels, modules built for them, and guests that run them. */
public final class Lab {
    private final Cache cache;
    private final Progress progress;
    private final PrintStream notes;

    private Lab(Cache cache, Progress progress, PrintStream notes) {
        this.cache = cache;
        this.progress = progress;
        this.notes = notes;
    }

    /**
     * A lab that keeps what it fetches and builds in ${XDG_CACHE_HOME:-~/.cache}/killswitch.
     *
     * @param progress told of what takes long
     * @param notes where to say what a user should know though nothing failed
     */
    public static Lab open(Progress progress, PrintStream notes) {
        return new Lab(Cache.standard(), progress, notes);
    }

    /** A lab that keeps nothing: what it makes goes with the folder. */
    public static Lab in(Path folder, Progress progress, PrintStream notes) {
        return new Lab(new Cache(Cache.usable(folder)), progress, notes);
    }

    /** The folders that all labs of this user keep things in. */
    public static List<Cache> caches() {
        Cache standard = Cache.standard();
        return Stream.of(standard, Apt.home(standard)).distinct().toList();
    }

    /** A series, and the kernel of it that is in the cache. */
    public record Listed(KernelRelease release, Optional<Kernel> cached) {}

    /** What can be had, and what is there already. */
    public List<Listed> kernels() {
        KernelStore store = store();
        return KernelRelease.ALL.stream()
                .map(r -> new Listed(r, store.cached(r)))
                .toList();
    }

    /**
     * The newest kernel of a series, fetched if need be.
     *
     * @throws LabException if it can be neither fetched nor found in the cache
     */
    public Kernel kernel(KernelRelease release) {
        return store().get(release);
    }

    /**
     * The folder with the modules built from a folder of sources with a Kbuild file.
     *
     * @throws LabException with the compiler's words if they do not build
     */
    public Path buildModules(Kernel kernel, Path source) {
        return new ModuleBuilder(cache, progress).build(kernel, source);
    }

    /**
     * Boots a guest.
     *
     * @throws GuestFailure if it does not get to its init
     */
    public Guest boot(Kernel kernel, GuestSpec spec) {
        return Guest.boot(kernel, spec, cache, progress, notes);
    }

    /** Writes the initial file system of a guest, for something else than QEMU to boot. */
    public void writeImage(Kernel kernel, GuestSpec spec, Path file) throws IOException {
        GuestImage.write(file, kernel, spec, cache);
    }

    /**
     * Boots a guest with KVM where that is offered and the guest comes up with it, else emulated.
     *
     * @throws GuestFailure if it does not get to its init
     */
    public Guest bootAccelerated(Kernel kernel, GuestSpec spec) {
        if (!Accelerator.KVM.isOffered()) {
            return boot(kernel, spec);
        }
        try {
            return boot(kernel, spec.withAccelerator(Accelerator.KVM));
        } catch (LabException e) {
            Guest emulated = boot(kernel, spec);
            notes.println("lab: KVM is offered and does not work; the guest is emulated");
            return emulated;
        }
    }

    /** The file of one of a kernel's modules, not compressed; empty if it has none of that name. */
    public Optional<Path> moduleFile(Kernel kernel, String name) {
        return new KernelModules(cache, kernel).file(name);
    }

    /**
     * Boots a system on a disk that is not to come up, and cuts its power.
     *
     * @param sign what its console says when it has got to what keeps it from coming up
     * @param time to wait from then on
     * @throws LabException if it does come up
     */
    public void bootInVain(Kernel kernel, GuestSpec spec, String sign, Duration time) {
        Guest.bootInVain(kernel, spec, cache, sign, time);
    }

    /** Those of the named modules that a kernel has, whether as files or built in. */
    public List<String> present(Kernel kernel, List<String> modules) {
        return new KernelModules(cache, kernel).present(modules);
    }

    /**
     * Debian packages with all that they depend on, unpacked and not installed.
     *
     * @return the folder that they are in, laid out like a root file system
     */
    public Path packages(Architecture architecture, String suite, List<String> names) {
        return Packages.unpacked(cache, progress, architecture, suite, names);
    }

    /**
     * A guest with a Java program in it that has a runtime of its own; its memory is raised to what Java wants.
     *
     * @param guestPath where the program is to be in the guest
     * @param image the program's folder, with bin/, lib/ and runtime/
     */
    public GuestSpec withJavaProgram(GuestSpec spec, Kernel kernel, String guestPath, Path image) {
        return JavaProgram.add(spec, cache, progress, kernel.release().architecture(), guestPath, image);
    }

    /** A guest in which the command finds libbpf and libcapstone; without those that this machine has not itself. */
    public GuestSpec withCommandsLibraries(GuestSpec spec, Kernel kernel) {
        return GuestLibraries.add(spec, cache, progress, kernel.release().architecture());
    }

    /**
     * A disk with Debian 12 on it, or with 13 if one of the kernels is of that: systemd, the modules of the kernels, and
     * packages of that release or its backports with all that they depend on. What it is made from is in the cache; the
     * disk is the caller's to close.
     */
    public Disk debian(List<Kernel> kernels, List<String> packages) {
        return Disk.over(DebianSystem.image(cache, progress, kernels, packages));
    }

    /** What is on such a disk, as a folder in the cache, to be read only. */
    public Path debianTree(List<Kernel> kernels, List<String> packages) {
        return DebianSystem.tree(cache, progress, kernels, packages);
    }

    private KernelStore store() {
        return new KernelStore(cache, progress, notes);
    }
}
