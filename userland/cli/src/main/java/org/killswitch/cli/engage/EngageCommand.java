package org.killswitch.cli.engage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
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
import org.killswitch.control.Killswitch;
import org.killswitch.control.Pending;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.guard.Guard;
import org.killswitch.host.SystemCalls;
import org.killswitch.policy.GuardText;
import org.killswitch.policy.ReturnValues;
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

/** {@code killswitch engage SYMBOL... (RETVAL [--probe TIME | --for TIME] [--when EXPR [--explain]] | --bpf OBJECT)}. */
@Command(
        name = "engage",
        customSynopsis = {
            "killswitch engage SYMBOL... RETVAL [--probe=TIME | --for=TIME]",
            "                         [--when=EXPR [--explain]] [--reason=TEXT] [--keep-going]",
            "       killswitch engage SYMBOL... --bpf=OBJECT [--reason=TEXT] [--keep-going]"
        },
        header = "Make a kernel function return RETVAL from now on, without running its body.",
        description = {
            "",
            "It lasts until 'killswitch disengage' or the next reboot. Calls that are already inside the function"
                    + " finish as usual.",
            "Where SYMBOL names a module that is not loaded, the function is engaged as soon as it is. Several functions,"
                    + " with blanks or commas between them, are all or nothing: if one is refused, the others are taken"
                    + " back. What is engaged already with the same value is left as it is, and that is no failure.",
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
            "  killswitch engage esp_input esp6_input -EINVAL --reason 'ticket 4711'",
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
            description = "The function, as in /proc/kallsyms, or <module>:<function>; several with blanks or commas"
                    + " between them.")
    @SuppressWarnings("NullAway.Init")
    private Converters.Symbols first;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "RETVAL",
            hideParamSyntax = true,
            description = "The last word. What it returns: a number (-1, 0x10) or a negated errno name (-EPERM).")
    private List<String> words = List.of();

    @Mixin
    private final ReasonOption reason = new ReasonOption();

    @Option(
            names = "--keep-going",
            description = "Engage as many of several functions as can be, and fail if one cannot.")
    private boolean keepGoing;

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
        EngageWords said = EngageWords.of(first, words, bpf != null, spec.commandLine());
        if (bpf != null) {
            if (timing != null || condition != null) {
                throw new ParameterException(
                        spec.commandLine(), "--bpf goes without RETVAL and other options: the program has it all");
            }
            return each(said.symbols(), this::engageBpf);
        }
        Retval value = Objects.requireNonNull(said.retval());
        if (timing != null && timing.duration != null && timing.duration.isZero()) {
            throw new ParameterException(spec.commandLine(), "--for takes 1s or more");
        }
        // What is wrong with an expression is found before anything is engaged.
        Map<SymbolName, Guard> guards = new HashMap<>();
        List<SymbolName> symbols = entries(said.symbols());
        for (SymbolName symbol : condition == null ? List.<SymbolName>of() : symbols) {
            Guard guard = Guard.compile(condition.expression, symbol.function(), symbol.module(), condition.unread);
            guard.warnings().forEach(w -> host.err().println("killswitch: warning: " + w));
            guards.put(symbol, guard);
        }
        if (condition != null && condition.explain) {
            symbols.forEach(s -> Objects.requireNonNull(guards.get(s)).explain().forEach(host.out()::println));
            return ExitCode.OK;
        }
        List<SymbolName> overridden = new ArrayList<>();
        int exit = each(symbols, symbol -> {
            Several.Done done = engage(symbol, value, Optional.ofNullable(guards.get(symbol)));
            if (done.undo().isPresent() && !isProbe()) {
                overridden.add(symbol);
            }
            return done;
        });
        Inside.lines(host.files(), overridden).forEach(host.out()::println);
        return exit;
    }

    /** A system call has several entries; any other function is engaged as it is. */
    private List<SymbolName> entries(List<SymbolName> symbols) {
        List<SymbolName> entries = new ArrayList<>();
        for (SymbolName symbol : symbols) {
            Optional<SystemCalls.Doors> doors = doors(symbol, condition != null);
            if (doors.isEmpty()) {
                entries.add(symbol);
                continue;
            }
            doors.get().engaged().forEach(entry -> entries.add(new SymbolName(entry)));
            if (!doors.get().open().isEmpty()) {
                host.err()
                        .println("killswitch: warning: the same can still be done by: "
                                + String.join("; ", doors.get().open()));
            }
        }
        return entries;
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

    private int each(List<SymbolName> symbols, Several.Action action) throws ControlException, BpfException {
        return keepGoing ? Several.each(host, symbols, action) : Several.all(host, symbols, action);
    }

    private Several.Done engageBpf(SymbolName symbol) throws ControlException {
        Path object = Objects.requireNonNull(bpf);
        Set<String> before = pins();
        reason.killswitch(host).engageBpf(symbol, object);
        return Several.Done.now(Messages.overriddenBy(symbol, object), () -> {
            for (String pin : pins()) {
                if (!before.contains(pin)) {
                    host.bpfFs().remove(pin);
                }
            }
        });
    }

    private Set<String> pins() {
        return Set.copyOf(host.bpfFs().overrides().orElse(List.of()));
    }

    private Several.Done engage(SymbolName symbol, Retval retval, Optional<Guard> guard)
            throws ControlException, BpfException {
        ReturnValues.check(host.files(), "engage", symbol, retval);
        try {
            if (guard.isEmpty()) {
                begin(symbol, retval, Optional.empty());
            } else {
                // The module keeps the program; the pin is for it to find it by.
                try (Pin pin = guard.get().pin()) {
                    begin(symbol, retval, Optional.of(pin.path()));
                }
            }
        } catch (ControlException e) {
            boolean plain = guard.isEmpty() && timing == null;
            if (plain && new State(host.killswitch()).isEngaged(symbol, retval)) {
                return Several.Done.before(symbol + " returns " + retval + " already");
            }
            throw e;
        }
        GuardMemory.remember(
                host, symbol, condition == null ? null : new GuardText(condition.expression, condition.unread));
        return Several.Done.now(done(symbol, retval), () -> host.killswitch().disengage(symbol));
    }

    private boolean isProbe() {
        return timing != null && timing.probe != null && !timing.probe.isZero();
    }

    private void begin(SymbolName symbol, Retval retval, Optional<Path> guard) throws ControlException {
        Killswitch killswitch = reason.killswitch(host);
        if (timing != null && timing.probe != null && isProbe()) {
            killswitch.tryEngage(symbol, retval, timing.probe, guard);
        } else if (timing != null && timing.duration != null) {
            killswitch.engageFor(symbol, retval, timing.duration, guard);
        } else if (guard.isPresent()) {
            killswitch.engageIf(symbol, retval, guard.get());
        } else {
            killswitch.engage(symbol, retval);
        }
    }

    private String done(SymbolName symbol, Retval retval) throws ControlException {
        if (timing != null && timing.probe != null && isProbe()) {
            return Messages.probing(symbol, retval, timing.probe);
        }
        return began(symbol, retval)
                + (timing == null || timing.duration == null ? "" : Messages.unlessKept(symbol, timing.duration));
    }

    private String began(SymbolName symbol, Retval retval) throws ControlException {
        Optional<Engagement.Details> details = host.killswitch().details(symbol);
        Optional<Pending> pending = details.isPresent()
                ? Optional.empty()
                : host.killswitch().pending().stream()
                        .filter(p -> p.symbol().equals(symbol))
                        .findFirst();
        if (pending.isPresent()) {
            return Messages.pending(pending.get());
        }
        String when =
                condition == null ? "" : " when " + condition.expression.strip().replaceAll("\\s+", " ");
        return symbol + " now returns " + retval + when
                + details.map(d -> " (backend " + d.backend() + ")").orElse("");
    }
}
