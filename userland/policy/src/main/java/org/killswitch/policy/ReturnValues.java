// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import org.killswitch.control.ControlException;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.host.SystemFiles;
import org.killswitch.host.btf.ReturnTypes;
import org.killswitch.posix.Errno;

/** Whether a value is one that the function can return. */
public final class ReturnValues {

    private ReturnValues() {}

    /**
     * Refuses an errno for a function that returns bool: the caller would take it for "yes".
     *
     * @param verb what is to be done, as in "cannot engage f"
     */
    public static void check(SystemFiles files, String verb, SymbolName symbol, Retval retval) throws ControlException {
        boolean errno = retval.value() < 0 && retval.value() >= -Errno.MAX;
        if (errno
                && new ReturnTypes(files)
                        .isBool(symbol.function(), symbol.module())
                        .orElse(false)) {
            throw new ControlException(
                    "cannot " + verb + " " + symbol + ": it returns bool, and " + retval
                            + " would mean true, like every value but 0; give 0 for false or 1 for true",
                    null);
        }
    }
}
