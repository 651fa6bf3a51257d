// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.facts;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.killswitch.host.ModuleName;
import org.killswitch.host.SystemFiles;

/**
 * What /lib/modules has for a kernel: modules that can be loaded, and what would be a module but is built in. Names have
 * underscores where files may have dashes.
 */
public final class ModuleTree {

    /** Whether a module has a file or is part of the kernel's own. */
    public enum Kind {
        LOADABLE,
        BUILT_IN
    }

    private final NavigableMap<String, NavigableMap<String, Kind>> folders = new TreeMap<>();
    private final Map<String, Kind> kinds = new HashMap<>();
    private final Map<String, List<String>> dependencies = new HashMap<>();
    private final Map<String, List<String>> aliases = new HashMap<>();
    private final boolean isComplete;

    private ModuleTree(boolean isComplete) {
        this.isComplete = isComplete;
    }

    static ModuleTree read(SystemFiles files, String release) {
        String folder = "/lib/modules/" + release + "/";
        Optional<String> loadable = files.text(folder + "modules.dep");
        Optional<String> builtIn = files.text(folder + "modules.builtin");
        ModuleTree tree = new ModuleTree(loadable.isPresent() && builtIn.isPresent());
        loadable.stream().flatMap(String::lines).forEach(tree::addLoadable);
        builtIn.stream().flatMap(String::lines).forEach(path -> tree.add(path, Kind.BUILT_IN));
        files.lines(folder + "modules.alias").forEach(tree::addAlias);
        return tree;
    }

    private void addLoadable(String line) {
        int colon = line.indexOf(':');
        if (colon > 0) {
            String name = add(line.substring(0, colon), Kind.LOADABLE);
            List<String> needed = new ArrayList<>();
            for (String path : line.substring(colon + 1).split(" ", -1)) {
                if (!path.isEmpty()) {
                    needed.add(ModuleName.ofFile(path));
                }
            }
            dependencies.put(name, needed);
        }
    }

    private String add(String path, Kind kind) {
        int first = path.indexOf('/') + 1;
        int slash = path.lastIndexOf('/');
        String name = ModuleName.ofFile(path);
        // extra/, updates/ and the like have no place in the kernel's tree.
        String folder = path.startsWith("kernel/") && slash > first ? path.substring(first, slash) : "";
        folders.computeIfAbsent(folder, f -> new TreeMap<>()).put(name, kind);
        kinds.put(name, kind);
        return name;
    }

    private void addAlias(String line) {
        if (line.startsWith("alias ")) {
            int end = line.lastIndexOf(' ');
            aliases.computeIfAbsent(ModuleName.canonical(line.substring(end + 1)), m -> new ArrayList<>())
                    .add(line.substring("alias ".length(), Math.max("alias ".length(), end)));
        }
    }

    /** Whether both lists could be read: only then an absent module is absent. */
    public boolean isComplete() {
        return isComplete;
    }

    /** What kind of module that is; empty if there is none. */
    public Optional<Kind> kind(String module) {
        return Optional.ofNullable(kinds.get(ModuleName.canonical(module)));
    }

    /** The modules whose files lie in a folder of the kernel's tree: net/tipc. */
    public NavigableMap<String, Kind> in(String folder) {
        return folders.getOrDefault(folder, new TreeMap<>());
    }

    /** The modules of the folder and of all below it. */
    public NavigableMap<String, Kind> below(String folder) {
        NavigableMap<String, Kind> all = new TreeMap<>(in(folder));
        folders.subMap(folder + "/", true, folder + "0", false).values().forEach(all::putAll);
        return all;
    }

    /** The names by which the kernel and udev ask for it. */
    public List<String> aliases(String module) {
        return List.copyOf(aliases.getOrDefault(ModuleName.canonical(module), List.of()));
    }

    /** All modules that have to be loaded before it. */
    public Set<String> needs(String module) {
        Set<String> all = new HashSet<>();
        Deque<String> todo = new ArrayDeque<>(dependencies.getOrDefault(ModuleName.canonical(module), List.of()));
        while (!todo.isEmpty()) {
            String next = todo.pop();
            if (all.add(next)) {
                todo.addAll(dependencies.getOrDefault(next, List.of()));
            }
        }
        return all;
    }
}
