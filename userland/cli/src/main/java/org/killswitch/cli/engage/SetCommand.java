// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.killswitch.cli.Converters;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.control.Engagement;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.policy.ReturnValues;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code killswitch set SYMBOL RETVAL}. */
@Command(
        name = "set",
        header = "Change the value that an engaged function returns.",
        description = {"", "It takes effect on the next call. The function stays engaged meanwhile.", ""},
        footer = {"", "Example:", "  killswitch set af_alg_sendmsg -EACCES"})
public final class SetCommand implements Callable<Integer> {

    private final Host host;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Parameters(
            index = "0",
            paramLabel = "SYMBOL",
            converter = Converters.ToSymbol.class,
            description = "The function, as 'killswitch status' shows it.")
    @SuppressWarnings("NullAway.Init")
    private SymbolName symbol;

    @Parameters(
            index = "1",
            paramLabel = "RETVAL",
            converter = Converters.ToRetval.class,
            description = "What it returns: a number (-1, 0x10) or a negated errno name (-EPERM).")
    @SuppressWarnings("NullAway.Init")
    private Retval retval;

    public SetCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws ControlException {
        ReturnValues.check(host.files(), "set", symbol, retval);
        Optional<Engagement> before = new State(host.killswitch()).of(symbol);
        SymbolName name = before.map(Engagement::symbol).orElse(symbol);
        if (before.filter(e -> e.retval().equals(retval)).isPresent()
                && new State(host.killswitch()).returns(name, retval)) {
            host.out().println(name + " returns " + retval + " already");
            return ExitCode.OK;
        }
        host.killswitch().set(name, retval);
        host.out()
                .println(name + " now returns " + retval
                        + before.map(e -> " instead of " + e.retval()).orElse(""));
        return ExitCode.OK;
    }
}
