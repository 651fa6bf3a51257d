// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.killswitch.fleet.api.Report;
import org.killswitch.fleet.api.Report.Phase;

/**
 * When a host reports. What others wait for it says at once: that it failed, that its kernel has trouble, that there are
 * more calls than the ring's gate allows. With the rest it waits, the longer the more hosts there are: all of them change at
 * the same time, and the server is to have time to tell them to halt. All on the agent's thread; it knows nothing of the
 * network.
 */
final class Reporting {

    /** What can wait is 500 reports in a second, of all hosts together. */
    private static final long EACH = TimeUnit.MILLISECONDS.toNanos(2);

    /** What part of the time between heartbeats even a few hosts have. */
    private static final int SPREAD = 10;

    /** What part of what is left of a countdown may pass in waiting. */
    private static final int PART = 4;

    private final Agent agent;
    private final Duration least;
    private final Duration heartbeat;
    private final Predicate<byte[]> publisher;
    private final Consumer<String> log;
    private final RandomGenerator random;

    private Optional<Report> sent = Optional.empty();
    private long sentAt;
    private String summary = "";
    private String logged = "";

    /** Whether there is, or may be, something to say. */
    private boolean isUnsent;

    /** Whether it is to be said that all is as before. */
    private boolean isAwaited;

    /** Before that, what can wait is not said. */
    private long due;

    /** The trial of which it has been noticed that its time is over. */
    private Optional<Long> watched = Optional.empty();

    /**
     * Begins; nothing has been said yet.
     *
     * @param least between two reports
     * @param heartbeat of which what can wait may take all
     * @param publisher sends a report; false if there is no connection
     * @param now nanoseconds of a clock that nobody sets, here and elsewhere
     */
    Reporting(
            Agent agent,
            Duration least,
            Duration heartbeat,
            Predicate<byte[]> publisher,
            Consumer<String> log,
            RandomGenerator random,
            long now) {
        this.agent = agent;
        this.least = least;
        this.heartbeat = heartbeat;
        this.publisher = publisher;
        this.log = log;
        this.random = random;
        sentAt = now - least.toNanos();
        due = now;
    }

    /** How long it takes all hosts to say something, which may be as many as somebody says. */
    private long all() {
        return Math.clamp(agent.hosts(), 0, heartbeat.toNanos() / EACH) * EACH;
    }

    private long spread() {
        return Math.max(all(), heartbeat.toNanos() / SPREAD);
    }

    private void soon(long now, long within) {
        if (!isUnsent || due - now > within) {
            isUnsent = true;
            due = now + random.nextLong(Math.max(within, 1));
        }
    }

    /** A message came that all hosts get at once. */
    void told(long now) {
        if (agent.hasFailed()) {
            report(now, false);
        } else {
            soon(now, spread());
        }
    }

    /** Time has passed. */
    void tick(long now) {
        Optional<Deployment.Watch> over = agent.watched();
        boolean hasNews = !agent.summary().equals(summary);
        if (over.isPresent() && !over.map(Deployment.Watch::since).equals(watched)) {
            watched = over.map(Deployment.Watch::since);
            isAwaited = true;
            soon(now, Math.min(spread(), over.get().left().toNanos() / PART));
        } else if (hasNews) {
            soon(now, spread());
        }
        if (isTooSoon(now)) {
            return;
        }
        boolean isDue = now - due >= 0;
        if (agent.isOnTrial() || (hasNews && agent.hasFailed()) || (isUnsent && isDue)) {
            Report report = agent.report();
            if (isDue || !sent.map(this::alarms).orElse(Set.of()).containsAll(alarms(report))) {
                say(report, now, isAwaited);
            }
        }
    }

    /** What of a report others wait for. */
    private Set<String> alarms(Report report) {
        Set<String> alarms = new HashSet<>(report.trouble());
        if (report.phase() == Phase.FAILED || !report.refused().isEmpty()) {
            alarms.add(report.serial() + " " + report.refused() + " " + report.message());
        }
        report.hits().forEach((function, calls) -> {
            if (calls > agent.mostCalls()) {
                alarms.add("calls of " + function);
            }
        });
        return alarms;
    }

    /** Says how the host is, now or as soon as that is possible. */
    void report(long now, boolean evenIfTheSame) {
        if (isTooSoon(now)) {
            keep(now);
        } else {
            say(agent.report(), now, evenIfTheSame);
        }
    }

    private boolean isTooSoon(long now) {
        return now - sentAt < least.toNanos();
    }

    private void say(Report report, long now, boolean evenIfTheSame) {
        if (evenIfTheSame || !sent.equals(Optional.of(report))) {
            if (!publisher.test(report.bytes())) {
                keep(now);
                return;
            }
            sent = Optional.of(report);
            sentAt = now;
        }
        isUnsent = false;
        isAwaited = false;
        due = now + Math.max(all(), least.toNanos());
        summary = agent.summary();
        String line = "serial " + report.serial() + ": " + report.phase().name().toLowerCase(Locale.ROOT)
                + (report.message().isEmpty() ? "" : ": " + report.message());
        if (!line.equals(logged)) {
            log.accept(line);
            logged = line;
        }
    }

    /** For the next tick. */
    private void keep(long now) {
        isUnsent = true;
        due = now;
    }

    /** After how many nanoseconds a report is due; a very large number if there is nothing to say. */
    long due(long now) {
        return isUnsent ? due - now : Long.MAX_VALUE;
    }
}
