// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

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
import org.killswitch.cli.Converters;
import org.killswitch.cli.EngageWords;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Messages;
import org.killswitch.control.ControlException;
import org.killswitch.control.Engagement;
import org.killswitch.control.Killswitch;
import org.killswitch.control.Pending;
import org.killswitch.control.Reason;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.guard.Guard;
import org.killswitch.policy.GuardText;
import org.killswitch.policy.KnownFunctions;
import org.killswitch.policy.ReturnValues;
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
            "                         [--when=EXPR [--unread=override|pass] [--explain]]",
            "                         [--copies] [--force] [--reason=TEXT] [--keep-going]",
            "       killswitch engage SYMBOL... --bpf=OBJECT [--reason=TEXT] [--keep-going]"
        },
        header = "Make a kernel function return RETVAL from now on, without running its body.",
        description = {
            "",
            "It lasts until 'killswitch disengage' or the next reboot. Calls that are already inside the function"
                    + " finish as usual.",
            "If SYMBOL names a module that is not loaded, the function is engaged when the module is loaded.",
            "Several functions, separated by blanks or commas, are engaged all or not at all: if one is refused, those"
                    + " engaged before it are disengaged again. A function that is engaged with the same value already is"
                    + " left as it is; that is not an error.",
            "What 'killswitch check' finds by names and types alone is found here, too: warnings are shown, and a"
                    + " function or a value that is dangerous is refused.",
            "A system call is named as in its manual page, or as sys_NAME. All its entry points that take the same arguments"
                    + " are engaged; a warning names other ways to it.",
            "An expression after --when picks the calls to override; other calls run the function. It can test the arguments"
                    + " (arg1, or their names, as in 'sock->sk->sk_type == SOCK_RAW') and the caller's uid, pid, comm, exe,"
                    + " cgroup, capabilities and namespaces. It is written as in C; killswitch-guards(7) has the language.",
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
            description = "The function, as in /proc/kallsyms, or MODULE:FUNCTION; several are separated by blanks or"
                    + " commas.")
    @SuppressWarnings("NullAway.Init")
    private Converters.Symbols first;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "RETVAL",
            hideParamSyntax = true,
            description = "The last word. The value to return: a number (-1, 0x10) or a negated errno name (-EPERM).")
    private List<String> words = List.of();

    @Mixin
    private final ReasonOption reason = new ReasonOption();

    @Option(
            names = "--keep-going",
            description = "Engage as many of several functions as possible; fail if one is refused.")
    private boolean keepGoing;

    @Mixin
    private final ForceOption force = new ForceOption();

    @ArgGroup
    private @Nullable Timing timing;

    /** Either of the two. */
    private static final class Timing {

        @Option(
                names = "--probe",
                required = true,
                paramLabel = "TIME",
                converter = Converters.ToTime.class,
                description =
                        "First only count the calls for TIME (30s, 5m, 1h; up to 24h). If there are none, the function"
                                + " is engaged; otherwise it is left alone.")
        private @Nullable Duration probe;

        @Option(
                names = "--for",
                required = true,
                paramLabel = "TIME",
                converter = Converters.ToTime.class,
                description = "Disengage the function after TIME, unless 'killswitch keep' comes first: for an override"
                        + " that might lock you out.")
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
                description =
                        "What to do with a call when EXPR tests something that cannot be read, such as a page that is"
                                + " not in memory: override it (the default), or pass it.")
        private Guard.Unread unread = Guard.Unread.OVERRIDE;

        @Option(
                names = "--explain",
                description = "Engage nothing; show the BPF program that EXPR is compiled to on this kernel, and the"
                        + " purpose of each instruction.")
        private boolean explain;
    }

    @Option(
            names = "--bpf",
            paramLabel = "OBJECT",
            description = "Instead of RETVAL: a compiled BPF program (clang -target bpf -c) that calls"
                    + " bpf_override_return(). Needs a kernel with CONFIG_BPF_KPROBE_OVERRIDE; Debian's kernels do not"
                    + " have it. See killswitch bpf.")
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
                        spec.commandLine(), "--bpf takes no RETVAL and no other option: the program decides");
            }
            return each(said.symbols(), this::engageBpf);
        }
        Retval value = Objects.requireNonNull(said.retval());
        if (timing != null && timing.duration != null && timing.duration.isZero()) {
            throw new ParameterException(spec.commandLine(), "--for takes 1s or more");
        }
        // What is wrong with an expression is found before anything is engaged.
        Map<SymbolName, Guard> guards = new HashMap<>();
        List<SymbolName> entries = NamesHere.of(host, said.symbols(), condition != null);
        Objections objections = force.objections(host, entries);
        List<SymbolName> symbols = objections.withCopies(entries);
        if (condition != null && condition.explain) {
            // nothing is explained of a function that could not be engaged
            KnownFunctions functions = new KnownFunctions(host.files());
            for (SymbolName symbol : symbols) {
                functions.require(symbol);
            }
        }
        for (SymbolName symbol : condition == null ? List.<SymbolName>of() : symbols) {
            Guard guard = Guard.compile(condition.expression, symbol.function(), symbol.module(), condition.unread);
            guard.warnings().forEach(w -> host.err().println("killswitch: warning: " + w));
            guards.put(symbol, guard);
        }
        if (condition != null && condition.explain) {
            symbols.forEach(s -> Objects.requireNonNull(guards.get(s)).explain().forEach(host.out()::println));
            return ExitCode.OK;
        }
        Map<SymbolName, Optional<Reason>> reasons = new HashMap<>();
        for (SymbolName symbol : keepGoing ? List.<SymbolName>of() : symbols) {
            reasons.put(symbol, examine(objections, symbol, value));
        }
        List<SymbolName> overridden = new ArrayList<>();
        int exit = each(symbols, symbol -> {
            Optional<Reason> why =
                    reasons.containsKey(symbol) ? reasons.get(symbol) : examine(objections, symbol, value);
            Several.Done done = engage(symbol, value, Optional.ofNullable(guards.get(symbol)), why);
            if (done.undo().isPresent() && !isProbe()) {
                overridden.add(symbol);
            }
            return done;
        });
        Inside.lines(host.files(), overridden).forEach(host.out()::println);
        return exit;
    }

    private Optional<Reason> examine(Objections objections, SymbolName symbol, Retval value) throws ControlException {
        ReturnValues.check(host.files(), "engage", symbol, value);
        return objections.examine(symbol, value, reason.get());
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

    private Several.Done engage(SymbolName symbol, Retval retval, Optional<Guard> guard, Optional<Reason> why)
            throws ControlException, BpfException {
        try {
            Guard.handOver(guard, pin -> begin(symbol, retval, pin, why));
        } catch (ControlException e) {
            boolean plain = guard.isEmpty() && timing == null;
            if (plain && new State(host.killswitch()).isEngaged(symbol, retval)) {
                return Several.Done.before(symbol + " returns " + retval + " already"
                        + (reason.isGiven() ? "; the reason that it was engaged with stays" : ""));
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

    private void begin(SymbolName symbol, Retval retval, Optional<Path> guard, Optional<Reason> why)
            throws ControlException {
        Killswitch killswitch = host.killswitch().withReason(why);
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
