package org.killswitch.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.killswitch.control.ControlException;
import org.killswitch.control.Hit;
import org.killswitch.control.HitTrace;
import org.killswitch.control.SymbolName;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code killswitch watch [--json] [--interval SECONDS] [SYM...]}. */
@Command(
        name = "watch",
        header = "Follow live who calls what is overridden: a hit on a mitigation may be an attack.",
        description = {
            "",
            "Prints a line per function, process and user whenever there were hits, until it is interrupted."
                    + " A call in an interrupt is nobody's. Nothing is followed while nobody watches, and then it costs nothing.",
            ""
        },
        footer = {
            "",
            "Where hits come faster than they can be followed, some are lost here, and how many is said."
                    + " 'killswitch status' counts them all."
        })
final class WatchCommand implements Callable<Integer> {

    /** Columns that stay where they are, as lines come one by one. */
    private static final String FORM = "%-8s  %-32s %7s  %-15s  %-12s %9s %10s%n";

    private final Host host;
    private final Users users = new Users(Path.of("/etc/passwd"));

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
            description = "Sum up the hits of so many seconds (default: ${DEFAULT-VALUE}).")
    private int interval = 1;

    @Parameters(
            arity = "0..*",
            paramLabel = "SYM",
            converter = Converters.ToSymbol.class,
            description = "Follow only these functions, named as they were engaged.")
    private List<SymbolName> symbols = List.of();

    WatchCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws ControlException {
        if (interval < 1) {
            throw new ParameterException(spec.commandLine(), "--interval takes 1 second or more");
        }
        try (HitTrace trace = HitTrace.open(Set.copyOf(symbols))) {
            Thread onInterrupt = new Thread(() -> close(trace));
            Runtime.getRuntime().addShutdownHook(onInterrupt);
            if (!json) {
                host.out().printf(Locale.ROOT, FORM, "TIME", "SYMBOL", "PID", "COMMAND", "USER", "HITS", "HITS/S");
                host.out().flush();
            }
            long last = System.nanoTime();
            while (host.pause().seconds(interval) && !host.out().checkError()) {
                HitTrace.News news = trace.read();
                long now = System.nanoTime();
                show(news, Duration.ofNanos(now - last));
                last = now;
            }
        }
        return ExitCode.OK;
    }

    private static void close(HitTrace trace) {
        try {
            trace.close();
        } catch (ControlException e) {
            System.err.println("killswitch: " + e.getMessage());
        }
    }

    private void show(HitTrace.News news, Duration time) {
        Instant now = Instant.now();
        for (HitSummary.Row row : HitSummary.of(news.hits())) {
            double rate = row.count() / (time.toNanos() / 1e9);
            if (json) {
                host.out().println(Json.render(json(row, rate, now), false));
            } else {
                host.out().print(line(row, rate, now));
            }
        }
        if (news.lost() > 0 && json) {
            host.out().println(Json.render(Map.of("time", now.toString(), "lost", news.lost()), false));
        } else if (news.lost() > 0) {
            host.out().println(news.lost() + " more hits came too fast to be followed; killswitch status counts all");
        }
        host.out().flush();
    }

    private String line(HitSummary.Row row, double rate, Instant now) {
        Hit hit = row.hit();
        boolean task = hit.context() == Hit.Context.TASK;
        return String.format(
                Locale.ROOT,
                FORM,
                LocalTime.ofInstant(now, host.zone()).truncatedTo(ChronoUnit.SECONDS),
                hit.symbol(),
                task ? hit.pid() : "-",
                task ? visible(hit.comm()) : context(hit),
                task ? users.name(hit.uid()).orElseGet(() -> Long.toString(hit.uid())) : "-",
                row.count(),
                String.format(Locale.ROOT, "%.1f", rate));
    }

    private static String context(Hit hit) {
        return "(" + hit.context().name().toLowerCase(Locale.ROOT) + ")";
    }

    /** A task's name is its owner's to choose, and a terminal obeys some characters. */
    private static String visible(String comm) {
        StringBuilder text = new StringBuilder();
        comm.codePoints()
                .forEach(c -> text.append(
                        Character.isISOControl(c) || c == Character.codePointAt("\uFFFD", 0)
                                ? String.format(Locale.ROOT, "\\x%02x", c)
                                : Character.toString(c)));
        return text.toString();
    }

    private Map<String, Object> json(HitSummary.Row row, double rate, Instant now) {
        Hit hit = row.hit();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("time", now.toString());
        json.put("symbol", hit.symbol().text());
        json.put("retval", hit.retval().value());
        json.put("context", hit.context().name().toLowerCase(Locale.ROOT));
        if (hit.context() == Hit.Context.TASK) {
            json.put("pid", hit.pid());
            json.put("comm", hit.comm());
            json.put("uid", hit.uid());
            users.name(hit.uid()).ifPresent(name -> json.put("user", name));
        }
        json.put("hits", row.count());
        json.put("hitsPerSecond", rate);
        return json;
    }
}
