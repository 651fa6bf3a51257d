// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.facts;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.killswitch.host.SystemFiles;

/**
 * A livepatch that is in effect for all tasks.
 *
 * @param functions those that it replaces
 */
public record Livepatch(String name, Set<String> functions) {

    private static final String FOLDER = "/sys/kernel/livepatch";

    public Livepatch {
        functions = Set.copyOf(functions);
    }

    static List<Livepatch> read(SystemFiles files) {
        List<Livepatch> patches = new ArrayList<>();
        for (String name : files.list(FOLDER)) {
            String folder = FOLDER + "/" + name;
            boolean isOn = files.text(folder + "/enabled").orElse("").equals("1")
                    && files.text(folder + "/transition").orElse("").equals("0");
            if (isOn) {
                Set<String> functions = new HashSet<>();
                for (String object : files.list(folder)) {
                    for (String function : files.list(folder + "/" + object)) {
                        functions.add(function.replaceFirst(",\\d+$", ""));
                    }
                }
                patches.add(new Livepatch(name, functions));
            }
        }
        return patches;
    }
}
