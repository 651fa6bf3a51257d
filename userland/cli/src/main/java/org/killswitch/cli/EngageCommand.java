package org.killswitch.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.killswitch.control.ControlException;
import org.killswitch.control.Engagement;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code killswitch engage SYMBOL RETVAL [--probe TIME]}. */
@Command(
        name = "engage",
        header = "Make a kernel function return RETVAL from now on, without running its body.",
        description = {
            "",
            "It lasts until 'killswitch disengage' or the next reboot. Calls that are already inside the function"
                    + " finish as usual.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  killswitch engage af_alg_sendmsg -EPERM",
            "  killswitch engage esp4:esp_input -22",
            "  killswitch engage esp_input -EINVAL --probe 5m"
        })
final class EngageCommand implements Callable<Integer> {

    private final Host host;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Parameters(
            index = "0",
            paramLabel = "SYMBOL",
            converter = Converters.ToSymbol.class,
            description = "The function, as in /proc/kallsyms, or <module>:<function>.")
    @SuppressWarnings("NullAway.Init")
    private SymbolName symbol;

    @Parameters(
            index = "1",
            paramLabel = "RETVAL",
            converter = Converters.ToRetval.class,
            description = "What it returns: a number (-1, 0x10) or a negated errno name (-EPERM).")
    @SuppressWarnings("NullAway.Init")
    private Retval retval;

    @Option(
            names = "--probe",
            paramLabel = "TIME",
            converter = Converters.ToProbeTime.class,
            description = "First only count its calls for TIME (30s, 5m, 1h; up to 24h): none, and it is engaged; any,"
                    + " and it is left alone.")
    private @Nullable Duration probe;

    EngageCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws ControlException {
        if (probe != null && !probe.isZero()) {
            host.killswitch().tryEngage(symbol, retval, probe);
            host.out().println(Text.probing(symbol, retval, probe));
            return ExitCode.OK;
        }
        host.killswitch().engage(symbol, retval);
        String backend = host.killswitch()
                .engagement(symbol)
                .flatMap(Engagement::details)
                .map(d -> " (backend " + d.backend() + ")")
                .orElse("");
        host.out().println(symbol + " now returns " + retval + backend);
        return ExitCode.OK;
    }
}
