// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.advice;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.killswitch.advice.Check;
import org.killswitch.advice.Finding;
import org.killswitch.advice.Here;
import org.killswitch.advice.HostKernel;
import org.killswitch.advice.Level;
import org.killswitch.advice.Report;
import org.killswitch.advice.Verdict;
import org.killswitch.bpf.BpfException;
import org.killswitch.cli.Converters;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Json;
import org.killswitch.cli.output.Messages;
import org.killswitch.cli.output.Table;
import org.killswitch.control.ControlException;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.control.trace.HitTrace;
import org.killswitch.guard.Guard;
import org.killswitch.host.BuiltInModules;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code killswitch check SYMBOL [RETVAL] [--when EXPR] [--observe TIME] [--json]}. */
@Command(
        name = "check",
        header = "Report what engaging a function would do on the running kernel.",
        description = {
            "",
            "Reads the kernel's text, symbols and types; needs root and changes nothing. To look into functions it"
                    + " needs libcapstone; without it, the report names what is missing.",
            "With --observe the function is observed for a time, which needs the kernel module, and released again.",
            ""
        },
        footer = {
            "",
            "The verdict is good, rehearse (no objection, but not everything is known), dangerous, or never.",
            "Exit status: 0 good or rehearse, 1 could not be determined, 2 wrong usage, 3 dangerous, 4 never.",
            "",
            "Examples:",
            "  killswitch check af_alg_sendmsg -EPERM",
            "  killswitch check ksmbd:smb2_write",
            "  killswitch check af_alg_sendmsg -EPERM --when 'uid != 0' --observe 1m"
        })
public final class CheckCommand implements Callable<Integer> {

    private final Host host;
    private final Observation.Opener opener;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Parameters(
            index = "0",
            paramLabel = "SYMBOL",
            description = "The function, as for engage.",
            converter = Converters.ToSymbol.class)
    @SuppressWarnings("NullAway.Init")
    private SymbolName symbol;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "RETVAL",
            description = "The value to return. Without it, the report shows which values the function returns itself.",
            converter = Converters.ToRetval.class)
    private @Nullable Retval retval;

    @Option(
            names = "--when",
            paramLabel = "EXPR",
            description = "Check an engagement that overrides only the calls for which EXPR is true; see 'killswitch"
                    + " engage'.")
    private @Nullable String expression;

    @Option(
            names = "--observe",
            paramLabel = "TIME",
            converter = Converters.ToTime.class,
            description =
                    "Count the calls for TIME (30s, 5m), and report how many, in which context and by which tasks.")
    private @Nullable Duration observed;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public CheckCommand(Host host) {
        this(host, HitTrace::open);
    }

    /** For hits that come from elsewhere. */
    CheckCommand(Host host, Observation.Opener opener) {
        this.host = host;
        this.opener = opener;
    }

    @Override
    public Integer call() throws IOException, ControlException, BpfException {
        symbol = new BuiltInModules(host.files()).here(symbol);
        Optional<Guard> guard = expression == null
                ? Optional.empty()
                : Optional.of(Guard.compile(expression, symbol.function(), symbol.module(), Guard.Unread.OVERRIDE));
        List<Finding> more = new ArrayList<>();
        guard.ifPresent(g -> more.add(new Finding(
                Finding.Id.WHEN,
                g.warnings().isEmpty() ? Level.OK : Level.NOTE,
                "only calls for which the guard is true return the value; the findings are about those",
                g.warnings())));
        if (observed != null) {
            more.add(Observation.of(host, opener, symbol, guard, observed).finding());
        }
        try (HostKernel kernel = HostKernel.open(Path.of("/"))) {
            more.addFirst(Here.of(host.files(), kernel.qualified(symbol.toString())));
            Report report = Check.of(
                            kernel.kernel(),
                            symbol.toString(),
                            retval == null ? OptionalLong.empty() : OptionalLong.of(retval.value()))
                    .with(more);
            if (json) {
                host.out().println(json(report));
            } else {
                print(report);
            }
            return report.verdict().exitStatus();
        }
    }

    private void print(Report report) {
        Table table = new Table(List.of(Table.Align.LEFT, Table.Align.LEFT, Table.Align.LEFT));
        for (Finding finding : report.findings()) {
            table.row(List.of(Messages.word(finding.level()), finding.id().word(), finding.text()));
            finding.evidence().forEach(e -> table.row(List.of("", "", "  " + e)));
        }
        report.missing().forEach((id, why) -> table.row(List.of("missing", id.word(), why)));
        host.out().println(report.symbol() + ": " + sentence(report.verdict()));
        host.out().println();
        table.lines(host.width()).forEach(host.out()::println);
    }

    private static String sentence(Verdict verdict) {
        return switch (verdict) {
            case GOOD -> "good";
            case REHEARSE -> "rehearse it first: not everything is known";
            case DANGEROUS -> "dangerous";
            case NEVER -> "never";
        };
    }

    private String json(Report report) {
        Map<String, Object> missing = new LinkedHashMap<>();
        report.missing().forEach((id, why) -> missing.put(id.word(), why));
        Map<String, @Nullable Object> node = Json.document();
        node.put("symbol", report.symbol());
        node.put("retval", retval == null ? null : retval.value());
        node.put("verdict", Messages.word(report.verdict()));
        node.put("findings", report.findings().stream().map(FindingJson::of).toList());
        node.put("missing", missing);
        return Json.render(node, true);
    }
}
