// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.status;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.killswitch.bpf.BpfFs;
import org.killswitch.cli.Converters;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.control.Engagement;
import org.killswitch.control.Pending;
import org.killswitch.control.SymbolName;
import org.killswitch.posix.DidYouMean;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code killswitch show SYMBOL [--json]}. */
@Command(
        name = "show",
        header = "Show everything about one function that is engaged, observed or pending.",
        description = {
            "",
            "Shows its value, reason, counts and module, who engaged it and when, the tasks that are still inside it, and"
                    + " its lines in the kernel log. What is visible to root only is left out.",
            ""
        },
        footer = {"", "Example:", "  killswitch show af_alg_sendmsg"})
public final class ShowCommand implements Callable<Integer> {

    private final Host host;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Parameters(
            paramLabel = "SYMBOL",
            converter = Converters.ToSymbol.class,
            description = "The function, as 'killswitch status' shows it.")
    @SuppressWarnings("NullAway.Init")
    private SymbolName symbol;

    public ShowCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws ControlException {
        Status status = Status.of(host);
        Optional<Engagement> engaged = one(status.engagements(), Engagement::symbol);
        Optional<Pending> pending = one(status.pending(), Pending::symbol);
        List<String> programs = status.programs().orElse(List.of()).stream()
                .filter(this::isOfSymbol)
                .toList();
        if (engaged.isEmpty() && pending.isEmpty() && programs.isEmpty()) {
            throw new ControlException(
                    symbol + " is not engaged, observed or pending" + DidYouMean.hint(symbol.text(), names(status))
                            + "; see what is: killswitch status",
                    null);
        }
        About about = About.of(host, symbol, engaged, pending, programs);
        if (json) {
            host.out().println(about.json());
        } else {
            about.lines(new Users(host.files().path("/etc/passwd")), host.zone())
                    .forEach(host.out()::println);
        }
        return ExitCode.OK;
    }

    private interface Named<T> {
        SymbolName of(T thing);
    }

    /** That of the name, or the only one that may be meant by it. */
    private <T> Optional<T> one(List<T> all, Named<T> name) {
        Optional<T> exact = all.stream().filter(t -> name.of(t).equals(symbol)).findFirst();
        List<T> others = all.stream().filter(t -> name.of(t).mayBe(symbol)).toList();
        return exact.isPresent() || others.size() != 1 ? exact : Optional.of(others.getFirst());
    }

    private boolean isOfSymbol(String pin) {
        String name = BpfFs.name(symbol.function());
        return pin.equals(name) || pin.startsWith(name + "__");
    }

    private static List<String> names(Status status) {
        return new ArrayList<>(Stream.concat(
                        status.engagements().stream().map(Engagement::symbol),
                        status.pending().stream().map(Pending::symbol))
                .map(SymbolName::text)
                .toList());
    }
}
