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
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command that gives a value to a function that is engaged or observed already. */
abstract class ValueCommand implements Callable<Integer> {

    private final Host host;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

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
            description = "The value to return: a number (-1, 0x10) or a negated errno name (-EPERM).")
    @SuppressWarnings("NullAway.Init")
    private Retval retval;

    ValueCommand(Host host) {
        this.host = host;
    }

    /** Gives it the value; what has been done, for a person. */
    abstract List<String> give(Host host, SymbolName symbol, Retval retval) throws ControlException;

    /** What is said where there is nothing to do. */
    static List<String> already(SymbolName symbol, Retval retval) {
        return List.of(symbol + " returns " + retval + " already");
    }

    @Override
    public final Integer call() throws ControlException {
        for (SymbolName engaged : NamesHere.engaged(host, List.of(symbol))) {
            ReturnValues.check(host.files(), spec.name(), engaged, retval);
            give(host, engaged, retval).forEach(host.out()::println);
        }
        return ExitCode.OK;
    }
}
