package org.killswitch.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.killswitch.control.ControlException;
import org.killswitch.control.Engagement;
import org.killswitch.control.Pending;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code killswitch engage SYMBOL RETVAL [--probe TIME | --for TIME]}. */
@Command(
        name = "engage",
        header = "Make a kernel function return RETVAL from now on, without running its body.",
        description = {
            "",
            "It lasts until 'killswitch disengage' or the next reboot. Calls that are already inside the function"
                    + " finish as usual.",
            "Where SYMBOL names a module that is not loaded, the function is engaged as soon as it is.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  killswitch engage af_alg_sendmsg -EPERM",
            "  killswitch engage esp4:esp_input -22",
            "  killswitch engage esp_input -EINVAL --probe 5m",
            "  killswitch engage tcp_v4_connect -EPERM --for 10m"
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

    @ArgGroup
    private @Nullable Timing timing;

    /** Either of the two. */
    private static final class Timing {

        @Option(
                names = "--probe",
                required = true,
                paramLabel = "TIME",
                converter = Converters.ToTime.class,
                description = "First only count its calls for TIME (30s, 5m, 1h; up to 24h): none, and it is engaged;"
                        + " any, and it is left alone.")
        private @Nullable Duration probe;

        @Option(
                names = "--for",
                required = true,
                paramLabel = "TIME",
                converter = Converters.ToTime.class,
                description = "Disengage it again after TIME, unless 'killswitch keep' comes first: for an override"
                        + " that might cut you off.")
        private @Nullable Duration duration;
    }

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    EngageCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws ControlException {
        Duration probe = timing == null ? null : timing.probe;
        Duration duration = timing == null ? null : timing.duration;
        if (duration != null && duration.isZero()) {
            throw new ParameterException(spec.commandLine(), "--for takes 1s or more");
        }
        if (probe != null && !probe.isZero()) {
            host.killswitch().tryEngage(symbol, retval, probe);
            host.out().println(Text.probing(symbol, retval, probe));
            return ExitCode.OK;
        }
        if (duration != null) {
            host.killswitch().engageFor(symbol, retval, duration);
        } else {
            host.killswitch().engage(symbol, retval);
        }
        host.out().println(done() + (duration == null ? "" : Text.unlessKept(symbol, duration)));
        return ExitCode.OK;
    }

    private String done() throws ControlException {
        Optional<Pending> pending = host.killswitch().pending().stream()
                .filter(p -> p.symbol().equals(symbol))
                .findFirst();
        if (pending.isPresent()) {
            return Text.pending(pending.get());
        }
        String backend = host.killswitch()
                .engagement(symbol)
                .flatMap(Engagement::details)
                .map(d -> " (backend " + d.backend() + ")")
                .orElse("");
        return symbol + " now returns " + retval + backend;
    }
}
