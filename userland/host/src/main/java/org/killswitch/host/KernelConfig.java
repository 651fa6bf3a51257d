// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The configuration that the running kernel was built with.
 *
 * @param file where it was found
 * @param options without CONFIG_: "y", "m", a value, or "n" where it is written that the option is off
 */
public record KernelConfig(String file, Map<String, String> options) {

    private static final String PREFIX = "CONFIG_";
    private static final String OFF = "# " + PREFIX;
    private static final String NOT_SET = " is not set";

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
        text.lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (line.startsWith(PREFIX) && equals > 0) {
                options.put(line.substring(PREFIX.length(), equals), line.substring(equals + 1));
            } else if (line.startsWith(OFF) && line.endsWith(NOT_SET)) {
                options.put(line.substring(OFF.length(), line.length() - NOT_SET.length()), "n");
            }
        });
        return options;
    }

    /** Whether it says itself that an option is off; one that depends on such an option is not in it at all. */
    public boolean isOff(String option) {
        return "n".equals(options.get(option));
    }

    public boolean has(String option) {
        return "y".equals(options.get(option)) || "m".equals(options.get(option));
    }

    /** Those of the options that are not set. */
    public List<String> lacking(List<String> wanted) {
        return wanted.stream().filter(o -> !has(o)).toList();
    }
}
