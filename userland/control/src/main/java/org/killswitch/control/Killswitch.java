// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.killswitch.control.log.KernelLog;
import org.killswitch.control.log.LogLine;
import org.killswitch.control.log.Origin;

/**
 * The kernel module's control interface: a directory of securityfs.
 *
 * <p>Every method throws {@link ControlException} with a one-line reason where the module is not loaded or says no. An
 * object never changes and may be shared between threads.
 */
public final class Killswitch {

    /** Where the module puts its files. */
    public static final Path DEFAULT_ROOT = Path.of("/sys/kernel/security/killswitch");

    /** The longest probe, and the longest countdown, that the module accepts. */
    public static final Duration TIME_MAX = Duration.ofDays(1);

    private final Path root;
    private final Tree tree;
    private final KernelLog log;
    private final Optional<Reason> reason;

    private Killswitch(Path root, KernelLog log, Optional<Reason> reason) {
        this.root = root;
        this.tree = new Tree(root);
        this.log = log;
        this.reason = reason;
    }

    /**
     * The interface under a directory.
     *
     * @param root {@link #DEFAULT_ROOT}, or a tree of the same form
     * @param log what the kernel that owns the directory says
     */
    public Killswitch(Path root, KernelLog log) {
        this(root, log, Optional.empty());
    }

    /** The same, with a reason for each command that names a function; empty for none. */
    public Killswitch withReason(Optional<Reason> because) {
        return new Killswitch(root, log, because);
    }

    /** The interface of the kernel that runs here. */
    public static Killswitch ofThisHost() {
        return new Killswitch(DEFAULT_ROOT, KernelLog.ofThisHost());
    }

    /** Whether the module's files are there. */
    public boolean isLoaded() {
        return tree.isThere();
    }

    /** Whether the caller may read what is in fn/: the states, and what is only observed. */
    public boolean showsDetails() {
        Path details = root.resolve("fn");
        return !Files.exists(details) || (Files.isReadable(details) && Files.isExecutable(details));
    }

    /** Whether the kernel is marked as running foreign code (TAINT_OOT_MODULE); true for as long as the module is there. */
    public boolean taint() throws ControlException {
        return tree.flag("taint");
    }

    /**
     * Everything that is engaged, oldest first; then what is observed, where the caller may read that (only root may).
     * What ends while it is being read is left out.
     */
    public List<Engagement> engagements() throws ControlException {
        List<Engagement> bare = tree.engaged();
        List<Engagement> observed =
                tree.observed(bare.stream().map(Engagement::symbol).toList());
        if (bare.isEmpty() && observed.isEmpty()) {
            return List.of();
        }
        Map<SymbolName, Origin> origins = log.origins();
        List<Engagement> all = new ArrayList<>();
        for (Engagement engagement : bare) {
            Optional<Engagement.Details> details = tree.details(engagement.symbol());
            if (details.isPresent() || isEngaged(engagement.symbol())) {
                all.add(with(engagement, details, origins));
            }
        }
        observed.forEach(e -> all.add(with(e, e.details(), origins)));
        return List.copyOf(all);
    }

    /** What has no files need not be gone: they follow a module that has just come a moment later. */
    private boolean isEngaged(SymbolName symbol) throws ControlException {
        return tree.engaged().stream().anyMatch(e -> e.symbol().equals(symbol));
    }

    private static Engagement with(
            Engagement bare, Optional<Engagement.Details> details, Map<SymbolName, Origin> origins) {
        return new Engagement(
                bare.symbol(), bare.retval(), bare.hits(), details, Optional.ofNullable(origins.get(bare.symbol())));
    }

    /**
     * What the files of one function say, by the name it was engaged under.
     *
     * @return empty if nothing is armed under that name, or the caller may not read it (only root may)
     */
    public Optional<Engagement.Details> details(SymbolName symbol) throws ControlException {
        return tree.details(symbol);
    }

    /** What the kernel log has about a function, oldest first; empty where it is not readable. */
    public List<KernelLog.Said> log(SymbolName symbol) {
        return log.about(symbol);
    }

    /** Everything that waits for its module, oldest first. */
    public List<Pending> pending() throws ControlException {
        List<Pending> bare = tree.pending();
        if (bare.isEmpty()) {
            return bare;
        }
        Map<SymbolName, Origin> origins = log.origins();
        return bare.stream()
                .map(p -> new Pending(p.symbol(), p.retval(), p.module(), Optional.ofNullable(origins.get(p.symbol()))))
                .toList();
    }

    /** Whether nothing can be disengaged until the next boot. */
    public boolean sealed() throws ControlException {
        return tree.sealed();
    }

    /** Whether nothing more can be engaged until the next boot. */
    public boolean locked() throws ControlException {
        return tree.locked();
    }

    /** Overrides a function from now on, or from when the module that it names is loaded. */
    public void engage(SymbolName symbol, Retval retval) throws ControlException {
        begin("engage " + symbol + " " + retval.value(), symbol, retval, Optional.empty());
    }

    /**
     * Overrides, from now on, those calls of a function that a guard picks.
     *
     * @param guard where a BPF program of type kprobe is pinned; it may go once this has returned
     */
    public void engageIf(SymbolName symbol, Retval retval, Path guard) throws ControlException {
        Optional<Path> program = Optional.of(guard);
        begin("engageif " + symbol + " " + retval.value() + lastWord(program), symbol, retval, program);
    }

    /**
     * Has a compiled BPF program loaded that overrides calls, by {@code bpf_override_return()}. It
     * is not one of the engagements; it stays attached for as long as its pin is there.
     *
     * @param object the ELF object, as {@code clang -target bpf -c} makes it
     */
    public void engageBpf(SymbolName symbol, Path object) throws ControlException {
        try (KernelLog.Tail tail = log.tail()) {
            write(
                    because("engagebpf " + symbol + " " + CommandFile.word(object)),
                    errno -> Refusals.engageBpf(symbol, errno, facts(symbol, tail)));
        }
    }

    /**
     * Counts the calls of a function for a while: none, and it is overridden from then on; any, and it is left alone.
     *
     * @param probe 0 to 86400 s, in whole seconds; 0 overrides at once
     * @param guard where the BPF program is pinned that picks the calls to count and to override; without one, all are
     * @throws IllegalArgumentException if {@code probe} is not in that range
     */
    public void tryEngage(SymbolName symbol, Retval retval, Duration probe, Optional<Path> guard)
            throws ControlException {
        begin(
                "tryengage " + symbol + " " + retval.value() + " " + seconds(probe, 0) + lastWord(guard),
                symbol,
                retval,
                guard);
    }

    /**
     * Overrides a function, and lets it run again after a while unless {@link #keep} comes first.
     *
     * @param time 1 to 86400 s, in whole seconds
     * @param guard where the BPF program is pinned that picks the calls to override; without one, all are
     * @throws IllegalArgumentException if {@code time} is not in that range
     */
    public void engageFor(SymbolName symbol, Retval retval, Duration time, Optional<Path> guard)
            throws ControlException {
        begin(
                "engagefor " + symbol + " " + retval.value() + " " + seconds(time, 1) + lastWord(guard),
                symbol,
                retval,
                guard);
    }

    private static String lastWord(Optional<Path> guard) throws ControlException {
        return guard.isEmpty() ? "" : " " + CommandFile.word(guard.get());
    }

    private String because(String command) {
        return command + reason.map(r -> " # " + r).orElse("");
    }

    private static long seconds(Duration time, int least) {
        if (time.toSeconds() < least
                || time.compareTo(TIME_MAX) > 0
                || !time.equals(Duration.ofSeconds(time.toSeconds()))) {
            throw new IllegalArgumentException("a time of " + time);
        }
        return time.toSeconds();
    }

    /**
     * Counts the calls of a function and overrides none, until {@link #enforce} or {@link #disengage}.
     *
     * @param guard where the BPF program is pinned that picks the calls to count; without one, all are
     */
    public void observe(SymbolName symbol, Optional<Path> guard) throws ControlException {
        String command = "observe " + symbol + lastWord(guard);
        try (KernelLog.Tail tail = log.tail()) {
            write(because(command), errno -> Refusals.observe(symbol, errno, facts(symbol, tail, guard)));
        }
    }

    /** Overrides what is observed from now on; no call is lost in between, and the hits go on counting. */
    public void enforce(SymbolName symbol, Retval retval) throws ControlException {
        try (KernelLog.Tail tail = log.tail()) {
            write(
                    because("enforce " + symbol + " " + retval.value()),
                    errno -> Refusals.enforce(symbol, errno, facts(symbol, tail)));
        }
    }

    /**
     * Changes the value that an overridden function returns, from the next call on.
     *
     * @param symbol the name it was engaged under
     */
    public void set(SymbolName symbol, Retval retval) throws ControlException {
        try (KernelLog.Tail tail = log.tail()) {
            new CommandFile(tree)
                    .write(
                            root.resolve("fn").resolve(symbol.text()).resolve("retval"),
                            Long.toString(retval.value()),
                            errno -> Refusals.set(symbol, errno, facts(symbol, tail)));
        }
    }

    /** Stops the countdown of {@link #engageFor}: the override stays. */
    public void keep(SymbolName symbol) throws ControlException {
        try (KernelLog.Tail tail = log.tail()) {
            write(because("keep " + symbol), errno -> Refusals.keep(symbol, errno, facts(symbol, tail)));
        }
    }

    /** From now on, and until the next boot, nothing can be disengaged and no value changed. */
    public void seal() throws ControlException {
        try (KernelLog.Tail tail = log.tail()) {
            write("seal", errno -> Refusals.seal(errno, said(tail, Set.of("seal"))));
        }
    }

    /** From now on, and until the next boot, nothing new can be engaged, observed or enforced. */
    public void lock() throws ControlException {
        write("lock", Refusals::lock);
    }

    private void begin(String command, SymbolName symbol, Retval retval, Optional<Path> guard) throws ControlException {
        try (KernelLog.Tail tail = log.tail()) {
            write(because(command), errno -> Refusals.engage(symbol, retval, errno, facts(symbol, tail, guard)));
        }
    }

    /** Removes an override, cancels a probe or a countdown, or forgets what is pending. */
    public Disengaged disengage(SymbolName symbol) throws ControlException {
        Optional<Engagement> before =
                tree.engaged().stream().filter(e -> e.symbol().equals(symbol)).findFirst();
        Set<SymbolName> waiting = new LinkedHashSet<>();
        tree.pending().forEach(p -> waiting.add(p.symbol()));
        try (KernelLog.Tail tail = log.tail()) {
            write(because("disengage " + symbol), errno -> Refusals.disengage(symbol, errno, facts(symbol, tail)));
            // The log knows the last call; the list was read a moment too early. A name may be qualified in one
            // of the two and not in the other.
            List<Disengaged> ended = ended(tail, waiting).toList();
            return ended.stream()
                    .filter(e -> e.symbol().equals(symbol))
                    .findFirst()
                    .or(() ->
                            ended.stream().filter(e -> e.symbol().mayBe(symbol)).findFirst())
                    .orElseGet(() -> new Disengaged(
                            symbol,
                            before.map(e -> OptionalLong.of(e.hits())).orElse(OptionalLong.empty()),
                            waiting.contains(symbol)));
        }
    }

    /** Removes every override, cancels every probe, forgets all that is pending; returns them, oldest first. */
    public List<Disengaged> disengageAll() throws ControlException {
        List<Disengaged> before = new ArrayList<>();
        tree.engaged().forEach(e -> before.add(new Disengaged(e.symbol(), OptionalLong.of(e.hits()), false)));
        Set<SymbolName> waiting = new LinkedHashSet<>();
        tree.pending().forEach(p -> waiting.add(p.symbol()));
        waiting.forEach(symbol -> before.add(new Disengaged(symbol, OptionalLong.empty(), true)));
        try (KernelLog.Tail tail = log.tail()) {
            write("disengage_all", errno -> Refusals.disengageAll(errno, is(tree::sealed)));
            List<Disengaged> logged = ended(tail, waiting).toList();
            Set<SymbolName> known = new HashSet<>();
            logged.forEach(e -> known.add(e.symbol()));
            Stream<Disengaged> rest = before.stream().filter(e -> !known.contains(e.symbol()));
            return Stream.concat(logged.stream(), rest).toList();
        }
    }

    private static Stream<Disengaged> ended(KernelLog.Tail tail, Set<SymbolName> waiting) {
        return tail.lines().stream()
                .filter(LogLine.Ended.class::isInstance)
                .map(LogLine.Ended.class::cast)
                .map(e -> new Disengaged(e.symbol(), e.hits(), waiting.contains(e.symbol())));
    }

    private void write(String command, IntFunction<ControlException> refusal) throws ControlException {
        new CommandFile(tree).write(root.resolve("control"), command, refusal);
    }

    private Refusals.Facts facts(SymbolName symbol, KernelLog.Tail tail) {
        return facts(symbol, tail, Optional.empty());
    }

    private Refusals.Facts facts(SymbolName symbol, KernelLog.Tail tail, Optional<Path> guard) {
        Set<String> subjects = new HashSet<>(Set.of(symbol.text()));
        guard.ifPresent(path -> subjects.add("guard " + path.toAbsolutePath()));
        return new Refusals.Facts(
                Lockdown.level(root.resolveSibling("lockdown")),
                said(tail, subjects),
                listed(symbol),
                is(tree::sealed),
                is(tree::locked));
    }

    /** The reason of the refusal that the module has logged, about any of the subjects. */
    private static Optional<String> said(KernelLog.Tail tail, Set<String> subjects) {
        return tail.lines().stream()
                .filter(LogLine.Refused.class::isInstance)
                .map(LogLine.Refused.class::cast)
                .filter(r -> subjects.contains(r.subject()))
                .map(LogLine.Refused::reason)
                .findFirst();
    }

    private Refusals.Listed listed(SymbolName symbol) {
        try {
            Optional<Engagement.Details> details = tree.details(symbol);
            if (details.isPresent()) {
                return details.get().state() == Engagement.State.OBSERVING
                        ? Refusals.Listed.OBSERVED
                        : Refusals.Listed.ENGAGED;
            }
            return tree.pending().stream().anyMatch(p -> p.symbol().equals(symbol))
                    ? Refusals.Listed.PENDING
                    : Refusals.Listed.NO;
        } catch (ControlException e) {
            return Refusals.Listed.NO;
        }
    }

    private interface Flag {
        boolean read() throws ControlException;
    }

    private static boolean is(Flag flag) {
        try {
            return flag.read();
        } catch (ControlException e) {
            return false;
        }
    }
}
