// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.killswitch.bpf.BpfException;
import org.killswitch.control.ControlException;
import org.killswitch.control.Engagement;
import org.killswitch.control.Killswitch;
import org.killswitch.control.Pending;
import org.killswitch.control.Reason;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.guard.Guard;
import org.killswitch.host.BuiltInModules;
import org.killswitch.host.SystemFiles;
import org.killswitch.posix.Errno;

/** The kernel module of this host. */
public final class LiveOverrides implements Overrides {

    private final Killswitch killswitch;
    private final SystemFiles files;
    private final GuardTexts texts;
    private final Optional<Duration> limit;
    private final KnownFunctions functions;
    private final BuiltInModules builtIn;
    private final Map<Desired, Guard> compiled = new HashMap<>();

    public LiveOverrides(Killswitch killswitch, SystemFiles files) {
        this(killswitch, files, Optional.empty());
    }

    /**
     * The same.
     *
     * @param limit after which what is engaged ends by itself, unless it is kept
     */
    public LiveOverrides(Killswitch killswitch, SystemFiles files, Optional<Duration> limit) {
        this.killswitch = killswitch;
        this.files = files;
        this.limit = limit;
        texts = new GuardTexts(files);
        functions = new KnownFunctions(files);
        builtIn = new BuiltInModules(files);
    }

    @Override
    public List<Actual> state() throws ControlException {
        List<Engagement> engagements = killswitch.engagements();
        if (!engagements.isEmpty()
                && engagements.stream().allMatch(e -> e.details().isEmpty())) {
            throw new ControlException("what is engaged is for root to see; run it as root", Errno.EACCES);
        }
        List<Actual> state = new ArrayList<>();
        engagements.forEach(e -> state.add(actual(e)));
        killswitch.pending().forEach(p -> state.add(actual(p)));
        return state;
    }

    private Actual actual(Engagement e) {
        Optional<Engagement.Details> details = e.details();
        boolean isGuarded = details.filter(d -> d.passed().isPresent()).isPresent();
        Engagement.State state = details.map(Engagement.Details::state).orElse(Engagement.State.ENGAGED);
        return new Actual(
                e.symbol(),
                state == Engagement.State.OBSERVING ? Optional.empty() : Optional.of(e.retval()),
                switch (state) {
                    case PROBING -> Actual.Life.PROBING;
                    case EXPIRING -> Actual.Life.EXPIRING;
                    case OBSERVING, ENGAGED -> Actual.Life.KEPT;
                },
                isGuarded,
                isGuarded ? texts.of(e.symbol()) : Optional.empty(),
                details.flatMap(Engagement.Details::reason));
    }

    private Actual actual(Pending p) {
        Optional<GuardText> guard = texts.of(p.symbol());
        return new Actual(
                p.symbol(),
                p.retval(),
                builtIn.has(p.symbol()) ? Actual.Life.NEVER : Actual.Life.PENDING,
                guard.isPresent(),
                guard,
                Optional.empty());
    }

    @Override
    public boolean sealed() throws ControlException {
        return killswitch.sealed();
    }

    @Override
    public boolean locked() throws ControlException {
        return killswitch.locked();
    }

    @Override
    public void check(Desired desired) throws ControlException, BpfException {
        functions.require(desired.symbol());
        if (desired.retval().isPresent()) {
            ReturnValues.check(
                    files, "engage", desired.symbol(), desired.retval().get());
        }
        guard(desired);
    }

    private Optional<Guard> guard(Desired desired) throws BpfException {
        if (desired.guard().isEmpty()) {
            return Optional.empty();
        }
        Guard known = compiled.get(desired);
        if (known == null) {
            GuardText text = desired.guard().get();
            known = Guard.compile(
                    text.when(), desired.symbol().function(), desired.symbol().module(), text.unread());
            compiled.put(desired, known);
        }
        return Optional.of(known);
    }

    @Override
    public void begin(Desired desired) throws ControlException, BpfException {
        Guard.handOver(guard(desired), pin -> begin(desired, pin));
        try {
            texts.put(desired.symbol(), desired.guard());
        } catch (PolicyException e) {
            throw new ControlException(String.valueOf(e.getMessage()), null);
        }
    }

    private void begin(Desired desired, Optional<Path> guard) throws ControlException {
        Killswitch because = killswitch.withReason(desired.reason());
        Optional<Retval> retval = desired.retval();
        if (retval.isEmpty()) {
            because.observe(desired.symbol(), guard);
        } else if (limit.isPresent()) {
            because.engageFor(desired.symbol(), retval.get(), limit.get(), guard);
        } else if (guard.isPresent()) {
            because.engageIf(desired.symbol(), retval.get(), guard.get());
        } else {
            because.engage(desired.symbol(), retval.get());
        }
    }

    @Override
    public void set(SymbolName symbol, Retval retval) throws ControlException {
        killswitch.set(symbol, retval);
    }

    @Override
    public void enforce(SymbolName symbol, Retval retval, Optional<Reason> reason) throws ControlException {
        killswitch.withReason(reason).enforce(symbol, retval);
    }

    @Override
    public void keep(SymbolName symbol) throws ControlException {
        killswitch.keep(symbol);
    }

    @Override
    public void disengage(SymbolName symbol) throws ControlException {
        killswitch.disengage(symbol);
        texts.remove(symbol);
    }
}
