// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.advice;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.killswitch.advice.Finding;
import org.killswitch.advice.Level;
import org.killswitch.bpf.BpfException;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Messages;
import org.killswitch.control.ControlException;
import org.killswitch.control.Engagement;
import org.killswitch.control.Killswitch;
import org.killswitch.control.SymbolName;
import org.killswitch.control.trace.Hit;
import org.killswitch.control.trace.HitSource;
import org.killswitch.control.trace.HitSummary;
import org.killswitch.guard.Guard;

/**
 * The calls of a function while it was observed.
 *
 * @param count how many the module counted
 * @param hits those of which the trace told more
 * @param lost those that came too fast for the trace
 */
record Observation(Duration time, long count, List<Hit> hits, long lost) {

    /** From here on it is to be thought over, and from there on it is no candidate. */
    private static final double OFTEN = 1_000;

    private static final double TOO_OFTEN = 10_000;

    private static final int LISTED_MAX = 10;

    /** More than these say nothing new; the module counts all. */
    private static final int HITS_MAX = 100_000;

    Observation {
        hits = List.copyOf(hits);
    }

    /** Starts to follow hits. */
    interface Opener {
        HitSource open(Set<SymbolName> symbols) throws ControlException;
    }

    /** Observes a function for a time, and releases it again, also if the command is interrupted. */
    static Observation of(Host host, Opener opener, SymbolName symbol, Optional<Guard> guard, Duration time)
            throws ControlException, BpfException {
        try (HitSource source = opener.open(Set.of(symbol))) {
            Release release = new Release(host.killswitch(), symbol);
            Guard.handOver(guard, pin -> host.killswitch().observe(symbol, pin));
            Runtime.getRuntime().addShutdownHook(new Thread(release::atTheEnd));
            try {
                return follow(host, source, symbol, time);
            } finally {
                release.now();
            }
        }
    }

    /** Releases what is observed, once. */
    private static final class Release {

        private final Killswitch killswitch;
        private final SymbolName symbol;
        private boolean done;

        Release(Killswitch killswitch, SymbolName symbol) {
            this.killswitch = killswitch;
            this.symbol = symbol;
        }

        synchronized void now() throws ControlException {
            if (!done) {
                done = true;
                killswitch.disengage(symbol);
            }
        }

        void atTheEnd() {
            try {
                now();
            } catch (ControlException e) {
                System.err.println("killswitch: " + symbol + " may still be observed: " + e.getMessage());
            }
        }
    }

    private static Observation follow(Host host, HitSource source, SymbolName symbol, Duration time)
            throws ControlException {
        long start = System.nanoTime();
        List<Hit> hits = new ArrayList<>();
        long lost = 0;
        for (long second = 0; second < time.toSeconds() && host.pause().seconds(1); second++) {
            HitSource.News news = source.read();
            int room = Math.min(HITS_MAX - hits.size(), news.hits().size());
            hits.addAll(news.hits().subList(0, room));
            lost += news.lost() + news.hits().size() - room;
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        long count = host.killswitch().engagements().stream()
                .filter(e -> e.symbol().mayBe(symbol))
                .mapToLong(Engagement::hits)
                .sum();
        return new Observation(took, count, hits, lost);
    }

    Finding finding() {
        double seconds = Math.max(1e-3, time.toMillis() / 1e3);
        double rate = count / seconds;
        String called = String.format(Locale.ROOT, "called %d times in %.0f s, %.0f a second", count, seconds, rate);
        if (count == 0) {
            return new Finding(
                    Finding.Id.HERE,
                    Level.NOTE,
                    String.format(Locale.ROOT, "not called in %.0f s; that proves nothing about later", seconds),
                    List.of());
        }
        if (rate > TOO_OFTEN) {
            return new Finding(Finding.Id.HERE, Level.DANGER, called + ": far too often to be a candidate", evidence());
        }
        if (rate > OFTEN) {
            return new Finding(Finding.Id.HERE, Level.WARNING, called + ": much depends on it", evidence());
        }
        boolean interrupts = hits.stream().anyMatch(h -> h.context() != Hit.Context.TASK);
        return new Finding(
                Finding.Id.HERE,
                interrupts ? Level.WARNING : Level.NOTE,
                called + (interrupts ? ", also in interrupts" : ""),
                evidence());
    }

    private List<String> evidence() {
        List<String> lines = new ArrayList<>();
        List<HitSummary.Row> rows = HitSummary.of(hits);
        rows.stream().limit(LISTED_MAX).map(Observation::describe).forEach(lines::add);
        if (rows.size() > LISTED_MAX) {
            lines.add("and " + (rows.size() - LISTED_MAX) + " more");
        }
        if (lost > 0) {
            lines.add("of " + lost + " calls, which came too fast, nothing more is known");
        }
        return lines;
    }

    private static String describe(HitSummary.Row row) {
        Hit hit = row.hit();
        return row.count()
                + (hit.context() == Hit.Context.TASK
                        ? " by " + Messages.visible(hit.comm()) + " (pid " + hit.pid() + ", uid " + hit.uid() + ")"
                        : " in " + Messages.word(hit.context()));
    }
}
