// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.util.Optional;
import org.killswitch.control.Reason;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;

/**
 * What the policy wants of one function on this kernel.
 *
 * @param retval empty: its calls are only observed
 * @param where the policy says so
 */
public record Desired(
        SymbolName symbol, Optional<Retval> retval, Optional<GuardText> guard, Optional<Reason> reason, String where) {

    /** Whether it can be a parameter of the module: nothing else is there before the module. */
    public boolean isParameter() {
        return retval.isPresent() && guard.isEmpty();
    }

    /** What it does, on one line: two that do the same have the same text. */
    public String effect() {
        return retval.map(r -> "engage " + symbol + " " + r.value()).orElse("observe " + symbol)
                + guard.map(g -> " when " + g).orElse("");
    }

    /** For a person. */
    @Override
    public String toString() {
        return symbol
                + retval.map(r -> " returns " + r).orElse(" is observed")
                + guard.map(g -> " when " + g).orElse("");
    }
}
