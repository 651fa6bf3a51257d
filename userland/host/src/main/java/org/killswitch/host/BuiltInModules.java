// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.killswitch.control.SymbolName;

/**
 * What is a module elsewhere and part of the running kernel: nothing ever loads it, and its functions are the kernel's own.
 * The kernel's makers list it in /lib/modules/RELEASE/modules.builtin, which is read when somebody asks.
 */
public final class BuiltInModules {

    private final SystemFiles files;
    private @Nullable Set<String> names;

    public BuiltInModules(SystemFiles files) {
        this.files = files;
    }

    /** Whether the running kernel has this module's code built in; false where there is no list. */
    public boolean has(String module) {
        Set<String> known = names;
        if (known == null) {
            known = new HashSet<>();
            String release = files.text("/proc/sys/kernel/osrelease").orElse("").strip();
            for (String path : files.lines("/lib/modules/" + release + "/modules.builtin")) {
                known.add(canonical(path.substring(path.lastIndexOf('/') + 1).replaceFirst("\\.ko$", "")));
            }
            names = known;
        }
        return known.contains(canonical(module));
    }

    private static String canonical(String module) {
        return module.replace('-', '_');
    }

    /** The name by which the running kernel has a function: without its module where that is built in. */
    public SymbolName here(SymbolName symbol) {
        return symbol.module().filter(this::has).isPresent() ? new SymbolName(symbol.function()) : symbol;
    }
}
