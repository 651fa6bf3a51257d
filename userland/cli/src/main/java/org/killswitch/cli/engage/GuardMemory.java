// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.Host;
import org.killswitch.control.SymbolName;
import org.killswitch.policy.GuardText;
import org.killswitch.policy.GuardTexts;
import org.killswitch.policy.PolicyException;

/** Keeps the text of a guard, for show, diff and persist: the kernel has only its program. */
final class GuardMemory {

    private GuardMemory() {}

    /** Remembers it, or that there is none; the engagement stands whatever comes of this. */
    static void remember(Host host, SymbolName symbol, @Nullable GuardText guard) {
        try {
            new GuardTexts(host.files()).put(symbol, Optional.ofNullable(guard));
        } catch (PolicyException e) {
            host.err()
                    .println("killswitch: warning: the guard's text is not kept, so that persist cannot write it: "
                            + e.getMessage());
        }
    }
}
