package org.killswitch.cli.engage;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.killswitch.cli.Converters;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Messages;
import org.killswitch.control.ControlException;
import org.killswitch.control.Disengaged;
import org.killswitch.control.SymbolName;
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
            "Also cancels a probe or a countdown that is still running, and forgets what waits for its module. Where"
                    + " several functions are given and one cannot be disengaged, the others are all the same.",
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

    /** Either of the two. */
    private static final class What {

        @Parameters(
                arity = "1..*",
                paramLabel = "SYMBOL",
                converter = Converters.ToSymbol.class,
                description = "The functions, as 'killswitch status' shows them.")
        private List<SymbolName> symbols = List.of();

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
            ended.forEach(e -> host.out().println(Messages.disengaged(e)));
            if (ended.isEmpty()) {
                host.out().println("nothing was engaged");
            }
            return ExitCode.OK;
        }
        return what.symbols.size() == 1 ? disengage(what.symbols.getFirst()) : disengageAtOnce(what.symbols);
    }

    private int disengage(SymbolName symbol) throws ControlException {
        host.out().println(Messages.disengaged(host.killswitch().disengage(symbol)));
        return ExitCode.OK;
    }

    /** The kernel serves all that wait at a time in the time that one takes. */
    private int disengageAtOnce(List<SymbolName> symbols) {
        int exit = ExitCode.OK;
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            List<Future<Disengaged>> results = symbols.stream()
                    .map(symbol -> threads.submit(() -> host.killswitch().disengage(symbol)))
                    .toList();
            for (Future<Disengaged> result : results) {
                try {
                    host.out().println(Messages.disengaged(result.get()));
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
