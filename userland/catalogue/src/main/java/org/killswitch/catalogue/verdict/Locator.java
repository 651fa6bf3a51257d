// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.verdict;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.facts.HostFacts;
import org.killswitch.catalogue.facts.ModuleTree;
import org.killswitch.host.ModuleName;

/**
 * Finds the place of source files in the running kernel. Which files a module is made of, only the kernel's Makefiles say,
 * which no host has: the module's path tells it where it is called like the file, or is the only one of its folder.
 */
final class Locator {

    /** Has no part in any kernel. */
    private static final Pattern NO_CODE = Pattern.compile("(tools|Documentation|scripts|samples|usr)/.*");

    private static final String ARCH = "arch/";

    /** The end of the name of a module that only tells ss(8) about sockets: it has no more than a file of its own. */
    private static final String DIAGNOSIS = "_diag";

    private static final Pattern SUFFIX = Pattern.compile("\\.[A-Za-z]+$");

    private final HostFacts host;
    private final Folders folders;
    private final Map<String, Place> known = new HashMap<>();

    Locator(HostFacts host) {
        this.host = host;
        folders = new Folders(host.architecture().kernel());
    }

    Place locate(Subject subject) {
        if (subject.entry().isPresent()) {
            Optional<Place> byEntry = locate(subject.entry().get());
            if (byEntry.isPresent()) {
                return byEntry.get();
            }
        }
        List<Place> places = new ArrayList<>();
        // A header has its code where it is included: the other files say where that is.
        boolean hasCode = subject.files().stream().anyMatch(f -> !f.endsWith(".h"));
        for (String file : subject.files()) {
            if (!hasCode || !file.endsWith(".h")) {
                places.add(known.computeIfAbsent(file, this::locateFile));
            }
        }
        return combine(places);
    }

    private static Place combine(List<Place> places) {
        List<Place> here = places.stream()
                .filter(p -> !(p instanceof Place.Absent))
                .distinct()
                .toList();
        if (places.isEmpty()) {
            return new Place.Unknown("the code", List.of());
        }
        if (here.isEmpty()) {
            return places.getFirst();
        }
        if (here.stream().allMatch(Place.Unknown.class::isInstance)) {
            return allOf(here);
        }
        // What cannot be placed stays a part: to block the modules of the others does not keep anybody away from it.
        return here.size() == 1 ? here.getFirst() : new Place.Several(here);
    }

    /** None of several files can be placed. */
    private static Place allOf(List<Place> unknown) {
        List<String> files = new ArrayList<>();
        Set<String> candidates = new TreeSet<>();
        for (Place place : unknown) {
            if (place instanceof Place.Unknown(var file, var some)) {
                files.add(file);
                candidates.addAll(some);
            }
        }
        return new Place.Unknown(String.join(", ", files), List.copyOf(candidates));
    }

    /** What an entry says about options, its module and its functions; empty where that does not decide. */
    private Optional<Place> locate(Entry entry) {
        Optional<String> off = entry.config().stream().filter(this::isOff).findFirst();
        if (off.isPresent()) {
            return Optional.of(new Place.Absent(off.get() + " is not set"));
        }
        Optional<String> module = entry.module();
        if (module.isPresent()) {
            Optional<Place> place = locateModule(module.get());
            if (place.isPresent()) {
                return place;
            }
        }
        List<String> functions = entry.engagements().stream()
                .flatMap(e -> e.functions().stream())
                .map(f -> f.symbol().function())
                .toList();
        Optional<String> symbol = functions.stream().filter(host::hasSymbol).findFirst();
        if (module.isPresent() && symbol.isEmpty() && host.modules().isComplete()) {
            return Optional.of(new Place.Absent(
                    "there is no module " + module.get() + ", neither in modules.dep nor in modules.builtin"));
        }
        return module.isPresent() && symbol.isPresent()
                ? Optional.of(new Place.BuiltIn("the kernel has " + symbol.get() + "()"))
                : Optional.empty();
    }

    /** An option that the configuration does not know is off: one that it depends on is. */
    private boolean isOff(String option) {
        return host.config().isPresent() && !host.config().get().has(bare(option));
    }

    private static String bare(String option) {
        return option.substring("CONFIG_".length());
    }

    private Optional<Place> locateModule(String module) {
        String name = ModuleName.canonical(module);
        return host.modules().kind(name).map(kind -> place(name, kind, "its path"));
    }

    private static Place place(String module, ModuleTree.Kind kind, String how) {
        return switch (kind) {
            case BUILT_IN -> new Place.BuiltIn(module + " is in modules.builtin (" + how + ")");
            case LOADABLE -> new Place.InModule(module, how);
        };
    }

    private Place locateFile(String file) {
        String folder = Folders.parent(file);
        if (NO_CODE.matcher(file).matches()) {
            return new Place.Absent(file + " is not part of a kernel");
        }
        if (file.startsWith(ARCH) && !file.startsWith(ARCH + host.architecture().kernel() + "/")) {
            return new Place.Absent(file + " is of another architecture");
        }
        String name = ModuleName.canonical(
                SUFFIX.matcher(file.substring(file.lastIndexOf('/') + 1)).replaceFirst(""));
        SortedMap<String, ModuleTree.Kind> beside = host.modules().in(folder);
        ModuleTree.Kind own = beside.get(name);
        if (own != null && !file.endsWith(".h")) {
            return place(name, own, "it is called like " + file);
        }
        return byPrefix(name, beside)
                .or(() -> byFolder(file, folder))
                .or(() -> onlyOne(folder))
                .or(() -> byNamedOption(file, folder))
                .orElseGet(() -> new Place.Unknown(file, candidates(folder)));
    }

    /** nf_tables of nf_tables_api.c: the longest name with which the file's begins. */
    private static Optional<Place> byPrefix(String name, SortedMap<String, ModuleTree.Kind> beside) {
        return beside.entrySet().stream()
                .filter(m -> name.startsWith(m.getKey() + "_"))
                .max((a, b) -> Integer.compare(a.getKey().length(), b.getKey().length()))
                .map(m -> place(m.getKey(), m.getValue(), "its name begins that of the file"));
    }

    private Optional<Place> byFolder(String file, String folder) {
        Optional<Folders.Folder> line = folders.of(folder);
        if (line.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> option = line.get().option();
        if (option.isPresent() && isOff(option.get())) {
            return Optional.of(new Place.Absent(option.get() + " is not set"));
        }
        Optional<String> module = line.get().module();
        if (module.isPresent()) {
            return locateModule(module.get());
        }
        return option.isEmpty() || host.config().isPresent()
                ? Optional.of(new Place.BuiltIn(file + " is part of the kernel itself"))
                : Optional.empty();
    }

    /**
     * The only module of the folder, or of the nearest one above it that has modules at all, if one has the other's name in
     * its own: what else is in the folder may be part of the kernel itself, as net/unix is, whose only module is unix_diag.
     */
    private Optional<Place> onlyOne(String folder) {
        String at = folder;
        SortedMap<String, ModuleTree.Kind> modules = host.modules().below(at);
        while (modules.isEmpty() && at.indexOf('/') > 0) {
            at = Folders.parent(at);
            modules = host.modules().below(at);
        }
        if (at.indexOf('/') < 0) {
            return Optional.empty();
        }
        String last = ModuleName.canonical(at.substring(at.lastIndexOf('/') + 1));
        ModuleTree.Kind named = host.modules().in(at).get(last);
        if (named != null) {
            return Optional.of(place(last, named, "it is called like " + at));
        }
        // drivers/net is no driver's folder: only one that has a depth of its own tells something.
        boolean isDeep = at.equals(folder) || at.chars().filter(c -> c == '/').count() > 1;
        String first = modules.isEmpty() ? "" : modules.firstKey();
        boolean isRelated = (first.contains(last) || last.contains(first)) && !first.endsWith(DIAGNOSIS);
        return modules.size() == 1 && isDeep && isRelated
                ? Optional.of(place(first, modules.get(first), "it is the only one of " + at))
                : Optional.empty();
    }

    /** net/ax25: no module is there or below, and the option of that name is off. */
    private Optional<Place> byNamedOption(String file, String folder) {
        if (!host.modules().isComplete() || !host.modules().below(folder).isEmpty()) {
            return Optional.empty();
        }
        String name = ModuleName.canonical(folder.substring(folder.lastIndexOf('/') + 1))
                .toUpperCase(Locale.ROOT);
        String own = ModuleName.canonical(SUFFIX.matcher(file.substring(file.lastIndexOf('/') + 1))
                        .replaceFirst(""))
                .toUpperCase(Locale.ROOT);
        for (String option : List.of("CONFIG_" + own, "CONFIG_" + name, "CONFIG_" + name + "_FS")) {
            if (host.config().filter(c -> c.isOff(bare(option))).isPresent()) {
                return Optional.of(
                        new Place.Absent("there is no module below " + folder + ", and " + option + " is not set"));
            }
        }
        return Optional.empty();
    }

    private List<String> candidates(String folder) {
        SortedMap<String, ModuleTree.Kind> modules =
                new TreeMap<>(host.modules().in(folder));
        return List.copyOf((modules.isEmpty() ? host.modules().below(folder) : modules).keySet());
    }
}
