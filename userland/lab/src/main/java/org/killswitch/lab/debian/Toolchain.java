// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.debian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.killswitch.lab.Cache;
import org.killswitch.lab.Commands;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.LabException;
import org.killswitch.lab.Progress;
import org.killswitch.posix.Architecture;

/**
 * The compiler that a kernel's headers ask for: this machine's, or where it has none of that version the suite's own,
 * unpacked aside. Programs of another release want its C library too, so those unpacked are made to use the one that is
 * unpacked with them; neither privileges nor a changed root are needed.
 *
 * @param compiler the program's name, such as "gcc-14", with the prefix of a cross compiler
 * @param aside where it was unpacked; empty if this machine has it
 */
public record Toolchain(String compiler, Optional<Path> aside) {
    private static final Pattern COMPILER =
            Pattern.compile("^CC\\s*=.*\\b((?:gcc|clang)-\\d+)\\s*$", Pattern.MULTILINE);
    /** What linux-kbuild runs, and its own programs are linked with, by the names of all releases. */
    private static final List<String> KBUILD_NEEDS = List.of("pahole", "dwarves", "libelf1", "libelf1t64", "zlib1g");

    /** The one for a kernel, fetched if need be. */
    public static Toolchain of(Kernel kernel, Cache cache, Progress progress) {
        if (kernel.isInstalled()) {
            return ofThisMachine(kernel);
        }
        Architecture architecture = kernel.release().architecture();
        String gcc = compilerNamed(kernel);
        String compiler = architecture.toolPrefix() + gcc;
        if (Commands.find(compiler).isPresent()) {
            return new Toolchain(compiler, Optional.empty());
        }
        String suite = kernel.release().toolchainSuite();
        String name = "toolchains/" + suite + "-" + compiler;
        Path home = cache.root().resolve(name);
        cache.entry(name, into -> {
            progress.step("downloading " + compiler + " of " + suite + " (about 60 MB)");
            Apt apt = new Apt(cache, suite, false, Architecture.host());
            apt.update();
            String cross = architecture.isHost() ? "" : "-" + architecture.triplet();
            List<String> packages = new ArrayList<>(List.of(gcc + cross, "binutils" + cross));
            KBUILD_NEEDS.stream().filter(apt::has).forEach(packages::add);
            apt.unpackWithDependencies(packages, into);
            MergedUsr.link(into);
            useLibrariesOf(home, into.resolve("usr"), into);
        });
        Toolchain toolchain = new Toolchain(compiler, Optional.of(home));
        toolchain.adoptKbuild(kernel, cache);
        return toolchain;
    }

    /** For a kernel that is installed here nothing is fetched. */
    private static Toolchain ofThisMachine(Kernel kernel) {
        if (!Files.exists(kernel.headers().resolve("Makefile"))) {
            throw new LabException("killswitch is not built for " + kernel.version()
                    + ", and cannot be: install killswitch-dkms and the kernel's headers (linux-headers-"
                    + kernel.version() + ")");
        }
        for (String program : List.of("make", "gcc")) {
            if (Commands.find(program).isEmpty()) {
                throw new LabException("no " + program + " on this machine: install " + program);
            }
        }
        return new Toolchain("gcc", Optional.empty());
    }

    private static String compilerNamed(Kernel kernel) {
        Path file = kernel.headers().resolve(".kernelvariables");
        try {
            Matcher m = COMPILER.matcher(Files.readString(file));
            if (m.find()) {
                return m.group(1);
            }
        } catch (IOException e) {
            throw new LabException(file + " cannot be read: " + e.getMessage(), e);
        }
        throw new LabException(
                file + " names no compiler: the headers are laid out in a way that the lab does not know");
    }

    /** What to put into a program's environment to have it find the compiler. */
    public Optional<String> path() {
        return aside.map(home -> home.resolve("usr/bin") + ":" + System.getenv("PATH"));
    }

    /** Something that changes when the compiler does. */
    public String identity() {
        return aside.map(Path::toString)
                .orElseGet(() ->
                        Commands.require("asking the compiler for its version", Path.of("/"), compiler, "--version"));
    }

    /** The programs of linux-kbuild are of the same release as the compiler. */
    private void adoptKbuild(Kernel kernel, Cache cache) {
        Path mark = kernel.root().resolve("usr/lib/kbuild-adopted");
        cache.locked("kbuild-" + kernel.root().getFileName(), () -> {
            if (!Files.exists(mark)) {
                Path home = aside.orElseThrow();
                try (Stream<Path> kbuild = Files.list(kernel.root().resolve("usr/lib"))) {
                    for (Path tree : kbuild.filter(
                                    p -> p.getFileName().toString().startsWith("linux-kbuild-"))
                            .toList()) {
                        useLibrariesOf(home, tree, home);
                    }
                    Files.createFile(mark);
                } catch (IOException e) {
                    throw new LabException(kernel.root() + " cannot be changed: " + e.getMessage(), e);
                }
            }
            return mark;
        });
    }

    /**
     * Makes the programs below a folder run with the dynamic loader and the libraries of a toolchain.
     *
     * @param home where the toolchain will be
     * @param now where it is meanwhile
     */
    private static void useLibrariesOf(Path home, Path programs, Path now) {
        String multiarch = Architecture.host().triplet();
        String libraries = Stream.of("lib/", "usr/lib/")
                .map(d -> home.resolve(d + multiarch).toString())
                .reduce((a, b) -> a + ":" + b)
                .orElseThrow();
        try (Stream<Path> walk = Files.walk(programs)) {
            Path loader = home.resolve(
                    now.relativize(resolve(now, Path.of(Architecture.host().loader()))));
            for (Path file : walk.filter(
                            f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS) && Files.isExecutable(f))
                    .toList()) {
                Commands.Ended interpreter =
                        Commands.run(now, List.of("patchelf", "--print-interpreter", file.toString()));
                if (interpreter.status() == 0) { // a program of this machine, and not static
                    Commands.require(
                            "preparing " + file.getFileName(),
                            now,
                            "patchelf",
                            "--set-interpreter",
                            loader.toString(),
                            "--force-rpath",
                            "--set-rpath",
                            libraries,
                            file.toString());
                }
            }
        } catch (IOException e) {
            throw new LabException(programs + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** What a path means to programs for which the given folder is the root. */
    private static Path resolve(Path root, Path path) throws IOException {
        Path file = root.resolve(Path.of("/").relativize(path));
        while (Files.isSymbolicLink(file)) {
            Path target = Files.readSymbolicLink(file);
            file = target.isAbsolute() ? root.resolve(Path.of("/").relativize(target)) : file.resolveSibling(target);
        }
        return file.normalize();
    }
}
