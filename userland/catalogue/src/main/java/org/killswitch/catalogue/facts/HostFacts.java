// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.facts;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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

    private static final int SYMBOL_AT = 19;

    private final RootFiles files;
    private final String architecture;
    private final String release;
    private final Lazy<List<KernelPackage>> packages;
    private final Lazy<KernelOrigin> origin;
    private final Lazy<Map<String, String>> osRelease;
    private final Lazy<ModuleTree> modules;
    private final Lazy<Set<String>> loaded;
    private final Lazy<Set<String>> symbols;
    private final Lazy<Map<String, String>> config;
    private final Lazy<ModprobeRules> rules;
    private final Lazy<List<EngagedFunction>> engaged;
    private final Lazy<List<Livepatch>> livepatches;
    private final Lazy<Changelog> changelog;

    /**
     * The facts of a host.
     *
     * @param root its root folder
     * @param architecture the name that the kernel's tree has for it below arch/: x86, arm64
     */
    public HostFacts(Path root, String architecture) {
        files = new RootFiles(root);
        this.architecture = architecture;
        release = files.text("/proc/sys/kernel/osrelease").orElse("");
        packages = new Lazy<>(() -> KernelPackage.parse(files.lines("/var/lib/dpkg/status")));
        origin = new Lazy<>(this::findOrigin);
        osRelease = new Lazy<>(() -> Origins.osRelease(
                files.exists("/etc/os-release") ? files.lines("/etc/os-release") : files.lines("/usr/lib/os-release")));
        modules = new Lazy<>(() -> ModuleTree.read(files, release));
        loaded = new Lazy<>(() -> firstWords("/proc/modules"));
        symbols = new Lazy<>(this::readSymbols);
        config = new Lazy<>(this::readConfig);
        rules = new Lazy<>(() -> ModprobeRules.read(files));
        engaged = new Lazy<>(() -> EngagedFunction.read(files));
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

    /** Lines of kallsyms: 16 digits, a letter, the name, and after a tab the module. */
    private Set<String> readSymbols() {
        Set<String> names = new HashSet<>();
        for (String line : files.lines("/proc/kallsyms")) {
            int tab = line.indexOf('\t');
            if (line.length() > SYMBOL_AT) {
                names.add(line.substring(SYMBOL_AT, tab < 0 ? line.length() : tab));
            }
        }
        return names;
    }

    private Map<String, String> readConfig() {
        for (String file :
                List.of("/proc/config.gz", "/boot/config-" + release, "/lib/modules/" + release + "/config")) {
            List<String> lines = files.lines(file);
            if (!lines.isEmpty()) {
                Map<String, String> options = new HashMap<>();
                for (String line : lines) {
                    int equals = line.indexOf('=');
                    if (line.startsWith("CONFIG_") && equals > 0) {
                        options.put(line.substring(0, equals), line.substring(equals + 1));
                    } else if (line.startsWith("# CONFIG_") && line.endsWith(" is not set")) {
                        options.put(line.substring(2, line.length() - " is not set".length()), "n");
                    }
                }
                return options;
            }
        }
        return Map.of();
    }

    /** x86, arm64. */
    public String architecture() {
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

    /** Whether a module is loaded now. */
    public boolean isLoaded(String module) {
        return loaded.get().contains(ModuleTree.canonical(module));
    }

    /** Whether the kernel or a loaded module has a symbol of that name. */
    public boolean hasSymbol(String function) {
        return symbols.get().contains(function);
    }

    /**
     * The value of an option, "n" where it is off; empty if the configuration cannot be read, or does not know the option:
     * which is so for one that is off because another one is.
     */
    public Optional<String> config(String option) {
        return Optional.ofNullable(config.get().get(option));
    }

    /** Whether the configuration can be read. */
    public boolean hasConfig() {
        return !config.get().isEmpty();
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

    /** The word of the kernel's command line that begins so. */
    public Optional<String> bootParameter(String start) {
        return List.of(files.text("/proc/cmdline").orElse("").split("\\s+", -1)).stream()
                .filter(w -> w.startsWith(start))
                .findFirst();
    }
}
