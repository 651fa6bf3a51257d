// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.debian;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.killswitch.lab.Cache;
import org.killswitch.lab.Commands;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.KernelRelease;
import org.killswitch.lab.LabException;
import org.killswitch.lab.Progress;
import org.killswitch.posix.Architecture;

/** Kernels with their headers, fetched from Debian's archive or built from its sources, and kept in the cache. */
public final class KernelStore {
    /** How long an answer of the archive about the newest version is good for. */
    private static final Duration FRESH = Duration.ofDays(1);

    private final Cache cache;
    private final Progress progress;
    private final PrintStream notes;

    public KernelStore(Cache cache, Progress progress, PrintStream notes) {
        this.cache = cache;
        this.progress = progress;
        this.notes = notes;
    }

    /** The kernel of that series as it was last fetched, if it was. */
    public Optional<Kernel> cached(KernelRelease release) {
        Path file = resolution(release);
        if (!Files.isReadable(file) || !isCompilerHere(release)) {
            return Optional.empty();
        }
        Properties p = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            p.load(in);
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty(); // it is damaged, and so asked for again
        }
        Kernel kernel = kernel(release, p.getProperty("package", ""), p.getProperty("version", ""));
        return Files.isRegularFile(kernel.image()) ? Optional.of(kernel) : Optional.empty();
    }

    /** What was built is found again by its compiler, among other things; of stock kernels nobody asks for theirs here. */
    private static boolean isCompilerHere(KernelRelease release) {
        return !(release.origin() instanceof KernelRelease.Built recipe)
                || Commands.find(recipe.compiler()).isPresent();
    }

    /** The newest kernel of that series, fetched if need be. */
    public Kernel get(KernelRelease release) {
        return cache.locked("kernel-" + release.name(), () -> {
            Optional<Kernel> cached = cached(release);
            if (cached.isPresent() && isFresh(release)) {
                Cache.used(cached.get().root());
                return cached.get();
            }
            try {
                return fetch(release);
            } catch (LabException e) {
                if (cached.isEmpty()) {
                    throw e;
                }
                notes.println("lab: using the cached kernel " + cached.get().version() + ": " + e.getMessage());
                return cached.get();
            } finally {
                progress.done();
            }
        });
    }

    private Kernel fetch(KernelRelease release) {
        progress.step("looking up kernel " + release.name() + " in " + release.suite());
        Apt apt = new Apt(cache, release);
        apt.update();
        Kernel kernel = release.origin() instanceof KernelRelease.Built recipe
                ? new KernelBuild(cache, progress, release, recipe).get(apt)
                : unpacked(apt, release);
        remember(kernel);
        return kernel;
    }

    private Kernel unpacked(Apt apt, KernelRelease release) {
        String image = imagePackage(apt, release);
        Kernel kernel = kernel(release, apt.field(image, "Version"), image.substring("linux-image-".length()));
        cache.entry(cache.root().relativize(kernel.root()).toString(), into -> {
            progress.confirm("downloads about 130 MB: kernel " + kernel.version());
            progress.step("downloading kernel " + kernel.version() + " and its headers (about 130 MB)");
            unpackImage(apt, image, into);
            unpackHeaders(apt, kernel, into);
            layOut(kernel, into);
            relocateHeaders(kernel, into);
        });
        return kernel;
    }

    private static String imagePackage(Apt apt, KernelRelease release) {
        return switch (release.origin()) {
            case KernelRelease.Fixed fixed ->
                "linux-image-" + fixed.version() + "-" + release.architecture().debian();
            case KernelRelease.Newest newest -> newestImage(apt, release, newest.meta(release.architecture()));
            case KernelRelease.Built _, KernelRelease.Installed _ ->
                throw new IllegalArgumentException(release.name() + " is in no package");
        };
    }

    private static String newestImage(Apt apt, KernelRelease release, String meta) {
        return apt.depends(meta).stream()
                .filter(p -> p.matches("linux-image-\\d.*"))
                .findFirst()
                .orElseThrow(() -> new LabException(meta + " in " + release.suite()
                        + " names no kernel image: the archive is laid out in a way that the lab does not know"));
    }

    /** From about 6.19 the image package is empty, and depends on those that have what was in it. */
    private static void unpackImage(Apt apt, String image, Path into) {
        List<String> packages = new ArrayList<>(List.of(image));
        apt.depends(image).stream()
                .filter(p -> p.matches("linux-(base|binary|modules)-\\d.*"))
                .filter(apt::has)
                .forEach(packages::add);
        apt.unpack(packages, into);
    }

    private static void unpackHeaders(Apt apt, Kernel kernel, Path into) {
        if (kernel.release().origin() instanceof KernelRelease.Fixed fixed) {
            fixed.headers().forEach((file, sha256) -> apt.unpackUnindexed("linux", file, sha256, into));
            return;
        }
        String headers = "linux-headers-" + kernel.version();
        List<String> packages = new ArrayList<>(List.of(headers));
        for (String dependency : apt.depends(headers)) {
            if (dependency.matches("linux-headers-.*-common(-rt)?")) {
                packages.add(dependency);
            } else if (dependency.matches("linux-kbuild-.*")) {
                packages.add(dependency + ":" + Architecture.host().debian()); // these are programs that run here
            }
        }
        apt.unpack(packages, into);
    }

    /** Newer packages have the kernel's files among its modules, too: makes them be found where they used to be. */
    private static void layOut(Kernel kernel, Path into) {
        MergedUsr.link(into);
        Path modules = Path.of("usr/lib/modules", kernel.version());
        try {
            Files.createDirectories(into.resolve("boot"));
            for (String file : List.of("vmlinuz", "config", "System.map")) {
                Path old = into.resolve("boot/" + file + "-" + kernel.version());
                if (!Files.exists(old) && Files.exists(into.resolve(modules).resolve(file))) {
                    Files.createSymbolicLink(old, Path.of("..").resolve(modules).resolve(file));
                }
            }
            // for riscv64 it is not compressed, and has another name
            Path image = into.resolve("boot/vmlinuz-" + kernel.version());
            Path plain = Path.of("vmlinux-" + kernel.version());
            if (!Files.exists(image) && Files.exists(image.resolveSibling(plain))) {
                Files.createSymbolicLink(image, plain);
            }
        } catch (IOException e) {
            throw new LabException("the kernel cannot be prepared: " + e.getMessage(), e);
        }
    }

    /** The build tree names the place it is installed to; make it name the place it is in. */
    private static void relocateHeaders(Kernel kernel, Path into) {
        Path makefile = into.resolve("usr/src/linux-headers-" + kernel.version() + "/Makefile");
        try {
            String text = Files.readString(makefile);
            Files.writeString(makefile, text.replace("/usr/src/", kernel.root() + "/usr/src/"));
        } catch (IOException e) {
            throw new LabException("the kernel headers cannot be prepared: " + e.getMessage(), e);
        }
    }

    private Kernel kernel(KernelRelease release, String packageVersion, String version) {
        if (release.origin() instanceof KernelRelease.Built recipe) {
            return new Kernel(
                    release, packageVersion, version, KernelBuild.root(cache, release, recipe, packageVersion));
        }
        Path root = cache.root()
                .resolve("kernels/" + release.architecture().debian() + "-" + version + "_"
                        + packageVersion.replace('~', '-'));
        return new Kernel(release, packageVersion, version, root);
    }

    private Path resolution(KernelRelease release) {
        String architecture = release.architecture().debian();
        String series = release.name().replaceFirst("-" + architecture + "$", "");
        return cache.root().resolve("kernels/" + architecture + "-" + series + ".newest");
    }

    private boolean isFresh(KernelRelease release) {
        try {
            Instant then = Files.getLastModifiedTime(resolution(release)).toInstant();
            return then.plus(FRESH).isAfter(Instant.now());
        } catch (IOException e) {
            return false;
        }
    }

    private void remember(Kernel kernel) {
        Path file = resolution(kernel.release());
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        try {
            Files.writeString(
                    unfinished, "package=" + kernel.packageVersion() + "\nversion=" + kernel.version() + "\n");
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new LabException("the cache in " + cache.root() + " cannot be written: " + e.getMessage(), e);
        }
    }
}
