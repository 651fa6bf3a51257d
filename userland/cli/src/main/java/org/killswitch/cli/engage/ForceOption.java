// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.killswitch.advice.QuickCheck;
import org.killswitch.cli.Host;
import org.killswitch.control.SymbolName;
import picocli.CommandLine.Option;

/** The options that widen what engage does: to what is dangerous, and to the copies that the compiler made. */
final class ForceOption {

    @Option(
            names = "--force",
            description = "Engage also what is dangerous, or must never be engaged, by what 'killswitch check' says of"
                    + " the function's name and type. It is noted in the reason.")
    private boolean force;

    @Option(
            names = "--copies",
            description =
                    "Engage also what the compiler made of the function (f.part.0, f.isra.0, f.constprop.0) besides it"
                            + " or in its place.")
    private boolean copies;

    /** The functions, and with --copies what the compiler made of them. */
    List<SymbolName> withCopies(Host host, List<SymbolName> symbols) {
        if (!copies) {
            return symbols;
        }
        QuickCheck check = QuickCheck.of(host.files(), functions(symbols));
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

    private static Set<String> functions(List<SymbolName> symbols) {
        return symbols.stream().map(SymbolName::function).collect(Collectors.toSet());
    }

    /** What speaks against engaging any of these. */
    Objections objections(Host host, List<SymbolName> symbols) {
        return new Objections(host, QuickCheck.of(host.files(), functions(symbols)), force, copies);
    }
}
