// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.facts;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.killswitch.host.ModuleName;
import org.killswitch.host.SystemFiles;

/**
 * What keeps a module from being loaded: modprobe.d(5), and module_blacklist= of the kernel's command line.
 *
 * <p>{@code blacklist} is not among it: it hides a module's aliases, and whoever asks for the module by its name, as the
 * kernel does for algif-aead, or for one that needs it, still gets it.
 */
public final class ModprobeRules {

    /** A file of an earlier folder hides one of the same name in a later folder. */
    private static final List<String> FOLDERS = List.of(
            "/etc/modprobe.d",
            "/run/modprobe.d",
            "/usr/local/lib/modprobe.d",
            "/usr/lib/modprobe.d",
            "/lib/modprobe.d");

    /** Commands that load nothing; a comment may follow, since a shell runs it. */
    private static final Pattern LOADS_NOTHING =
            Pattern.compile("(?:(?:/usr)?/bin/)?(?:false|true)(?:\\s*[;#].*|\\s*)|:");

    private static final String MODULE_BLACKLIST = "module_blacklist=";

    private final SortedMap<String, String> blocked = new TreeMap<>();
    private final Set<String> blacklisted = new HashSet<>();
    private final List<ModuleOptions> options = new ArrayList<>();

    /** What a line of options says of a module. */
    private record ModuleOptions(String module, String text) {}

    private ModprobeRules() {}

    static ModprobeRules read(SystemFiles files) {
        ModprobeRules rules = new ModprobeRules();
        SortedMap<String, String> seen = new TreeMap<>();
        for (String folder : FOLDERS) {
            for (String name : files.list(folder)) {
                if (name.endsWith(".conf")) {
                    seen.putIfAbsent(name, folder + "/" + name);
                }
            }
        }
        seen.values().forEach(file -> rules.add(file, files.text(file).orElse("")));
        for (String word : files.text("/proc/cmdline").orElse("").split("\\s+", -1)) {
            if (word.startsWith(MODULE_BLACKLIST)) {
                for (String module : word.substring(MODULE_BLACKLIST.length()).split(",", -1)) {
                    rules.blocked.put(ModuleName.canonical(module), word + " on the kernel's command line");
                }
            }
        }
        return rules;
    }

    private void add(String file, String text) {
        for (String line : joined(text)) {
            String[] words = line.strip().split("\\s+", 3);
            if (words.length > 1 && words[0].equals("blacklist")) {
                blacklisted.add(ModuleName.canonical(words[1]));
            } else if (words.length > 2 && words[0].equals("options")) {
                options.add(new ModuleOptions(ModuleName.canonical(words[1]), words[2]));
            } else if (words.length > 2 && words[0].equals("install")) {
                String module = ModuleName.canonical(words[1]);
                if (LOADS_NOTHING.matcher(words[2]).matches()) {
                    blocked.putIfAbsent(module, "'" + String.join(" ", words) + "' in " + file);
                }
            }
        }
    }

    /** A line goes on after a backslash at its end; a comment does not. */
    private static List<String> joined(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder open = new StringBuilder();
        for (String line : text.lines().toList()) {
            if (open.isEmpty() && line.stripLeading().startsWith("#")) {
                continue;
            }
            if (line.endsWith("\\")) {
                open.append(line, 0, line.length() - 1).append(' ');
            } else {
                lines.add(open.append(line).toString());
                open.setLength(0);
            }
        }
        lines.add(open.toString());
        return lines;
    }

    /** The rule that keeps a module out; empty if there is none. */
    public Optional<String> block(String module) {
        return Optional.ofNullable(blocked.get(ModuleName.canonical(module)));
    }

    /** The parameters that modprobe loads a module with, a text for each line. */
    public List<String> options(String module) {
        return options.stream()
                .filter(o -> o.module().equals(ModuleName.canonical(module)))
                .map(ModuleOptions::text)
                .toList();
    }

    /** Whether only its aliases are hidden. */
    public boolean isBlacklisted(String module) {
        return blacklisted.contains(ModuleName.canonical(module));
    }
}
