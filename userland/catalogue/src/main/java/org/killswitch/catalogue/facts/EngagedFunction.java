// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.facts;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A function that killswitch overrides, or will override when its module comes.
 *
 * @param symbol as it was engaged, perhaps with its module
 * @param state the kernel's word; "engaged" where only root could read it
 * @param guarded whether a guard lets some calls through
 * @param pending whether its module is not loaded
 */
public record EngagedFunction(String symbol, long retval, String state, boolean guarded, boolean pending) {

    private static final String FOLDER = "/sys/kernel/security/killswitch/";
    private static final Pattern LINE = Pattern.compile("(\\S+) retval=(-?\\d{1,19}) .*");

    static List<EngagedFunction> read(RootFiles files) {
        List<EngagedFunction> all = new ArrayList<>();
        for (String line : files.lines(FOLDER + "engaged")) {
            parse(line).ifPresent(m -> {
                String folder = FOLDER + "fn/" + m.group(1) + "/";
                all.add(new EngagedFunction(
                        m.group(1),
                        Long.parseLong(m.group(2)),
                        files.text(folder + "state").orElse("engaged"),
                        files.exists(folder + "passed"),
                        false));
            });
        }
        for (String line : files.lines(FOLDER + "pending")) {
            parse(line)
                    .ifPresent(m -> all.add(
                            new EngagedFunction(m.group(1), Long.parseLong(m.group(2)), "engaged", false, true)));
        }
        return all;
    }

    private static Optional<Matcher> parse(String line) {
        Matcher m = LINE.matcher(line);
        return m.matches() ? Optional.of(m) : Optional.empty();
    }

    /** Whether calls are overridden now; a probe and an observation only count them. */
    public boolean overrides() {
        return state.equals("engaged") || state.equals("expiring");
    }

    /** Whether an entry's symbol means this function: either may leave the module out. */
    public boolean is(String other) {
        return symbol.equals(other)
                || (function(symbol).equals(function(other)) && (symbol.indexOf(':') < 0 || other.indexOf(':') < 0));
    }

    private static String function(String name) {
        return name.substring(name.indexOf(':') + 1);
    }
}
