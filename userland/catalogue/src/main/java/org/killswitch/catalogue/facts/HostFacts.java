// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.facts;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.killswitch.control.SymbolName;
import org.killswitch.host.BuiltInModules;
import org.killswitch.host.KernelConfig;
import org.killswitch.host.ModuleName;
import org.killswitch.host.Symbols;
import org.killswitch.host.SystemFiles;
import org.killswitch.posix.Architecture;

/**
 * What a host's files say about its kernel. Each is read when it is asked for first, and once. It reads and changes
 * nothing else; what this user may not read is as if it were not there.
 */
public final class HostFacts {

    /** A value that is found out when it is needed first. */
    private static final class Lazy<T> {
        private final Supplier<T> source;
        private @Nullable T value;

        Lazy(Supplier<T> source) {
            this.source = source;
        }

        T get() {
            T known = value;
            if (known == null) {
                known = source.get();
                value = known;
            }
            return known;
        }
    }

    private final SystemFiles files;
    private final Architecture architecture;
    private final String release;
    private final Lazy<List<KernelPackage>> packages;
    private final Lazy<KernelOrigin> origin;
    private final Lazy<Map<String, String>> osRelease;
    private final Lazy<ModuleTree> modules;
    private final BuiltInModules builtIn;
    private final Lazy<Set<String>> loaded;
    private final Lazy<Set<String>> symbols;
    private final Lazy<Optional<KernelConfig>> config;
    private final Lazy<ModprobeRules> rules;
    private final Lazy<List<EngagedFunction>> engaged;
    private final Lazy<List<Livepatch>> livepatches;
    private final Lazy<Changelog> changelog;

    /**
     * The facts of a host.
     *
     * @param root its root folder
     */
    public HostFacts(Path root, Architecture architecture) {
        files = new SystemFiles(root);
        this.architecture = architecture;
        release = files.text("/proc/sys/kernel/osrelease").orElse("");
        packages = new Lazy<>(() -> KernelPackage.parse(files.lines("/var/lib/dpkg/status")));
        origin = new Lazy<>(this::findOrigin);
        osRelease = new Lazy<>(() -> Origins.osRelease(
                files.exists("/etc/os-release") ? files.lines("/etc/os-release") : files.lines("/usr/lib/os-release")));
        modules = new Lazy<>(() -> ModuleTree.read(files, release));
        builtIn = new BuiltInModules(files);
        loaded = new Lazy<>(() -> firstWords("/proc/modules"));
        symbols = new Lazy<>(() -> Symbols.names(files));
        config = new Lazy<>(() -> KernelConfig.of(files, release));
        rules = new Lazy<>(() -> ModprobeRules.read(files));
        engaged = new Lazy<>(() -> EngagedFunction.read(root));
        livepatches = new Lazy<>(() -> Livepatch.read(files));
        changelog = new Lazy<>(() -> Changelog.read(files, release));
    }

    private KernelOrigin findOrigin() {
        return Origins.of(
                release,
                files.text("/proc/sys/kernel/version").orElse(""),
                files.text("/proc/version_signature"),
                packages.get().stream()
                        .filter(p -> p.release().equals(release))
                        .map(KernelPackage::source)
                        .findFirst());
    }

    private Set<String> firstWords(String file) {
        Set<String> words = new TreeSet<>();
        files.lines(file).forEach(l -> words.add(l.split(" ", 2)[0]));
        return words;
    }

    /** That of the machine. */
    public Architecture architecture() {
        return architecture;
    }

    /** uname -r. */
    public String release() {
        return release;
    }

    /** Who made the running kernel. */
    public KernelOrigin origin() {
        return origin.get();
    }

    /** What os-release(5) says of a name; empty if nothing. */
    public String osRelease(String name) {
        return osRelease.get().getOrDefault(name, "");
    }

    /** The distributions whose data may say something about the running kernel: one or none. */
    public List<String> distributions() {
        return switch (origin()) {
            case KernelOrigin.Debian d -> List.of("debian");
            case KernelOrigin.Ubuntu u -> List.of("ubuntu");
            case KernelOrigin.Stable s -> List.of();
            case KernelOrigin.Frozen f -> List.of();
        };
    }

    /** The kernels that dpkg has installed. */
    public List<KernelPackage> packages() {
        return packages.get();
    }

    /** The names of the folders in /lib/modules. */
    public List<String> releases() {
        return files.list("/lib/modules");
    }

    /** The modules that there are for the running kernel. */
    public ModuleTree modules() {
        return modules.get();
    }

    /** Whether a function is named with a module that is built in, and is never loaded. */
    public boolean isBuiltIn(SymbolName symbol) {
        return builtIn.has(symbol);
    }

    /** The name by which the running kernel has a function: without its module where that is built in. */
    public SymbolName here(SymbolName symbol) {
        return builtIn.here(symbol);
    }

    /** Whether a module is loaded now. */
    public boolean isLoaded(String module) {
        return loaded.get().contains(ModuleName.canonical(module));
    }

    /** Whether the kernel or a loaded module has a symbol of that name. */
    public boolean hasSymbol(String function) {
        return symbols.get().contains(function);
    }

    /** The configuration of the running kernel; empty if it cannot be read. */
    public Optional<KernelConfig> config() {
        return config.get();
    }

    /** What keeps modules out. */
    public ModprobeRules rules() {
        return rules.get();
    }

    /** What killswitch overrides, pending ones included. */
    public List<EngagedFunction> engaged() {
        return engaged.get();
    }

    /** The livepatches in effect. */
    public List<Livepatch> livepatches() {
        return livepatches.get();
    }

    /** The changelog of the package with the running kernel's release. */
    public Changelog changelog() {
        return changelog.get();
    }

    /** The value of a setting, by its name with dots or slashes. */
    public Optional<String> sysctl(String name) {
        return files.text("/proc/sys/" + (name.contains("/") ? name : name.replace('.', '/')));
    }
}
