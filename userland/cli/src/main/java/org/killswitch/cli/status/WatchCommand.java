// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.status;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.killswitch.cli.Converters;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.control.SymbolName;
import org.killswitch.control.trace.HitSource;
import org.killswitch.control.trace.HitSummary;
import org.killswitch.control.trace.HitTrace;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code killswitch watch [--json] [--interval SECONDS] [SYMBOL...]}. */
@Command(
        name = "watch",
        header = "Show calls of overridden and observed functions as they happen.",
        description = {
            "",
            "Prints a line per function, process and user for each interval with hits, until it is interrupted. Calls from"
                    + " interrupt context are not attributed to a process. Tracing is on only while watch runs.",
            ""
        },
        footer = {
            "",
            "If hits come too fast, some are dropped, and the number is reported. 'killswitch status' counts all of them.",
            "",
            "Examples:",
            "  killswitch watch",
            "  killswitch watch --json --interval 10 af_alg_sendmsg"
        })
public final class WatchCommand implements Callable<Integer> {

    /** How long an interrupted command waits for its last lines to be read. */
    private static final Duration LAST_ROUND = Duration.ofSeconds(2);

    private final Host host;
    private final Opener opener;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Option(names = "--json", description = "Print a JSON object per line.")
    private boolean json;

    @Option(
            names = {"-i", "--interval"},
            paramLabel = "SECONDS",
            description = "Report every SECONDS (default: ${DEFAULT-VALUE}).")
    private int interval = 1;

    @Parameters(
            arity = "0..*",
            paramLabel = "SYMBOL",
            converter = Converters.ToSymbols.class,
            description = "Show only these functions, as 'killswitch status' names them.")
    private List<Converters.Symbols> symbols = List.of();

    /** For this host's kernel. */
    public WatchCommand(Host host) {
        this(host, HitTrace::open);
    }

    /** Starts to follow hits. */
    interface Opener {
        HitSource open(Set<SymbolName> symbols) throws ControlException;
    }

    /** For hits that come from elsewhere. */
    WatchCommand(Host host, Opener opener) {
        this.host = host;
        this.opener = opener;
    }

    @Override
    public Integer call() throws ControlException {
        if (interval < 1) {
            throw new ParameterException(spec.commandLine(), "--interval takes 1 second or more");
        }
        try (HitSource hits = opener.open(Set.copyOf(Converters.Symbols.all(symbols)))) {
            Rounds rounds = new Rounds(hits);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> endWith(rounds)));
            if (!json) {
                host.out().println(HitText.HEAD);
                host.out().flush();
            }
            while (host.pause().seconds(interval) && !host.out().checkError()) {
                rounds.next();
            }
        }
        return ExitCode.OK;
    }

    /** On a signal: shows what came since the last round, unless nobody takes it, and stops to follow. */
    private static void endWith(Rounds rounds) {
        Thread last = Thread.ofPlatform().daemon().start(() -> {
            try {
                rounds.next();
            } catch (ControlException e) {
                return; // the command ends anyway
            }
        });
        try {
            last.join(LAST_ROUND);
            rounds.hits.close();
        } catch (ControlException e) {
            System.err.println("killswitch: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is shown of hits, one interval after the other. */
    private final class Rounds {

        private final HitSource hits;
        private final HitText text = new HitText(new Users(host.files().path("/etc/passwd")), host.zone());
        private long last = System.nanoTime();

        Rounds(HitSource hits) {
            this.hits = hits;
        }

        synchronized void next() throws ControlException {
            HitSource.News news = hits.read();
            long now = System.nanoTime();
            show(text, news, (now - last) / 1e9);
            last = now;
        }
    }

    private void show(HitText text, HitSource.News news, double seconds) {
        Instant now = Instant.now();
        for (HitSummary.Row row : HitSummary.of(news.hits())) {
            host.out().println(json ? text.json(row, seconds, now) : text.line(row, seconds, now));
        }
        if (news.lost() > 0) {
            host.out().println(json ? HitText.lostJson(news.lost(), now) : HitText.lost(news.lost()));
        }
        host.out().flush();
    }
}
