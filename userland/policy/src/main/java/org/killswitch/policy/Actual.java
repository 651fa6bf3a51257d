// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.util.Optional;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;

/**
 * What is so for one function.
 *
 * @param retval empty: its calls are only observed
 * @param isGuarded whether a guard picks the calls; of what is pending, that is known only by the guard's text
 * @param guard its text, where it is known
 */
public record Actual(
        SymbolName symbol,
        Optional<Retval> retval,
        Life life,
        boolean isGuarded,
        Optional<GuardText> guard,
        Optional<String> reason) {

    /** How long it lasts. */
    public enum Life {
        /** Until it is disengaged. */
        KEPT,
        /** Its module is not loaded. */
        PENDING,
        /** It waits for a module that is built in. */
        NEVER,
        /** It ends by itself unless it is kept. */
        EXPIRING,
        /** It is a probe, which begins to override or ends. */
        PROBING
    }

    /** Whether it will not be there, or be something else, in a while. */
    boolean isPassing() {
        return life == Life.EXPIRING || life == Life.PROBING;
    }

    /** For a person. */
    @Override
    public String toString() {
        return symbol
                + retval.map(r -> " returns " + r).orElse(" is observed")
                + (isGuarded ? " when " + guard.map(GuardText::toString).orElse("a guard says so") : "");
    }
}
