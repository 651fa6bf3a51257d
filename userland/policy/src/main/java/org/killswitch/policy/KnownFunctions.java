// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.killswitch.control.ControlException;
import org.killswitch.control.SymbolName;
import org.killswitch.host.Symbols;
import org.killswitch.host.SystemFiles;

/** The functions that this kernel and its loaded modules have; they are read when somebody asks. */
public final class KnownFunctions {

    private final SystemFiles files;
    private @Nullable Set<String> names;

    public KnownFunctions(SystemFiles files) {
        this.files = files;
    }

    /**
     * Refuses a function that is not there. Of a module that is named, it may be yet to come; where the kernel's symbols
     * cannot be read, nothing is known.
     */
    public void require(SymbolName symbol) throws ControlException {
        if (symbol.module().isPresent()) {
            return;
        }
        Set<String> known = names == null ? Symbols.names(files) : names;
        names = known;
        if (!known.isEmpty() && !known.contains(symbol.function())) {
            throw new ControlException(
                    "neither this kernel nor a loaded module has a function " + symbol
                            + "; if its module is not loaded, name it: MODULE:" + symbol,
                    null);
        }
    }
}
