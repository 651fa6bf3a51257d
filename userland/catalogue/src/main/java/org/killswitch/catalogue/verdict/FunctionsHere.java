// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.verdict;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.facts.HostFacts;
import org.killswitch.control.SymbolName;
import org.killswitch.host.SystemCalls;

/**
 * The functions of the catalogue as the running kernel has them. One of a module that is built in is the kernel's own. One
 * that is called like a system call, and that a compiler has made part of its entry points, is these, unless there are more
 * ways to the system call than they.
 */
record FunctionsHere(HostFacts host) {

    Entry.Engagement of(Entry.Engagement engagement) {
        return engagement.with(engagement.functions().stream().flatMap(this::of).toList());
    }

    private Stream<Entry.Function> of(Entry.Function function) {
        return names(function).stream().map(n -> new Entry.Function(n, function.retval(), function.when()));
    }

    private List<SymbolName> names(Entry.Function function) {
        SymbolName name = host.here(function.symbol());
        return doors(name, function.when().isPresent())
                .filter(d -> d.open().isEmpty())
                .map(SystemCalls.Doors::functions)
                .orElse(List.of(name));
    }

    private Optional<SystemCalls.Doors> doors(SymbolName name, boolean isGuarded) {
        try {
            return SystemCalls.doors(
                    name,
                    isGuarded,
                    host.architecture(),
                    functions -> functions.stream().filter(host::hasSymbol).collect(Collectors.toSet()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
