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
import org.killswitch.host.SystemCalls;
import org.killswitch.posix.Architecture;

/** A system call by its name stands for the functions by which it is entered; any other function for itself. */
final class SystemCallEntries {

    private SystemCallEntries() {}

    /**
     * What to engage or to observe. Warns of the ways to a system call that stay open.
     *
     * @param byArguments whether a guard looks at the arguments, which not all entries take alike
     */
    static List<SymbolName> of(Host host, List<SymbolName> symbols, boolean byArguments) {
        List<SymbolName> entries = new ArrayList<>();
        for (SymbolName symbol : symbols) {
            Optional<SystemCalls.Doors> doors = doors(symbol, byArguments);
            if (doors.isEmpty()) {
                entries.add(symbol);
                continue;
            }
            doors.get().engaged().forEach(entry -> entries.add(new SymbolName(entry)));
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
        List<SymbolName> engaged = new ArrayList<>();
        for (SymbolName symbol : symbols) {
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
                .flatMap(doors -> doors.engaged().stream())
                .distinct()
                .map(SymbolName::new)
                .toList();
    }

    private static Optional<SystemCalls.Doors> doors(SymbolName symbol, boolean byArguments) {
        try {
            return symbol.module().isPresent()
                    ? Optional.empty()
                    : SystemCalls.doors(symbol.function(), byArguments, Architecture.host());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
