// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import java.util.List;
import java.util.Optional;
import org.killswitch.control.ControlException;
import org.killswitch.control.Engagement;
import org.killswitch.control.Killswitch;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;

/** Whether what is asked for is so already: then there is nothing to do, and nothing has failed. */
final class State {

    private final Killswitch killswitch;

    State(Killswitch killswitch) {
        this.killswitch = killswitch;
    }

    /** What is engaged or observed as a function, under its name with or without a module; empty if that is not one. */
    Optional<Engagement> of(SymbolName symbol) throws ControlException {
        List<Engagement> all = killswitch.engagements();
        Optional<Engagement> exact =
                all.stream().filter(e -> e.symbol().equals(symbol)).findFirst();
        List<Engagement> others =
                all.stream().filter(e -> e.symbol().mayBe(symbol)).toList();
        return exact.isPresent() || others.size() != 1 ? exact : Optional.of(others.getFirst());
    }

    /** Whether it is engaged, observed or waits for its module. */
    boolean isThere(SymbolName symbol) throws ControlException {
        return of(symbol).isPresent() || isPending(symbol);
    }

    /** Whether it waits for its module, by that name. */
    boolean isPending(SymbolName symbol) throws ControlException {
        return killswitch.pending().stream().anyMatch(p -> p.symbol().equals(symbol));
    }

    /** Whether each call returns the value, until disengaged. */
    boolean isEngaged(SymbolName symbol, Retval retval) throws ControlException {
        return isPending(symbol, Optional.of(retval))
                || is(symbol, Engagement.State.ENGAGED, e -> e.retval().equals(retval));
    }

    /** Whether each call is counted and none overridden. */
    boolean isObserved(SymbolName symbol) throws ControlException {
        return isPending(symbol, Optional.empty()) || is(symbol, Engagement.State.OBSERVING, e -> true);
    }

    /** Whether it is engaged for good with this value, with or without a guard. */
    boolean returns(SymbolName symbol, Retval retval) throws ControlException {
        return isPending(symbol, Optional.of(retval))
                || (isKept(symbol)
                        && of(symbol).filter(e -> e.retval().equals(retval)).isPresent());
    }

    /** Whether it is engaged for good, with or without a guard. */
    boolean isKept(SymbolName symbol) throws ControlException {
        return of(symbol)
                .flatMap(Engagement::details)
                .filter(d -> d.state() == Engagement.State.ENGAGED)
                .isPresent();
    }

    private interface Test {
        boolean holds(Engagement engagement);
    }

    private boolean is(SymbolName symbol, Engagement.State state, Test test) throws ControlException {
        Optional<Engagement> found = of(symbol);
        return found.filter(test::holds)
                .flatMap(Engagement::details)
                .filter(d -> d.state() == state && d.passed().isEmpty())
                .isPresent();
    }

    private boolean isPending(SymbolName symbol, Optional<Retval> retval) throws ControlException {
        return killswitch.pending().stream()
                .anyMatch(p -> p.symbol().equals(symbol) && p.retval().equals(retval));
    }
}
