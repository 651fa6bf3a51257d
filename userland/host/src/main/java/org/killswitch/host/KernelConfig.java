package org.killswitch.host;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The configuration that the running kernel was built with.
 *
 * @param file where it was found
 */
public record KernelConfig(String file, Map<String, String> options) {

    public KernelConfig {
        options = Map.copyOf(options);
    }

    /** Where distributions have it; the kernel's own answer comes first. */
    public static Optional<KernelConfig> of(SystemFiles files, String release) {
        for (String file : List.of(
                "/proc/config.gz",
                "/boot/config-" + release,
                "/usr/lib/modules/" + release + "/config",
                "/lib/modules/" + release + "/config",
                "/lib/modules/" + release + "/build/.config",
                "/usr/src/linux-headers-" + release + "/.config")) {
            if (files.read(file) instanceof SystemFiles.Content.Text t) {
                return Optional.of(new KernelConfig(file, parse(t.text())));
            }
        }
        return Optional.empty();
    }

    private static Map<String, String> parse(String text) {
        Map<String, String> options = new HashMap<>();
        text.lines().filter(l -> l.startsWith("CONFIG_")).forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
                options.put(line.substring("CONFIG_".length(), equals), line.substring(equals + 1));
            }
        });
        return options;
    }

    public boolean has(String option) {
        return "y".equals(options.get(option)) || "m".equals(options.get(option));
    }

    /** Those of the options that are not set. */
    public List<String> lacking(List<String> wanted) {
        return wanted.stream().filter(o -> !has(o)).toList();
    }
}
