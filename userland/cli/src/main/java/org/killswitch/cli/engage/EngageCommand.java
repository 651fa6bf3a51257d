package org.killswitch.cli.engage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.killswitch.bpf.BpfException;
import org.killswitch.bpf.Pin;
import org.killswitch.cli.Converters;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Messages;
import org.killswitch.control.ControlException;
import org.killswitch.control.Engagement;
import org.killswitch.control.Pending;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.guard.Guard;
import org.killswitch.host.SystemCalls;
import org.killswitch.posix.Architecture;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code killswitch engage SYMBOL[,SYMBOL...] (RETVAL [--probe TIME | --for TIME] [--when EXPR [--explain]] | --bpf OBJECT)}. */
@Command(
        name = "engage",
        header = "Make a kernel function return RETVAL from now on, without running its body.",
        description = {
            "",
            "It lasts until 'killswitch disengage' or the next reboot. Calls that are already inside the function"
                    + " finish as usual.",
            "Where SYMBOL names a module that is not loaded, the function is engaged as soon as it is. Where several"
                    + " functions are given and one cannot be engaged, the others are all the same.",
            "A system call is named as in its manual page, or as sys_NAME; all entries that take the same arguments are"
                    + " engaged, and a warning names what else leads there.",
            "An expression after --when picks the calls to override; the others run the function. It may ask for the"
                    + " arguments (arg1, or their names, as in 'sock->sk->sk_type == SOCK_RAW'), and for the caller's"
                    + " uid, pid, comm, exe, cgroup, capabilities, namespaces and the like. It is written as in C;"
                    + " guards.md, in docs or /usr/share/doc/killswitch, has the grammar.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  killswitch engage af_alg_sendmsg -EPERM",
            "  killswitch engage esp4:esp_input -22",
            "  killswitch engage esp_input,esp6_input -EINVAL",
            "  killswitch engage esp_input -EINVAL --probe 5m",
            "  killswitch engage tcp_v4_connect -EPERM --for 10m",
            "  killswitch engage tc_modify_qdisc -EPERM --when 'uid != 0'",
            "  killswitch engage af_alg_sendmsg -EPERM --when 'comm != \"cryptsetup\"'"
        })
public final class EngageCommand implements Callable<Integer> {

    private final Host host;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Parameters(
            index = "0",
            paramLabel = "SYMBOL",
            converter = Converters.ToSymbols.class,
            description = "The function, as in /proc/kallsyms, or <module>:<function>; several with commas between"
                    + " them.")
    @SuppressWarnings("NullAway.Init")
    private Converters.Symbols symbols;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "RETVAL",
            converter = Converters.ToRetval.class,
            description = "What it returns: a number (-1, 0x10) or a negated errno name (-EPERM).")
    private @Nullable Retval retval;

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

    @ArgGroup(exclusive = false)
    private @Nullable Condition condition;

    /** Which calls. */
    private static final class Condition {

        @Option(
                names = "--when",
                required = true,
                paramLabel = "EXPR",
                description = "Override (or, with --probe, count) only the calls for which EXPR is true.")
        @SuppressWarnings("NullAway.Init")
        private String expression;

        @Option(
                names = "--unread",
                paramLabel = "override|pass",
                converter = Converters.ToUnread.class,
                description = "What becomes of a call of which EXPR asks about something that cannot be read, such as a"
                        + " page that is not in memory: it is overridden, which is the default, or passes.")
        private Guard.Unread unread = Guard.Unread.OVERRIDE;

        @Option(
                names = "--explain",
                description = "Engage nothing; show the BPF program that EXPR becomes on this kernel, with what each"
                        + " instruction is for.")
        private boolean explain;
    }

    @Option(
            names = "--bpf",
            paramLabel = "OBJECT",
            description = "Instead of RETVAL: a compiled BPF program (clang -target bpf -c) that calls"
                    + " bpf_override_return(). Needs a kernel with CONFIG_BPF_KPROBE_OVERRIDE, which Debian's are not;"
                    + " see killswitch bpf.")
    private @Nullable Path bpf;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    public EngageCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws ControlException, BpfException {
        if (bpf != null) {
            if (retval != null || timing != null || condition != null) {
                throw new ParameterException(
                        spec.commandLine(), "--bpf goes without RETVAL and other options: the program has it all");
            }
            return each(this::engageBpf);
        }
        if (retval == null) {
            throw new ParameterException(
                    spec.commandLine(), "what is " + symbols.names().getFirst() + " to return? RETVAL is missing");
        }
        if (timing != null && timing.duration != null && timing.duration.isZero()) {
            throw new ParameterException(spec.commandLine(), "--for takes 1s or more");
        }
        Retval value = retval;
        return each(symbol -> engageDoors(symbol, value));
    }

    /** A system call has several entries; any other function is engaged as it is. */
    private void engageDoors(SymbolName symbol, Retval retval) throws ControlException, BpfException {
        Optional<SystemCalls.Doors> doors = doors(symbol, condition != null);
        if (doors.isEmpty()) {
            engage(symbol, retval);
            return;
        }
        for (String entry : doors.get().engaged()) {
            engage(new SymbolName(entry), retval);
        }
        if (!doors.get().open().isEmpty()) {
            host.err()
                    .println("killswitch: warning: the same can still be done by: "
                            + String.join("; ", doors.get().open()));
        }
    }

    /** What is done to a function. */
    private interface Action {
        void on(SymbolName symbol) throws ControlException, BpfException;
    }

    /** Where there is one function only, Main says why it cannot be. */
    private int each(Action action) throws ControlException, BpfException {
        int exit = ExitCode.OK;
        for (SymbolName symbol : symbols.names()) {
            try {
                action.on(symbol);
            } catch (ControlException | BpfException e) {
                if (symbols.names().size() == 1) {
                    throw e;
                }
                host.err().println("killswitch: " + e.getMessage());
                exit = ExitCode.SOFTWARE;
            }
        }
        return exit;
    }

    private static Optional<SystemCalls.Doors> doors(SymbolName symbol, boolean byArguments) {
        try {
            return symbol.module().isPresent()
                    ? Optional.empty()
                    : SystemCalls.doors(symbol.function(), byArguments, Architecture.host());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void engageBpf(SymbolName symbol) throws ControlException {
        Path object = Objects.requireNonNull(bpf);
        host.killswitch().engageBpf(symbol, object);
        host.out().println(Messages.overriddenBy(symbol, object));
    }

    private void engage(SymbolName symbol, Retval retval) throws ControlException, BpfException {
        if (condition == null) {
            engage(symbol, retval, Optional.empty());
            return;
        }
        Guard guard = Guard.compile(condition.expression, symbol.function(), symbol.module(), condition.unread);
        guard.warnings().forEach(w -> host.err().println("killswitch: warning: " + w));
        if (condition.explain) {
            guard.explain().forEach(host.out()::println);
            return;
        }
        // The module keeps the program; the pin is for it to find it by.
        try (Pin pin = guard.pin()) {
            engage(symbol, retval, Optional.of(pin.path()));
        }
    }

    private void engage(SymbolName symbol, Retval retval, Optional<Path> guard) throws ControlException {
        Duration probe = timing == null ? null : timing.probe;
        Duration duration = timing == null ? null : timing.duration;
        if (probe != null && !probe.isZero()) {
            host.killswitch().tryEngage(symbol, retval, probe, guard);
            host.out().println(Messages.probing(symbol, retval, probe));
            return;
        }
        if (duration != null) {
            host.killswitch().engageFor(symbol, retval, duration, guard);
        } else if (guard.isPresent()) {
            host.killswitch().engageIf(symbol, retval, guard.get());
        } else {
            host.killswitch().engage(symbol, retval);
        }
        host.out().println(done(symbol, retval) + (duration == null ? "" : Messages.unlessKept(symbol, duration)));
    }

    private String done(SymbolName symbol, Retval retval) throws ControlException {
        Optional<Pending> pending = host.killswitch().pending().stream()
                .filter(p -> p.symbol().equals(symbol))
                .findFirst();
        if (pending.isPresent()) {
            return Messages.pending(pending.get());
        }
        String backend = host.killswitch()
                .engagement(symbol)
                .flatMap(Engagement::details)
                .map(d -> " (backend " + d.backend() + ")")
                .orElse("");
        return symbol + " now returns " + retval
                + (condition == null
                        ? ""
                        : " when " + condition.expression.strip().replaceAll("\\s+", " ")) + backend;
    }
}
