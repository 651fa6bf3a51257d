// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import java.util.ArrayList;
import java.util.List;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code killswitch enforce SYMBOL RETVAL [--reason TEXT]}. */
@Command(
        name = "enforce",
        header = "Make an observed function return RETVAL from now on.",
        description = {
            "",
            "The calls that were counted are overridden from now on; no call is missed in between, and the hits go on"
                    + " counting.",
            ""
        },
        footer = {"", "Examples:", "  killswitch observe af_alg_sendmsg", "  killswitch enforce af_alg_sendmsg -EPERM"})
public final class EnforceCommand extends ValueCommand {

    @Mixin
    private final ReasonOption reason = new ReasonOption();

    public EnforceCommand(Host host) {
        super(host);
    }

    @Override
    List<String> give(Host host, SymbolName symbol, Retval retval) throws ControlException {
        try {
            reason.killswitch(host).enforce(symbol, retval);
        } catch (ControlException e) {
            if (!new State(host.killswitch()).returns(symbol, retval)) {
                throw e;
            }
            return already(symbol, retval);
        }
        List<String> done = new ArrayList<>(List.of(symbol + " now returns " + retval));
        done.addAll(Inside.lines(host.files(), List.of(symbol)));
        return done;
    }
}
