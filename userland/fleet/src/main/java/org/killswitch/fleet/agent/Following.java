// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.killswitch.control.ControlException;
import org.killswitch.control.SymbolName;
import org.killswitch.control.trace.Hit;
import org.killswitch.control.trace.HitSource;
import org.killswitch.fleet.api.Callers;

/**
 * Counts which programs call what is observed or engaged. Each call is followed while there are few of them; where they come
 * fast, the trace is off most of the time, which costs the host next to nothing, and what is counted is a sample.
 */
final class Following {

    /** Calls in a second; of more, a sample is enough. */
    private static final long FAST = 500;

    private static final Duration ROUND = Duration.ofSeconds(1);

    /** For how long nothing is followed after calls came too fast; twice as long each time that they still do. */
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    /** After which calls have become few again. */
    private static final Duration CALM = Duration.ofSeconds(10);

    /** Before what could not be followed is tried again. */
    private static final Duration RETRY = Duration.ofMinutes(1);

    /** So many functions and names are counted at a time; a process can give itself another name at each call. */
    private static final int FUNCTIONS_MAX = 64;

    private static final int NAMES_MAX = 256;
    private static final int NAMES_LEFT = 64;

    /** Starts to follow. */
    interface Opener {
        HitSource open() throws ControlException;
    }

    private final Opener opener;
    private final LongSupplier ticks;
    private final Map<SymbolName, Names> functions = new HashMap<>();
    private @Nullable HitSource source;
    private boolean isWanted;
    private boolean hasEnded;
    private boolean sampled;
    private String missing = "";
    private long openedAt;
    private long lookedAt;
    /** Before that, nothing is followed. */
    private Optional<Long> pausedUntil = Optional.empty();

    private Duration pause = FIRST_PAUSE;

    /** Calls by name, of a bounded number of names. */
    private static final class Names {
        private final Map<String, Long> calls = new HashMap<>();
        private long others;

        void add(String name) {
            calls.merge(name, 1L, Long::sum);
            if (calls.size() > NAMES_MAX) {
                calls.entrySet().stream()
                        .sorted(Map.Entry.comparingByValue())
                        .limit(NAMES_MAX + 1 - NAMES_LEFT)
                        .map(Map.Entry::getKey)
                        .toList()
                        .forEach(rare -> others += calls.remove(rare));
            }
        }
    }

    /**
     * Nothing is followed before the first look.
     *
     * @param ticks nanoseconds of a clock that nobody sets
     */
    Following(Opener opener, LongSupplier ticks) {
        this.opener = opener;
        this.ticks = ticks;
    }

    /** Another policy begins: what was counted for the one before is not its. */
    synchronized void forget() {
        functions.clear();
        sampled = false;
    }

    /**
     * Takes what has come, at most once a second.
     *
     * @param wanted whether anything is to be followed
     */
    synchronized void look(boolean wanted) {
        isWanted = wanted && !hasEnded;
        if (!isWanted) {
            missing = "";
            pausedUntil = Optional.empty();
            close();
            return;
        }
        long now = ticks.getAsLong();
        try {
            if (source != null) {
                read(source, now);
            } else if (pausedUntil.filter(t -> now - t < 0).isEmpty()) {
                source = opener.open();
                openedAt = now;
                lookedAt = now;
                missing = "";
            }
        } catch (ControlException e) {
            missing = String.valueOf(e.getMessage());
            close();
            pausedUntil = Optional.of(now + RETRY.toNanos());
        }
    }

    private void read(HitSource open, long now) throws ControlException {
        long time = now - lookedAt;
        if (time < ROUND.toNanos()) {
            return;
        }
        lookedAt = now;
        HitSource.News news = open.read();
        news.hits().forEach(this::count);
        sampled |= news.lost() > 0;
        if (news.hits().size() + news.lost() > FAST * time / ROUND.toNanos()) {
            sampled = true;
            close();
            pausedUntil = Optional.of(now + pause.toNanos());
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        } else if (now - openedAt > CALM.toNanos()) {
            pause = FIRST_PAUSE;
        }
    }

    private void count(Hit hit) {
        if (functions.size() < FUNCTIONS_MAX || functions.containsKey(hit.symbol())) {
            functions.computeIfAbsent(hit.symbol(), s -> new Names()).add(hit.caller());
        } else {
            sampled = true;
        }
    }

    /**
     * What has been counted since the policy began, or since the agent did.
     *
     * @param now the functions that are observed or engaged now: of those that nobody has called, that is said
     */
    synchronized Optional<Callers> callers(Set<String> now) {
        if (!isWanted && functions.isEmpty()) {
            return Optional.empty();
        }
        Map<SymbolName, Callers.Programs> all = new LinkedHashMap<>();
        functions.forEach((symbol, names) -> all.put(symbol, new Callers.Programs(names.calls, names.others)));
        if (isWanted && missing.isEmpty()) {
            now.forEach(f -> all.putIfAbsent(new SymbolName(f), new Callers.Programs(Map.of(), 0)));
        }
        return Optional.of(new Callers(all, sampled, missing));
    }

    /** Follows nothing any more. */
    synchronized void end() {
        hasEnded = true;
        close();
    }

    private void close() {
        HitSource open = source;
        source = null;
        if (open != null) {
            try {
                open.close();
            } catch (ControlException e) {
                // somebody looks into the trace's folder; the next agent or command that follows removes it
            }
        }
    }
}
