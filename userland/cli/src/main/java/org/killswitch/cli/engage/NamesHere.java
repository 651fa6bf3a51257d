// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.control.SymbolName;
import org.killswitch.host.BuiltInModules;
import org.killswitch.host.SystemCalls;
import org.killswitch.posix.Architecture;

/**
 * What a name stands for on this kernel: that of a system call for the functions by which it is entered, that of a function
 * whose module is built in for the function without it, any other for itself.
 */
final class NamesHere {

    private NamesHere() {}

    /**
     * What to engage or to observe. Warns of the ways to a system call that stay open.
     *
     * @param byArguments whether a guard looks at the arguments, which not all entries take alike
     */
    static List<SymbolName> of(Host host, List<SymbolName> symbols, boolean byArguments) {
        List<SymbolName> entries = new ArrayList<>();
        BuiltInModules builtIn = new BuiltInModules(host.files());
        for (SymbolName symbol : symbols) {
            Optional<SystemCalls.Doors> doors = doors(symbol, byArguments);
            if (doors.isEmpty()) {
                SymbolName here = builtIn.here(symbol);
                if (builtIn.has(symbol)) {
                    host.err()
                            .println("killswitch: warning: " + symbol.module().orElseThrow()
                                    + " is built into this kernel: the function is " + here);
                }
                entries.add(here);
                continue;
            }
            entries.addAll(doors.get().functions());
            if (!doors.get().open().isEmpty()) {
                host.err()
                        .println("killswitch: warning: other ways to this system call stay open: "
                                + String.join("; ", doors.get().open()));
            }
        }
        return entries;
    }

    /** What of them is engaged, observed or pending; where nothing is, the name itself. */
    static List<SymbolName> engaged(Host host, List<SymbolName> symbols) throws ControlException {
        State state = new State(host.killswitch());
        BuiltInModules builtIn = new BuiltInModules(host.files());
        List<SymbolName> engaged = new ArrayList<>();
        for (SymbolName named : symbols) {
            SymbolName symbol = state.isPending(named) ? named : builtIn.here(named);
            List<SymbolName> entries = new ArrayList<>();
            if (!state.isThere(symbol)) {
                for (SymbolName entry : entries(symbol)) {
                    if (state.isThere(entry)) {
                        entries.add(entry);
                    }
                }
            }
            engaged.addAll(entries.isEmpty() ? List.of(symbol) : entries);
        }
        return engaged;
    }

    private static List<SymbolName> entries(SymbolName symbol) {
        return Stream.of(false, true)
                .flatMap(byArguments -> doors(symbol, byArguments).stream())
                .flatMap(doors -> doors.functions().stream())
                .distinct()
                .toList();
    }

    private static Optional<SystemCalls.Doors> doors(SymbolName symbol, boolean byArguments) {
        try {
            return SystemCalls.doors(symbol, byArguments, Architecture.host());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
