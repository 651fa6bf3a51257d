// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.debian;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.killswitch.lab.Cache;
import org.killswitch.lab.Commands;
import org.killswitch.lab.Digest;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.KernelRelease;
import org.killswitch.lab.LabException;
import org.killswitch.lab.Progress;

/**
 * Builds a kernel that no distribution ships from Debian's source package and a small configuration, which is put
 * together from parts: the resources in kernels/. It is laid out like one that was unpacked from packages.
 */
public final class KernelBuild {

    /** Changed when a kernel that was built before is no longer what this class would build. */
    private static final String RECIPE = "1";

    /** What of the source tree modules are built against, and signed with. */
    private static final Set<String> KEPT = Set.of(
            "arch",
            "certs",
            "include",
            "scripts",
            "tools",
            "Makefile",
            ".config",
            "Module.symvers",
            "vmlinux",
            "System.map");

    /** How a configuration says that an option is off. */
    private static final Pattern UNSET = Pattern.compile("# (CONFIG_\\w+) is not set");

    private final Cache cache;
    private final Progress progress;
    private final KernelRelease release;
    private final KernelRelease.Built recipe;

    public KernelBuild(Cache cache, Progress progress, KernelRelease release, KernelRelease.Built recipe) {
        this.cache = cache;
        this.progress = progress;
        this.release = release;
        this.recipe = recipe;
    }

    /** The folder for what is built from a version of the source package with today's configuration and compiler. */
    public static Path root(Cache cache, KernelRelease release, KernelRelease.Built recipe, String packageVersion) {
        if (Commands.find(recipe.compiler()).isEmpty()) {
            throw new LabException("kernel " + release.name() + " is built by " + recipe.compiler()
                    + ", which is not on this machine: install the package " + recipe.compiler());
        }
        String digest = new Digest()
                .add(RECIPE)
                .add(packageVersion)
                .add(configuration(recipe))
                .add(Commands.require(
                        "asking the compiler for its version", Path.of("/"), recipe.compiler(), "--version"))
                .hex();
        return cache.root().resolve("kernels/" + release.name() + "-" + digest);
    }

    /** Builds it, or finds it built. */
    public Kernel get(Apt apt) {
        String source = recipe.source();
        String packageVersion = apt.field(source, "Version");
        Path root = root(cache, release, recipe, packageVersion);
        cache.entry(cache.root().relativize(root).toString(), into -> build(apt, source, into));
        return new Kernel(release, packageVersion, version(root), root);
    }

    /** What uname -r says on a kernel that was built. */
    public static String version(Path root) {
        try (Stream<Path> modules = Files.list(root.resolve("lib/modules"))) {
            return modules.findFirst().orElseThrow().getFileName().toString();
        } catch (IOException e) {
            throw new LabException(root + " cannot be read: " + e.getMessage(), e);
        }
    }

    private void build(Apt apt, String source, Path into) {
        progress.confirm("downloads about 150 MB and builds kernel " + release.name() + ", which takes about "
                + recipe.minutes() + " minutes on 2 CPUs");
        progress.step("downloading " + source + " (about 150 MB)");
        apt.unpack(List.of(source), into);
        Path tree = into.resolve(source);
        Commands.require(
                "unpacking " + source, into, "tar", "-xf", "usr/src/" + source + ".tar.xz", "-C", into.toString());
        progress.step("building kernel " + release.name() + " (about " + recipe.minutes() + " minutes on 2 CPUs)");
        try {
            Cache.delete(into.resolve("usr"));
            configure(tree);
            make(tree, "-j" + Runtime.getRuntime().availableProcessors(), "bzImage", "modules");
            make(tree, "INSTALL_MOD_PATH=" + into, "INSTALL_MOD_STRIP=1", "modules_install");
            String version = version(into);
            Files.deleteIfExists(into.resolve("lib/modules/" + version + "/build"));
            Files.deleteIfExists(into.resolve("lib/modules/" + version + "/source"));
            Files.createDirectories(into.resolve("boot"));
            Files.move(tree.resolve("arch/x86/boot/bzImage"), into.resolve("boot/vmlinuz-" + version));
            Files.copy(tree.resolve(".config"), into.resolve("boot/config-" + version));
            prune(tree);
            Path headers = into.resolve("usr/src/linux-headers-" + version);
            Files.createDirectories(headers.getParent());
            Files.move(tree, headers);
            // as Debian's headers have it
            Files.writeString(headers.resolve(".kernelvariables"), "CC = " + recipe.compiler() + "\n");
        } catch (IOException e) {
            throw new LabException("kernel " + release.name() + " cannot be built: " + e.getMessage(), e);
        }
    }

    private void configure(Path tree) throws IOException {
        String wanted = configuration(recipe);
        Path file = Files.writeString(tree.resolve("wanted.config"), wanted);
        make(tree, "KCONFIG_ALLCONFIG=" + file, "allnoconfig");
        List<String> missing = missing(wanted, Files.readString(tree.resolve(".config")));
        if (!missing.isEmpty()) {
            throw new LabException("kernel " + release.name() + " cannot be configured: " + String.join(", ", missing)
                    + " did not take effect; a dependency may be off");
        }
    }

    private void make(Path tree, String... arguments) {
        List<String> command = new ArrayList<>(List.of("make", "-s", "CC=" + recipe.compiler()));
        // For modules_install: depmod is root's, and need not be on the PATH.
        command.add("DEPMOD=" + Commands.find("depmod").map(Path::toString).orElse("depmod"));
        command.addAll(List.of(arguments));
        Commands.Ended ended = Commands.run(tree, command);
        if (ended.status() != 0) {
            throw new LabException("kernel " + release.name() + " does not build: " + ended.lastLines(10));
        }
    }

    /** The lines of a configuration that do not hold in another one, which was made from it. */
    public static List<String> missing(String wanted, String config) {
        Set<String> lines = config.lines().collect(Collectors.toSet());
        return wanted.lines().filter(line -> !holds(line, lines)).toList();
    }

    /** An option that is off need not be mentioned. What is no comment is asked for, a line with a slip in it too. */
    private static boolean holds(String line, Set<String> config) {
        Matcher off = UNSET.matcher(line);
        if (off.matches()) {
            return config.stream().noneMatch(l -> l.startsWith(off.group(1) + "="));
        }
        return line.isBlank() || line.startsWith("#") || config.contains(line);
    }

    /** All parts of a kernel's configuration, one after the other; of an option the last part that names it decides. */
    public static String configuration(KernelRelease.Built recipe) {
        List<String> lines = new ArrayList<>();
        for (String part : recipe.parts()) {
            add(lines, text(part));
        }
        return String.join("\n", lines) + "\nCONFIG_LOCALVERSION=\"-" + recipe.flavour() + "\"\n";
    }

    static void add(List<String> lines, String part) {
        Set<String> named = part.lines().flatMap(KernelBuild::option).collect(Collectors.toSet());
        lines.removeIf(line -> option(line).anyMatch(named::contains));
        part.lines().forEach(lines::add);
    }

    /** The option that a line of a configuration is about, if any. */
    private static Stream<String> option(String line) {
        Matcher off = UNSET.matcher(line);
        if (off.matches()) {
            return Stream.of(off.group(1));
        }
        return line.startsWith("CONFIG_") ? Stream.of(line.split("=", 2)[0]) : Stream.empty();
    }

    private static String text(String part) {
        try (InputStream in = KernelBuild.class.getResourceAsStream("kernels/" + part)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its resource \"kernels/" + part + "\"");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new LabException("the configuration of a kernel cannot be read: " + e.getMessage(), e);
        }
    }

    /** What a build of modules does not read is most of the tree. */
    private static void prune(Path tree) throws IOException {
        try (Stream<Path> files = Files.list(tree)) {
            for (Path file : files.toList()) {
                if (!KEPT.contains(file.getFileName().toString())) {
                    Cache.delete(file);
                }
            }
        }
        for (String folder : List.of("arch", "certs", "tools")) {
            try (Stream<Path> files = Files.walk(tree.resolve(folder))) {
                for (Path file : files.filter(f -> f.getFileName().toString().matches(".*\\.(o|c|a|cmd|dts|dtsi|rst)"))
                        .toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
