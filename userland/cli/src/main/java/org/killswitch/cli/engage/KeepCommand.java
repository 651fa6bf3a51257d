// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import java.util.List;
import java.util.concurrent.Callable;
import org.killswitch.bpf.BpfException;
import org.killswitch.cli.Converters;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.control.SymbolName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code killswitch keep SYMBOL...}. */
@Command(
        name = "keep",
        header = "Stop the countdown of an engagement that was made with --for.",
        description = {
            "",
            "The override stays until 'killswitch disengage' or the next reboot. If one of several functions cannot be"
                    + " kept, the rest still are. A function without a countdown is not an error.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  killswitch engage tcp_v4_connect -EPERM --for 10m",
            "  killswitch keep tcp_v4_connect   # the session still works"
        })
public final class KeepCommand implements Callable<Integer> {

    private final Host host;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Parameters(
            arity = "1..*",
            paramLabel = "SYMBOL",
            converter = Converters.ToSymbols.class,
            description = "The functions, as 'killswitch status' shows them.")
    private List<Converters.Symbols> symbols = List.of();

    @Mixin
    private final ReasonOption reason = new ReasonOption();

    public KeepCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws ControlException, BpfException {
        return Several.each(host, NamesHere.engaged(host, Converters.Symbols.all(symbols)), this::keep);
    }

    private Several.Done keep(SymbolName symbol) throws ControlException {
        try {
            reason.killswitch(host).keep(symbol);
        } catch (ControlException e) {
            if (new State(host.killswitch()).isKept(symbol)) {
                return Several.Done.before(symbol + " stays engaged already");
            }
            throw e;
        }
        // Only what is all or nothing is taken back.
        return Several.Done.before(symbol + " stays engaged until you disengage it");
    }
}
