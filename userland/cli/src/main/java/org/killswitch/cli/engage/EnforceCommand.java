// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import java.util.List;
import java.util.concurrent.Callable;
import org.killswitch.cli.Converters;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.policy.ReturnValues;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

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
public final class EnforceCommand implements Callable<Integer> {

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

    @Mixin
    private final ReasonOption reason = new ReasonOption();

    public EnforceCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws ControlException {
        ReturnValues.check(host.files(), "enforce", symbol, retval);
        try {
            reason.killswitch(host).enforce(symbol, retval);
        } catch (ControlException e) {
            if (!new State(host.killswitch()).returns(symbol, retval)) {
                throw e;
            }
            host.out().println(symbol + " returns " + retval + " already");
            return ExitCode.OK;
        }
        host.out().println(symbol + " now returns " + retval);
        Inside.lines(host.files(), List.of(symbol)).forEach(host.out()::println);
        return ExitCode.OK;
    }
}
