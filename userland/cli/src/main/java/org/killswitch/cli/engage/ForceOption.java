// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

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

    /** What speaks against engaging any of these. */
    Objections objections(Host host, List<SymbolName> symbols) {
        Set<String> functions = symbols.stream().map(SymbolName::function).collect(Collectors.toSet());
        boolean inModules = symbols.stream().anyMatch(s -> s.module().isPresent());
        return new Objections(host, new QuickCheck(host.files(), functions, inModules), force, copies);
    }
}
