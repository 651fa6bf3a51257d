// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host;

import java.util.Set;
import java.util.stream.Collectors;
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

    /** Whether a function is named with a module that is built in; false where there is no list. */
    public boolean has(SymbolName symbol) {
        return symbol.module()
                .filter(m -> names().contains(ModuleName.canonical(m)))
                .isPresent();
    }

    private Set<String> names() {
        Set<String> known = names;
        if (known == null) {
            String release = files.text("/proc/sys/kernel/osrelease").orElse("");
            known = files.lines("/lib/modules/" + release + "/modules.builtin").stream()
                    .map(ModuleName::ofFile)
                    .collect(Collectors.toSet());
            names = known;
        }
        return known;
    }

    /** The name by which the running kernel has a function: without its module where that is built in. */
    public SymbolName here(SymbolName symbol) {
        return has(symbol) ? new SymbolName(symbol.function()) : symbol;
    }
}
