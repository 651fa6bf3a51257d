// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.debian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.killswitch.lab.Cache;
import org.killswitch.lab.Commands;
import org.killswitch.lab.Digest;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.LabException;
import org.killswitch.lab.Progress;
import org.killswitch.posix.Architecture;

/** Builds out-of-tree kernel modules; what was built from the same sources for the same kernel is in the cache. */
public final class ModuleBuilder {
    private final Cache cache;
    private final Progress progress;

    public ModuleBuilder(Cache cache, Progress progress) {
        this.cache = cache;
        this.progress = progress;
    }

    /**
     * The folder with the modules built from a folder that has a Kbuild file.
     *
     * @throws LabException with the compiler's own words if it does not build
     */
    public Path build(Kernel kernel, Path source) {
        if (!Files.isRegularFile(source.resolve("Kbuild"))) {
            throw new LabException("no kernel module sources in " + source + ": it has no Kbuild file");
        }
        List<Path> files = sources(source);
        try {
            Toolchain toolchain = Toolchain.of(kernel, cache, progress);
            String name = "modules/" + kernel.version() + "-" + digest(kernel, toolchain, source, files);
            return cache.entry(name, into -> make(kernel, toolchain, source, files, into));
        } finally {
            progress.done();
        }
    }

    private void make(Kernel kernel, Toolchain toolchain, Path source, List<Path> files, Path into) {
        progress.step("building " + source.getFileName() + " for " + kernel.version());
        Path tree = into.resolve("tree");
        try {
            for (Path file : files) {
                Path copy = tree.resolve(source.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
            Commands.Ended make = Commands.run(into, command(kernel, toolchain, tree));
            if (make.status() != 0) {
                throw new LabException(source + " does not build for " + kernel.version() + ":\n" + make.output());
            }
            try (Stream<Path> built = Files.list(tree)) {
                for (Path ko : built.filter(f -> f.toString().endsWith(".ko")).toList()) {
                    sign(kernel, ko);
                    Files.move(ko, into.resolve(ko.getFileName().toString()));
                }
            }
            Cache.delete(tree);
        } catch (IOException e) {
            throw new LabException("modules cannot be built in " + into + ": " + e.getMessage(), e);
        }
    }

    /** A kernel that the lab has built may take signed modules only: its build has made the key, then. */
    private static void sign(Kernel kernel, Path module) {
        Path key = kernel.headers().resolve("certs/signing_key.pem");
        if (kernel.release().isStock() || !kernel.takesSignedModulesOnly()) {
            return;
        }
        Commands.require(
                "signing " + module.getFileName(),
                kernel.headers(),
                kernel.headers().resolve("scripts/sign-file").toString(),
                "sha256",
                key.toString(),
                key.resolveSibling("signing_key.x509").toString(),
                module.toString());
    }

    private static List<String> command(Kernel kernel, Toolchain toolchain, Path tree) {
        List<String> command = new ArrayList<>();
        toolchain.path().ifPresent(path -> command.addAll(List.of("env", "PATH=" + path)));
        command.addAll(List.of("make", "-s", "-C", kernel.headers().toString(), "M=" + tree));
        Architecture architecture = kernel.release().architecture();
        if (!architecture.isHost()) {
            command.addAll(List.of("ARCH=" + architecture.kernel(), "CROSS_COMPILE=" + architecture.toolPrefix()));
        }
        if (!kernel.release().isStock()) {
            command.add("CC=" + toolchain.compiler()); // Debian's headers say so themselves
        }
        command.add("modules");
        return command;
    }

    /** The files that a module is built from, in a fixed order. */
    private static List<Path> sources(Path source) {
        try (Stream<Path> walk = Files.walk(source)) {
            return walk.filter(Files::isRegularFile)
                    .filter(f -> f.toString().matches(".*\\.[chS]|.*/Kbuild"))
                    .filter(f -> !f.toString().endsWith(".mod.c"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new LabException(source + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static String digest(Kernel kernel, Toolchain toolchain, Path source, List<Path> files) {
        Digest digest = new Digest().add(kernel.identity()).add(toolchain.identity());
        try {
            for (Path file : files) {
                digest.add(source.relativize(file).toString()).add(Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new LabException(source + " cannot be read: " + e.getMessage(), e);
        }
        return digest.hex();
    }
}
