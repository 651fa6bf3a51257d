// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.killswitch.host.SystemFiles;

/** Whether this host uses the module that a function is in: by what uses the module, its sockets and its mounts. */
public final class Here {

    private static final Finding.Id ID = Finding.Id.HERE;

    /** A column of /proc/net/protocols. */
    private static final int SOCKETS = 2;

    private static final int OWNER = 7;

    private Here() {}

    /**
     * What /proc says of the module.
     *
     * @param symbol the function, with its module in front if it is in one
     */
    public static Finding of(SystemFiles files, String symbol) {
        int colon = symbol.indexOf(':');
        if (colon < 0) {
            return Finding.of(ID, Level.NOTE, "it is built into the kernel: nothing tells whether this host uses it");
        }
        String module = symbol.substring(0, colon);
        Optional<List<String>> loaded = files.lines("/proc/modules").stream()
                .map(l -> List.of(l.split(" ", -1)))
                .filter(w -> w.size() > 3 && w.getFirst().equals(module))
                .findFirst();
        if (loaded.isEmpty()) {
            return Finding.of(ID, Level.NOTE, "the module " + module + " is not loaded: nothing here uses it now");
        }
        List<String> uses = new ArrayList<>();
        long references = number(loaded.get().get(2));
        if (references > 0) {
            uses.add(references == 1 ? "1 reference" : references + " references");
        }
        String users = loaded.get().get(3).replaceFirst(",$", "");
        if (!users.equals("-")) {
            uses.add("used by the modules " + users.replace(",", ", "));
        }
        long sockets = sockets(files, module);
        if (sockets > 0) {
            uses.add(sockets == 1 ? "1 socket" : sockets + " sockets");
        }
        mounts(files, module).forEach(m -> uses.add("mounted at " + m));
        return uses.isEmpty()
                ? Finding.of(ID, Level.OK, "the module " + module + " is loaded, and nothing is seen to use it")
                : new Finding(ID, Level.NOTE, "the module " + module + " is in use on this host", uses);
    }

    private static long number(String text) {
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
    }

    /** Those of the protocols that the module registered. */
    private static long sockets(SystemFiles files, String module) {
        return files.lines("/proc/net/protocols").stream()
                .map(l -> l.trim().split(" +", -1))
                .filter(w -> w.length > OWNER && w[OWNER].equals(module))
                .mapToLong(w -> number(w[SOCKETS]))
                .sum();
    }

    /** A file system has the name of its module, or the module is an alias of it. */
    private static List<String> mounts(SystemFiles files, String module) {
        Set<String> types = new TreeSet<>(Set.of(module));
        String release = files.text("/proc/sys/kernel/osrelease").orElse("");
        for (String line : files.lines("/lib/modules/" + release + "/modules.alias")) {
            String[] words = line.split(" ", -1);
            if (words.length == 3 && words[1].startsWith("fs-") && words[2].equals(module)) {
                types.add(words[1].substring("fs-".length()));
            }
        }
        return files.lines("/proc/mounts").stream()
                .map(l -> l.split(" ", -1))
                .filter(w -> w.length > 2 && types.contains(w[2]))
                .map(w -> w[1])
                .toList();
    }
}
