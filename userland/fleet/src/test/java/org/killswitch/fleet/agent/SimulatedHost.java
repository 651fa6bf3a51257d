// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.control.ControlException;
import org.killswitch.control.Reason;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.control.trace.Hit;
import org.killswitch.control.trace.HitSource;
import org.killswitch.fleet.api.Json;
import org.killswitch.policy.Actual;
import org.killswitch.policy.Desired;
import org.killswitch.policy.Overrides;
import org.killswitch.policy.Policy;
import org.killswitch.policy.Resolution;
import org.killswitch.policy.Resolver;

/**
 * A host without a kernel: what is engaged is in a map, and countdowns run by a clock. It outlives its agents, as a kernel
 * does. One thread uses it at a time, but for the tests, which look.
 */
public final class SimulatedHost implements ManagedHost {

    private record Entry(Actual actual, long endsAt) {}

    private final LongSupplier ticks;
    private final Map<SymbolName, Entry> kernel = new LinkedHashMap<>();
    private Policy own = new Policy(List.of(), List.of());
    private Vitals vitals = new Vitals("boot-1", 0, 0, 0);
    private Optional<String> saved = Optional.empty();
    private @Nullable String refused;
    private long hits;
    private List<String> reboots = List.of();
    private Map<String, String> verdicts = Map.of();
    private Set<String> inUse = Set.of();
    private final List<Hit> traced = new ArrayList<>();
    private boolean isFollowed;
    private @Nullable String untraceable;
    /** What the agent is to die of: after so many changes the next one throws. */
    private int changesLeft = Integer.MAX_VALUE;

    public SimulatedHost(LongSupplier ticks) {
        this.ticks = ticks;
    }

    /** Kills the agent after some more changes. */
    public static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** What is engaged or observed now, as {@code f=-1 expiring}. */
    public synchronized List<String> engaged() {
        return state().stream()
                .map(a -> a.symbol()
                        + a.retval().map(r -> "=" + r.value()).orElse(" observed")
                        + (a.life() == Actual.Life.EXPIRING ? " expiring" : ""))
                .sorted()
                .toList();
    }

    /** Whether anything is engaged or observed now. */
    public synchronized boolean hasAnything() {
        endWhatIsOver();
        return !kernel.isEmpty();
    }

    public synchronized Optional<String> saved() {
        return saved;
    }

    public synchronized void refuse(@Nullable String symbol) {
        refused = symbol;
    }

    public synchronized void dieAfter(int changes) {
        changesLeft = changes;
    }

    public synchronized void hits(long count) {
        hits = count;
    }

    /** What {@code killswitch cve scan} says of it: a verdict for each CVE. */
    public synchronized void verdicts(Map<String, String> cves) {
        verdicts = Map.copyOf(cves);
    }

    @Override
    public synchronized byte[] scan() {
        return Json.object()
                .with("version", 1L)
                .with("data", "")
                .with(
                        "cves",
                        verdicts.entrySet().stream()
                                .map(e -> Json.object()
                                        .with("cve", e.getKey())
                                        .with("verdict", e.getValue())
                                        .with("reachable", "loaded"))
                                .toList())
                .bytes();
    }

    /** The CVEs of which this host uses what would be closed. */
    public synchronized void inUse(Set<String> cves) {
        inUse = Set.copyOf(cves);
    }

    @Override
    public synchronized boolean isInUse(String cve) {
        return inUse.contains(cve);
    }

    public synchronized void oops() {
        vitals = new Vitals(vitals.boot(), vitals.oopses() + 1, vitals.warnings(), vitals.taint() | 1 << 7);
    }

    public synchronized void reboot() {
        vitals = new Vitals(vitals.boot() + "+", 0, 0, 0);
        kernel.clear();
    }

    /** Something that the host's administrator has engaged by hand. */
    public synchronized void byHand(String symbol, long retval) {
        SymbolName name = new SymbolName(symbol);
        kernel.put(
                name,
                new Entry(
                        new Actual(
                                name,
                                Optional.of(new Retval(retval)),
                                Actual.Life.KEPT,
                                false,
                                Optional.empty(),
                                Optional.empty()),
                        Long.MAX_VALUE));
    }

    private void endWhatIsOver() {
        kernel.values().removeIf(e -> e.endsAt != Long.MAX_VALUE && ticks.getAsLong() - e.endsAt >= 0);
    }

    private List<Actual> state() {
        endWhatIsOver();
        return kernel.values().stream().map(Entry::actual).toList();
    }

    @Override
    public Overrides overrides(Optional<Duration> limit) {
        return new Module(limit);
    }

    @Override
    public Resolution resolve(Policy policy) {
        // it has no catalogue and no data
        CvePlaces nowhere = new CvePlaces(Path.of("/nonexistent"), List.of(), Path.of("/nonexistent"));
        return Resolver.of(nowhere, policy, List.of(), new PrintWriter(Writer.nullWriter()))
                .resolve(policy);
    }

    @Override
    public synchronized Policy ownPolicy() {
        return own;
    }

    public synchronized void ownPolicy(Policy policy) {
        own = policy;
    }

    @Override
    public synchronized void savePolicy(Optional<String> text) {
        change();
        saved = text;
    }

    @Override
    public List<SymbolName> parameters() {
        return List.of();
    }

    @Override
    public synchronized Vitals vitals() {
        return vitals;
    }

    @Override
    public synchronized List<String> reboots() {
        return reboots;
    }

    public synchronized void reboots(String... lines) {
        reboots = List.of(lines);
    }

    @Override
    public synchronized Map<String, Long> hits() {
        Map<String, Long> all = new TreeMap<>();
        state().forEach(a -> all.put(a.symbol().text(), hits));
        return all;
    }

    /** Some calls of a function by a program; the trace has them if there is one, and the function is engaged or observed. */
    public synchronized void call(String symbol, String program, int count) {
        Entry entry = kernel.get(new SymbolName(symbol));
        if (entry != null && isFollowed) {
            Optional<Retval> retval = entry.actual.retval();
            Hit hit = new Hit(
                    entry.actual.symbol(),
                    retval.orElse(new Retval(0)),
                    Hit.Context.TASK,
                    7,
                    0,
                    program,
                    retval.isEmpty());
            traced.addAll(Collections.nCopies(count, hit));
        }
    }

    /** Why calls cannot be followed here; null if they can. */
    public synchronized void untraceable(@Nullable String why) {
        untraceable = why;
    }

    /** Whether each call costs what it takes to follow it. */
    public synchronized boolean isFollowed() {
        return isFollowed;
    }

    @Override
    public synchronized HitSource follow() throws ControlException {
        if (untraceable != null) {
            throw new ControlException(untraceable, null);
        }
        isFollowed = true;
        return new HitSource() {
            @Override
            public News read() {
                synchronized (SimulatedHost.this) {
                    News news = new News(traced, 0);
                    traced.clear();
                    return news;
                }
            }

            @Override
            public void close() {
                synchronized (SimulatedHost.this) {
                    isFollowed = false;
                    traced.clear();
                }
            }
        };
    }

    private void change() {
        if (changesLeft-- <= 0) {
            throw new Killed();
        }
    }

    private final class Module implements Overrides {

        private final Optional<Duration> limit;

        Module(Optional<Duration> limit) {
            this.limit = limit;
        }

        @Override
        public List<Actual> state() {
            synchronized (SimulatedHost.this) {
                return SimulatedHost.this.state();
            }
        }

        @Override
        public boolean sealed() {
            return false;
        }

        @Override
        public boolean locked() {
            return false;
        }

        @Override
        public void check(Desired desired) {}

        @Override
        public void begin(Desired d) throws ControlException {
            synchronized (SimulatedHost.this) {
                SimulatedHost.this.change();
                if (d.symbol().text().equals(refused)) {
                    throw new ControlException("cannot engage " + d.symbol(), null);
                }
                boolean ends = limit.isPresent() && d.retval().isPresent();
                put(
                        new Actual(
                                d.symbol(),
                                d.retval(),
                                ends ? Actual.Life.EXPIRING : Actual.Life.KEPT,
                                d.guard().isPresent(),
                                d.guard(),
                                d.reason().map(Reason::text)),
                        ends ? ticks.getAsLong() + limit.get().toNanos() : Long.MAX_VALUE);
            }
        }

        private void put(Actual actual, long endsAt) {
            kernel.put(actual.symbol(), new Entry(actual, endsAt));
        }

        @Override
        public void set(SymbolName symbol, Retval retval) throws ControlException {
            change(symbol, retval);
        }

        @Override
        public void enforce(SymbolName symbol, Retval retval, Optional<Reason> reason) throws ControlException {
            change(symbol, retval);
        }

        private void change(SymbolName symbol, Retval retval) throws ControlException {
            synchronized (SimulatedHost.this) {
                SimulatedHost.this.change();
                Entry entry = entry(symbol);
                Actual a = entry.actual;
                put(
                        new Actual(symbol, Optional.of(retval), a.life(), a.isGuarded(), a.guard(), a.reason()),
                        entry.endsAt);
            }
        }

        private Entry entry(SymbolName symbol) throws ControlException {
            state();
            Entry entry = kernel.get(symbol);
            if (entry == null) {
                throw new ControlException(symbol + " is not engaged", null);
            }
            return entry;
        }

        @Override
        public void keep(SymbolName symbol) throws ControlException {
            synchronized (SimulatedHost.this) {
                SimulatedHost.this.change();
                Actual a = entry(symbol).actual;
                put(
                        new Actual(symbol, a.retval(), Actual.Life.KEPT, a.isGuarded(), a.guard(), a.reason()),
                        Long.MAX_VALUE);
            }
        }

        @Override
        public void disengage(SymbolName symbol) throws ControlException {
            synchronized (SimulatedHost.this) {
                SimulatedHost.this.change();
                entry(symbol);
                kernel.remove(symbol);
            }
        }
    }
}
