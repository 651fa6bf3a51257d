// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import java.util.List;
import java.util.Optional;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.control.Engagement;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import picocli.CommandLine.Command;

/** {@code killswitch set SYMBOL RETVAL}. */
@Command(
        name = "set",
        header = "Change the value that an engaged function returns.",
        description = {"", "It takes effect on the next call. The function stays engaged meanwhile.", ""},
        footer = {"", "Example:", "  killswitch set af_alg_sendmsg -EACCES"})
public final class SetCommand extends ValueCommand {

    public SetCommand(Host host) {
        super(host);
    }

    @Override
    List<String> give(Host host, SymbolName symbol, Retval retval) throws ControlException {
        Optional<Engagement> before = new State(host.killswitch()).of(symbol);
        SymbolName name = before.map(Engagement::symbol).orElse(symbol);
        if (before.filter(e -> e.retval().equals(retval)).isPresent()
                && new State(host.killswitch()).returns(name, retval)) {
            return already(name, retval);
        }
        host.killswitch().set(name, retval);
        return List.of(name + " now returns " + retval
                + before.map(e -> " instead of " + e.retval()).orElse(""));
    }
}
