// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.killswitch.host.ModuleName;
import org.killswitch.host.btf.ModuleFile;
import org.killswitch.lab.Cache;
import org.killswitch.lab.Commands;
import org.killswitch.lab.Digest;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.LabException;

/** A stock kernel's own modules, picked with what they depend on, in a form that modprobe in a guest can load. */
public final class KernelModules {
    private final Cache cache;
    private final Kernel kernel;
    /** By module name: the file, relative to the kernel's module folder, and those that it depends on. */
    private final Map<String, List<String>> dependencies = new HashMap<>();

    public KernelModules(Cache cache, Kernel kernel) {
        this.cache = cache;
        this.kernel = kernel;
    }

    /**
     * A folder with lib/modules/VERSION that has the named modules, all that they depend on, and the indexes by
     * which modprobe finds them. Names that are built into the kernel are left out.
     */
    public Path pick(Collection<String> names) {
        Set<String> sorted = new TreeSet<>(names);
        String key = "picked/" + kernel.version() + "-"
                + new Digest().add(kernel.identity()).add(sorted.toString()).hex();
        return cache.entry(key, into -> {
            try {
                copy(closure(sorted), into.resolve("lib/modules/" + kernel.version()));
            } catch (IOException e) {
                throw new LabException("kernel modules cannot be unpacked: " + e.getMessage(), e);
            }
            Commands.require("indexing kernel modules", into, "depmod", "-b", into.toString(), kernel.version());
        });
    }

    /** Those of the names that the kernel has a module of, or what would be one built in. */
    public List<String> present(Collection<String> names) {
        try {
            indexKernel();
            Set<String> builtin = builtin();
            return names.stream()
                    .filter(n -> dependencies.containsKey(ModuleName.canonical(n))
                            || builtin.contains(ModuleName.canonical(n)))
                    .toList();
        } catch (IOException e) {
            throw new LabException("kernel modules cannot be listed: " + e.getMessage(), e);
        }
    }

    /** The file of one module, not compressed; empty if the kernel has none of that name. */
    public Optional<Path> file(String name) {
        try {
            indexKernel();
        } catch (IOException e) {
            throw new LabException("kernel modules cannot be listed: " + LabException.why(e), e);
        }
        return Optional.ofNullable(dependencies.get(name))
                .map(files -> pick(List.of(name))
                        .resolve("lib/modules/" + kernel.version())
                        .resolve(withoutCompression(files.getFirst())));
    }

    private static String withoutCompression(String file) {
        return file.replaceFirst("\\.(xz|gz|zst)$", "");
    }

    private Set<String> builtin() throws IOException {
        Set<String> builtin = new LinkedHashSet<>();
        for (String line : Files.readAllLines(kernel.modules().resolve("modules.builtin"))) {
            builtin.add(ModuleName.ofFile(line));
        }
        return builtin;
    }

    private Set<String> closure(Set<String> names) throws IOException {
        indexKernel();
        Set<String> builtin = builtin();
        Set<String> files = new LinkedHashSet<>();
        Deque<String> open = new ArrayDeque<>();
        for (String name : names) {
            List<String> entry = dependencies.get(ModuleName.canonical(name));
            if (entry != null) {
                open.addAll(entry);
            } else if (!builtin.contains(ModuleName.canonical(name))) {
                throw new LabException("kernel " + kernel.version() + " has no module \"" + name + "\"");
            }
        }
        while (!open.isEmpty()) {
            String file = open.pop();
            if (files.add(file)) {
                open.addAll(dependencies.getOrDefault(ModuleName.ofFile(file), List.of()));
            }
        }
        return files;
    }

    /** Debian ships the modules without modules.dep, which the installation of the package makes. */
    private void indexKernel() throws IOException {
        Path index = kernel.modules().resolve("modules.dep");
        cache.locked("depmod-" + kernel.version(), () -> {
            if (!Files.exists(kernel.modules().resolve("modules.alias.bin"))) {
                Commands.require(
                        "indexing kernel modules",
                        kernel.root(),
                        "depmod",
                        "-b",
                        kernel.root().toString(),
                        kernel.version());
            }
            return index;
        });
        if (!dependencies.isEmpty()) {
            return;
        }
        for (String line : Files.readAllLines(index)) {
            int colon = line.indexOf(':');
            List<String> files = new ArrayList<>(List.of(line.substring(0, colon)));
            Arrays.stream(line.substring(colon + 1).split(" ", -1))
                    .filter(f -> !f.isEmpty())
                    .forEach(files::add);
            dependencies.put(ModuleName.ofFile(files.getFirst()), files);
        }
    }

    private void copy(Set<String> files, Path into) throws IOException {
        for (String file : files) {
            Path target = into.resolve(withoutCompression(file));
            Files.createDirectories(target.getParent());
            Files.write(target, ModuleFile.unpacked(kernel.modules().resolve(file)));
        }
        Files.createDirectories(into);
        for (String list : List.of("modules.builtin", "modules.builtin.modinfo", "modules.order")) {
            try {
                Files.copy(kernel.modules().resolve(list), into.resolve(list));
            } catch (NoSuchFileException e) {
                // not every kernel has every list
            }
        }
    }
}
