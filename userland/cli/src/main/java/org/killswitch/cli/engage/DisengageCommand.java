// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.killswitch.bpf.BpfFs;
import org.killswitch.cli.Converters;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Messages;
import org.killswitch.control.ControlException;
import org.killswitch.control.Disengaged;
import org.killswitch.control.SymbolName;
import org.killswitch.policy.GuardTexts;
import org.killswitch.posix.DidYouMean;
import org.killswitch.posix.Errno;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code killswitch disengage SYMBOL... | --all}. */
@Command(
        name = "disengage",
        header = "Let kernel functions run their own code again.",
        description = {
            "",
            "Also cancels a probe or a countdown that is still running, and an engagement that is pending. If one of"
                    + " several functions cannot be disengaged, the rest still are. A function that is not engaged is not"
                    + " an error, unless its name is nearly that of one that is.",
            ""
        },
        footer = {"", "Examples:", "  killswitch disengage af_alg_sendmsg", "  killswitch disengage --all"})
public final class DisengageCommand implements Callable<Integer> {

    private final Host host;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init")
    private What what;

    @Mixin
    private final ReasonOption reason = new ReasonOption();

    /** Either of the two. */
    private static final class What {

        @Parameters(
                arity = "1..*",
                paramLabel = "SYMBOL",
                converter = Converters.ToSymbols.class,
                description = "The functions, as 'killswitch status' shows them.")
        private List<Converters.Symbols> symbols = List.of();

        @Option(names = "--all", required = true, description = "Everything that is engaged.")
        private boolean all;
    }

    public DisengageCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws ControlException {
        if (what.all) {
            List<Disengaged> ended = host.killswitch().disengageAll();
            ended.forEach(e -> {
                new GuardTexts(host.files()).remove(e.symbol());
                host.out().println(Messages.disengaged(e));
            });
            if (ended.isEmpty()) {
                host.out().println("nothing was engaged");
            }
            return ExitCode.OK;
        }
        List<SymbolName> symbols = NamesHere.engaged(host, Converters.Symbols.all(what.symbols));
        if (symbols.size() == 1) {
            host.out().println(disengage(symbols.getFirst()));
            return ExitCode.OK;
        }
        return disengageAtOnce(symbols);
    }

    private String disengage(SymbolName symbol) throws ControlException {
        try {
            Disengaged ended = reason.killswitch(host).disengage(symbol);
            new GuardTexts(host.files()).remove(ended.symbol());
            return Messages.disengaged(ended);
        } catch (ControlException e) {
            boolean none = e.errno().filter(Errno.ENOENT::equals).isPresent();
            if (!none || !host.killswitch().isLoaded()) {
                throw e;
            }
            String hint = hint(symbol);
            if (!hint.isEmpty()) {
                throw new ControlException("cannot disengage " + symbol + ": it is not engaged" + hint, Errno.ENOENT);
            }
            return symbol + " is not engaged";
        }
    }

    /** What else may be meant. */
    private String hint(SymbolName symbol) throws ControlException {
        if (host.bpfFs().overrides().orElse(List.of()).contains(BpfFs.name(symbol.function()))) {
            return ", but a BPF program overrides it; to remove that, run: killswitch bpf remove "
                    + BpfFs.name(symbol.function());
        }
        List<String> names = new ArrayList<>();
        host.killswitch().engagements().forEach(e -> names.add(e.symbol().text()));
        host.killswitch().pending().forEach(p -> names.add(p.symbol().text()));
        return DidYouMean.hint(symbol.text(), names);
    }

    /** The kernel serves all that wait at a time in the time that one takes. */
    private int disengageAtOnce(List<SymbolName> symbols) {
        int exit = ExitCode.OK;
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            List<Future<String>> results = symbols.stream()
                    .map(symbol -> threads.submit(() -> disengage(symbol)))
                    .toList();
            for (Future<String> result : results) {
                try {
                    host.out().println(result.get());
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof ControlException refusal)) {
                        throw new IllegalStateException(e.getCause());
                    }
                    host.err().println("killswitch: " + refusal.getMessage());
                    exit = ExitCode.SOFTWARE;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return ExitCode.SOFTWARE;
                }
            }
        }
        return exit;
    }
}
