// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;
import org.killswitch.lab.CommandInGuest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.KernelRelease;
import org.killswitch.lab.Lab;
import org.killswitch.lab.Output;
import org.killswitch.lab.Progress;
import org.killswitch.lab.SourceTree;
import org.killswitch.lab.qemu.Disk;
import org.killswitch.posix.Architecture;

/** The checkout under test, and what is built from it. */
final class Project {
    static final Path ROOT = SourceTree.above(Path.of("").toAbsolutePath()).orElseThrow();
    static final Lab LAB = Lab.open(Progress.none(), System.err);

    private static final ConcurrentMap<String, Kernel> KERNELS = new ConcurrentHashMap<>();
    private static final ConcurrentMap<String, Path> PROGRAMS = new ConcurrentHashMap<>();

    private Project() {}

    /** The command with its own Java runtime. */
    static final Path IMAGE = ROOT.resolve("userland/cli/target/killswitch");

    /** A guest with the command in /opt/killswitch, and the modules in /modules. */
    static GuestSpec withCommand(Kernel kernel) {
        return withCommand(GuestSpec.standard(), kernel)
                .withFile("/modules", LAB.buildModules(kernel, ROOT.resolve("kernel")));
    }

    /** A guest with the command in /opt/killswitch. */
    static GuestSpec withCommand(GuestSpec spec, Kernel kernel) {
        if (!Files.isExecutable(IMAGE.resolve("bin/killswitch"))) {
            throw new AssertionError("the run-time image is not built: make userland");
        }
        return CommandInGuest.add(LAB, spec, kernel, IMAGE);
    }

    /** A guest with Debian's packages in /srv/packages, and a module for each kernel: DKMS would build it for minutes. */
    static GuestSpec withPackages(GuestSpec spec, Kernel... kernels) {
        GuestSpec all = spec.withFile("/srv/packages", packages());
        for (Kernel kernel : kernels) {
            all = all.withFile(
                    "/usr/lib/modules/" + kernel.version() + "/updates/killswitch.ko",
                    LAB.buildModules(kernel, ROOT.resolve("kernel")).resolve("killswitch.ko"));
        }
        return all;
    }

    /**
     * The newest kernel of a series. One that the lab builds from source, which takes half an hour, is built for "script/dev
     * matrix" only: what script/test has on it counts as skipped until it is there.
     */
    static Kernel kernel(String series) {
        return KERNELS.computeIfAbsent(series, s -> {
            KernelRelease release = KernelRelease.named(s);
            assumeTrue(
                    release.isStock() || Kernels.inMatrix() || isCached(release),
                    s + " is not built: script/dev matrix builds it, and killswitch lab run --kernel " + s);
            return LAB.kernel(release);
        });
    }

    private static boolean isCached(KernelRelease release) {
        return LAB.kernels().stream()
                .anyMatch(k -> k.release().equals(release) && k.cached().isPresent());
    }

    /** Where the headers are that the architectures share: beside the kernel's own, but for one that the lab builds. */
    static Path sharedHeaders(Kernel kernel) {
        try (Stream<Path> folders = Files.list(kernel.headers().getParent())) {
            return folders.filter(f -> f.toString().matches(".*-common(-rt)?"))
                    .findFirst()
                    .orElse(kernel.headers());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The selftests with their programs, built for a kernel's architecture. */
    static Path selftests(Kernel kernel) {
        Path sources = ROOT.resolve("selftests");
        Architecture architecture = kernel.release().architecture();
        if (architecture.isHost()) {
            return PROGRAMS.computeIfAbsent("selftests", k -> {
                run(List.of("make", "--silent", "-C", sources.toString()));
                return sources;
            });
        }
        return PROGRAMS.computeIfAbsent("selftests " + architecture, k -> {
            Path built = target(architecture).resolve("selftests");
            run(List.of("rm", "-rf", built.toString()));
            run(List.of("cp", "-r", sources.toString(), built.toString()));
            run(List.of("make", "-C", built.toString(), "clean"));
            run(List.of("make", "-C", built.toString(), "CC=" + architecture.toolPrefix() + "gcc"));
            return built;
        });
    }

    /** A program of src/test/programs, compiled for a kernel's architecture; one for BPF has a name that begins so. */
    static Path program(Kernel kernel, String name) {
        Architecture architecture = kernel.release().architecture();
        return PROGRAMS.computeIfAbsent(name + " " + architecture, k -> {
            Path program = target(architecture).resolve(name);
            List<String> command = new ArrayList<>(List.of(
                    architecture.toolPrefix() + "gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", program.toString()));
            command.add(ROOT.resolve("userland/systemtest/src/test/programs/" + name + ".c")
                    .toString());
            if (!architecture.isHost()) {
                command.add("-static");
            }
            if (name.startsWith("bpf_")) {
                command.addAll(libbpf(architecture));
            }
            run(command);
            return program;
        });
    }

    /** What links a program with libbpf. */
    private static List<String> libbpf(Architecture architecture) {
        if (architecture.isHost()) {
            return List.of("-lbpf");
        }
        Path root = LAB.packages(architecture, "bookworm", List.of("libbpf-dev"));
        return List.of(
                "-idirafter",
                root.resolve("usr/include").toString(),
                "-L" + root.resolve("usr/lib/" + architecture.triplet()),
                "-lbpf",
                "-lelf",
                "-lz");
    }

    /** The folder with the programs of src/test/bpf of bpf and guard, compiled by clang for a kernel's architecture. */
    static Path bpfPrograms(Kernel kernel) {
        Architecture architecture = kernel.release().architecture();
        return PROGRAMS.computeIfAbsent("bpf " + architecture, k -> {
            Path folder = target(architecture).resolve("bpf");
            run(List.of("mkdir", "-p", folder.toString()));
            String triplet = architecture.triplet();
            String headers = architecture.isHost() ? "/usr/include/" + triplet : "/usr/" + triplet + "/include";
            for (String module : List.of("bpf", "guard")) {
                for (Path source : files(ROOT.resolve("userland/" + module + "/src/test/bpf"))) {
                    String name = source.getFileName().toString().replaceFirst("\\.c$", ".o");
                    run(List.of(
                            "clang",
                            "-O2",
                            "-g",
                            "-Wall",
                            "-Werror",
                            "-target",
                            "bpf",
                            "-D__TARGET_ARCH_" + architecture.kernel(),
                            "-I" + headers,
                            "-c",
                            source.toString(),
                            "-o",
                            folder.resolve(name).toString()));
                }
            }
            return folder;
        });
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path target(Architecture architecture) {
        Path target = ROOT.resolve("userland/systemtest/target/programs").resolve(architecture.debian());
        run(List.of("mkdir", "-p", target.toString()));
        return target;
    }

    /**
     * A disk with a Debian system that has two kernels, 6.1 and the one before its security updates. It can build modules
     * for the first, and what administers systems from afar finds what it needs. The tests' guests share its image.
     */
    static Disk debian() {
        Kernel kernel = kernel("6.1");
        return LAB.debian(
                List.of(kernel, kernel("6.1-outdated")),
                List.of(
                        "dkms",
                        "gcc",
                        "make",
                        "linux-headers-" + kernel.version(),
                        "openssh-server",
                        "python3",
                        "python3-apt"));
    }

    /** The version of all that is built, as dkms is told. */
    static String version() {
        return run(List.of(
                        "sed",
                        "-n",
                        "s/^PACKAGE_VERSION=\"\\(.*\\)\"$/\\1/p",
                        ROOT.resolve("dkms.conf").toString()))
                .strip();
    }

    /**
     * The folder with the Debian packages, built when first asked for: compressed by gzip, for guests take a minute to unpack
     * what xz has made.
     */
    static Path packages() {
        return Packages.FOLDER;
    }

    private static final class Packages {
        static final Path FOLDER = ROOT.resolve("userland/systemtest/target/packages");

        static {
            run(List.of(
                    "env",
                    "DPKG_DEB_COMPRESSOR_TYPE=gzip",
                    "DPKG_DEB_COMPRESSOR_LEVEL=1",
                    "make",
                    "-C",
                    ROOT.toString(),
                    "deb",
                    "PACKAGES=" + FOLDER));
        }
    }

    /** Runs a program of the host that has to succeed; what it printed. */
    static String run(List<String> command) {
        Output output = tryRun(command);
        if (output.status() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed:\n" + output.output());
        }
        return output.output();
    }

    /** Runs a program of the host to its end. */
    static Output tryRun(List<String> command) {
        try {
            Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Output(p.waitFor(), output);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
