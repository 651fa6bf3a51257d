package org.killswitch.cli.engage;

import java.util.List;
import java.util.concurrent.Callable;
import org.killswitch.cli.Converters;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.control.SymbolName;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code killswitch keep SYMBOL...}. */
@Command(
        name = "keep",
        header = "Make what was engaged with --for last.",
        description = {
            "",
            "Stops the countdown: the override stays until 'killswitch disengage' or the next reboot. Where several"
                    + " functions are given and one cannot be kept, the others are all the same.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  killswitch engage tcp_v4_connect -EPERM --for 10m",
            "  killswitch keep tcp_v4_connect   # still here: it did not cut me off"
        })
public final class KeepCommand implements Callable<Integer> {

    private final Host host;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Parameters(
            arity = "1..*",
            paramLabel = "SYMBOL",
            converter = Converters.ToSymbol.class,
            description = "The functions, as 'killswitch status' shows them.")
    private List<SymbolName> symbols = List.of();

    public KeepCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        int exit = ExitCode.OK;
        for (SymbolName symbol : symbols) {
            try {
                host.killswitch().keep(symbol);
                host.out().println(symbol + " stays engaged until you disengage it");
            } catch (ControlException e) {
                host.err().println("killswitch: " + e.getMessage());
                exit = ExitCode.SOFTWARE;
            }
        }
        return exit;
    }
}
