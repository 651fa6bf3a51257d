// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.killswitch.control.ControlException;
import org.killswitch.control.Reason;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;

/** A kernel module that does what it is told, but for what it refuses. */
final class FakeOverrides implements Overrides {

    final Map<SymbolName, Actual> engaged = new LinkedHashMap<>();
    final List<String> commands = new ArrayList<>();
    final Set<String> refused = new HashSet<>();
    boolean sealed;
    boolean locked;

    FakeOverrides with(Actual... actual) {
        for (Actual a : actual) {
            engaged.put(a.symbol(), a);
        }
        return this;
    }

    private void command(String command) throws ControlException {
        if (refused.contains(command)) {
            throw new ControlException("cannot " + command, null);
        }
        commands.add(command);
    }

    @Override
    public List<Actual> state() {
        return List.copyOf(engaged.values());
    }

    @Override
    public boolean sealed() {
        return sealed;
    }

    @Override
    public boolean locked() {
        return locked;
    }

    @Override
    public void check(Desired desired) throws ControlException {
        if (refused.contains("check " + desired.symbol())) {
            throw new ControlException("the guard is wrong", null);
        }
    }

    @Override
    public void begin(Desired d) throws ControlException {
        command(d.effect());
        engaged.put(
                d.symbol(),
                new Actual(
                        d.symbol(),
                        d.retval(),
                        Actual.Life.KEPT,
                        d.guard().isPresent(),
                        d.guard(),
                        d.reason().map(Reason::text)));
    }

    private void change(SymbolName symbol, Optional<Retval> retval) {
        Actual a = engaged.get(symbol);
        engaged.put(symbol, new Actual(symbol, retval, Actual.Life.KEPT, a.isGuarded(), a.guard(), a.reason()));
    }

    @Override
    public void set(SymbolName symbol, Retval retval) throws ControlException {
        command("set " + symbol + " " + retval.value());
        change(symbol, Optional.of(retval));
    }

    @Override
    public void enforce(SymbolName symbol, Retval retval, Optional<Reason> reason) throws ControlException {
        command("enforce " + symbol + " " + retval.value());
        change(symbol, Optional.of(retval));
    }

    @Override
    public void keep(SymbolName symbol) throws ControlException {
        command("keep " + symbol);
        change(symbol, engaged.get(symbol).retval());
    }

    @Override
    public void disengage(SymbolName symbol) throws ControlException {
        command("disengage " + symbol);
        engaged.remove(symbol);
    }
}
