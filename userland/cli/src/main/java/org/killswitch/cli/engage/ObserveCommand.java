// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.killswitch.bpf.BpfException;
import org.killswitch.cli.Converters;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Messages;
import org.killswitch.control.ControlException;
import org.killswitch.control.Pending;
import org.killswitch.control.SymbolName;
import org.killswitch.guard.Guard;
import org.killswitch.policy.GuardText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code killswitch observe SYMBOL... [--when EXPR] [--reason TEXT] [--keep-going]}. */
@Command(
        name = "observe",
        header = "Count the calls of a kernel function, and override none.",
        description = {
            "",
            "It lasts until 'killswitch enforce', 'killswitch disengage' or the next reboot. 'killswitch watch' shows"
                    + " the calls as they come.",
            "Several functions are observed all or not at all: if one is refused, the rest are released again. A function"
                    + " that is observed already is left as it is; that is not an error.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  killswitch observe af_alg_sendmsg --reason CVE-2026-31431",
            "  killswitch observe tc_modify_qdisc --when 'uid != 0'",
            "  killswitch enforce tc_modify_qdisc -EPERM"
        })
public final class ObserveCommand implements Callable<Integer> {

    private final Host host;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Parameters(
            arity = "1..*",
            paramLabel = "SYMBOL",
            converter = Converters.ToSymbols.class,
            description = "The functions, as in /proc/kallsyms, or MODULE:FUNCTION.")
    private List<Converters.Symbols> symbols = List.of();

    @Option(
            names = "--when",
            paramLabel = "EXPR",
            description = "Count only the calls for which EXPR is true, and override only those once it is enforced;"
                    + " see 'killswitch engage'.")
    private @Nullable String expression;

    @Mixin
    private final ReasonOption reason = new ReasonOption();

    @Option(
            names = "--keep-going",
            description = "Observe as many of several functions as possible; fail if one is refused.")
    private boolean keepGoing;

    public ObserveCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws ControlException, BpfException {
        List<SymbolName> all = NamesHere.of(host, Converters.Symbols.all(symbols), expression != null);
        Map<SymbolName, Guard> guards = new HashMap<>();
        if (expression != null) {
            for (SymbolName symbol : all) {
                guards.put(
                        symbol, Guard.compile(expression, symbol.function(), symbol.module(), Guard.Unread.OVERRIDE));
            }
        }
        Several.Action action = symbol -> observe(symbol, Optional.ofNullable(guards.get(symbol)));
        return keepGoing ? Several.each(host, all, action) : Several.all(host, all, action);
    }

    private Several.Done observe(SymbolName symbol, Optional<Guard> guard) throws ControlException, BpfException {
        try {
            Guard.handOver(guard, pin -> reason.killswitch(host).observe(symbol, pin));
        } catch (ControlException e) {
            if (guard.isEmpty() && new State(host.killswitch()).isObserved(symbol)) {
                return Several.Done.before(symbol + " is observed already");
            }
            throw e;
        }
        GuardMemory.remember(host, symbol, expression == null ? null : new GuardText(expression));
        Optional<Pending> pending = host.killswitch().pending().stream()
                .filter(p -> p.symbol().equals(symbol))
                .findFirst();
        return Several.Done.now(
                pending.map(Messages::pending)
                        .orElseGet(() -> symbol + " is observed; follow it with: killswitch watch " + symbol),
                () -> host.killswitch().disengage(symbol));
    }
}
