// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.killswitch.advice.Finding;
import org.killswitch.advice.Level;
import org.killswitch.advice.QuickCheck;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.control.Reason;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;

/**
 * What speaks against engaging a function, as far as its name and its types tell.
 *
 * @param force whether to do it all the same
 * @param copies whether what the compiler made of the function is engaged, too
 */
record Objections(Host host, QuickCheck check, boolean force, boolean copies) {

    /** The functions, and with --copies what the compiler made of them. */
    List<SymbolName> withCopies(List<SymbolName> symbols) {
        if (!copies) {
            return symbols;
        }
        Set<SymbolName> all = new LinkedHashSet<>();
        for (SymbolName symbol : symbols) {
            List<String> made = check.copies(symbol.function(), symbol.module());
            if (made.isEmpty() || check.has(symbol.function(), symbol.module())) {
                all.add(symbol);
            }
            made.forEach(name ->
                    all.add(new SymbolName(symbol.module().map(m -> m + ":").orElse("") + name)));
        }
        return List.copyOf(all);
    }

    /**
     * Warns, and refuses what is dangerous unless it is forced.
     *
     * @return the reason, with what was forced in it
     */
    Optional<Reason> examine(SymbolName symbol, Retval retval, @Nullable Reason reason) throws ControlException {
        Set<String> forced = new LinkedHashSet<>();
        for (Finding finding : of(symbol, retval)) {
            if (copies && finding.id() == Finding.Id.FOUND) {
                continue;
            }
            if (finding.level().compareTo(Level.DANGER) >= 0) {
                if (!force) {
                    throw new ControlException(refusal(symbol, retval, finding), null);
                }
                forced.add(finding.id().word());
            }
            host.err().println("killswitch: warning: " + symbol + ": " + finding.text());
        }
        return forced.isEmpty() ? Optional.ofNullable(reason) : Optional.of(withForced(forced, reason));
    }

    private static String refusal(SymbolName symbol, Retval retval, Finding finding) {
        return "cannot engage " + symbol + " with " + retval
                + (finding.level() == Level.NEVER ? ", which must never be done: " : ", which is dangerous: ")
                + finding.text() + "; see killswitch check " + symbol + " " + retval.value()
                + ", or add --force to engage it all the same";
    }

    private List<Finding> of(SymbolName symbol, Retval retval) {
        try {
            return check.objections(symbol.module(), symbol.function(), retval.value());
        } catch (IOException e) {
            throw new IllegalStateException("a check that reads no memory", e);
        }
    }

    private static Reason withForced(Set<String> forced, @Nullable Reason reason) throws ControlException {
        String text = "forced (" + String.join(", ", forced) + ")" + (reason == null ? "" : ": " + reason.text());
        if (text.length() > Reason.MAX) {
            throw new ControlException(
                    "the reason is too long by " + (text.length() - Reason.MAX)
                            + " characters: --force adds to it what was forced",
                    null);
        }
        return new Reason(text);
    }
}
