// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice.flow;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.killswitch.advice.flow.Summary.Store;
import org.killswitch.host.text.Body;
import org.killswitch.host.text.Convention;
import org.killswitch.host.text.Instruction;
import org.killswitch.host.text.Operand;
import org.killswitch.host.text.Operation;

/**
 * Goes through a body along all paths until nothing new is found. Paths that meet are one from there on, unless they differ
 * in what they have taken and given back.
 */
public final class Flow {

    private static final int TRAILS_MAX = 24;
    private static final int STEPS_MAX = 150_000;
    static final String RETURN_THUNK = "return_thunk";
    private static final String INDIRECT_THUNK = "x86_indirect_thunk";

    private final Body body;
    private final Convention convention;
    private final Callees callees;
    private final Map<Long, Map<Trail, State>> states = new HashMap<>();
    /** Places to go on from, in the order of the text: that is nearly the order in which paths meet. */
    private final SequencedSet<Place> open =
            new TreeSet<>(Comparator.comparingLong(Place::address).thenComparingInt(p -> number(p.trail())));

    private final Map<Trail, Integer> numbers = new HashMap<>();
    private final Map<Place, Exit> exits = new LinkedHashMap<>();
    private final Map<Long, String> calls = new TreeMap<>();
    private final Map<Long, Store> stores = new TreeMap<>();
    private final SortedSet<String> notFollowed = new TreeSet<>();
    private int steps;

    private record Place(long address, Trail trail) {}

    /** What is known of the functions that are called. */
    @FunctionalInterface
    public interface Callees {

        /** The name of what begins at an address, or lies around it. */
        String name(long address);
    }

    private Flow(Body body, Convention convention, Callees callees) {
        this.body = body;
        this.convention = convention;
        this.callees = callees;
    }

    /** Follows a whole function. */
    public static Summary of(Body body, Convention convention, Callees callees) {
        return new Flow(body, convention, callees).run();
    }

    private Summary run() {
        body.all();
        reach(body.start(), Trail.EMPTY, State.atEntry(convention));
        while (!open.isEmpty()) {
            Place place = open.removeFirst();
            State state = states.getOrDefault(place.address, Map.of()).get(place.trail);
            if (state != null) {
                walk(place.address, place.trail, state.copy());
            }
            if (steps > STEPS_MAX) {
                notFollowed.add("the function has too many paths");
                break;
            }
        }
        return new Summary(List.copyOf(exits.values()), calls, List.copyOf(stores.values()), notFollowed);
    }

    private int number(Trail trail) {
        return numbers.computeIfAbsent(trail, t -> numbers.size());
    }

    private void reach(long address, Trail trail, State state) {
        Map<Trail, State> here = states.computeIfAbsent(address, a -> new HashMap<>());
        Trail kept = trail;
        if (!here.containsKey(trail) && here.size() >= TRAILS_MAX) {
            notFollowed.add("too many locks and references are taken and given back");
            kept = Trail.EMPTY;
        }
        State known = here.get(kept);
        State both = known == null ? state : known.merged(state);
        if (both != null) {
            here.put(kept, both);
            open.add(new Place(address, kept));
        }
    }

    private void walk(long start, Trail startTrail, State state) {
        long at = start;
        Trail trail = startTrail;
        while (true) {
            Instruction instruction = body.at(at);
            if (instruction == null || ++steps > STEPS_MAX) {
                if (instruction == null && body.has(at)) {
                    notFollowed.add("an instruction at " + body.offset(at) + " is not known to libcapstone");
                }
                return;
            }
            for (Operation operation : instruction.operations()) {
                switch (operation) {
                    case Operation.Branch b -> {
                        branch(at, b, trail, state);
                        Optional<State> rest = Evaluator.assume(state, inverse(b.condition()));
                        if (rest.isEmpty()) {
                            return;
                        }
                        state = rest.get();
                        trail = assumed(trail, state);
                    }
                    case Operation.Jump j -> {
                        jump(at, j.target(), trail, state);
                        return;
                    }
                    case Operation.IndirectJump j -> {
                        exit(at, Value.of(new Term.Result(at)), trail);
                        calls.put(at, Callee.INDIRECT);
                        return;
                    }
                    case Operation.Return r -> {
                        exit(at, state.registers[convention.result()], trail);
                        return;
                    }
                    case Operation.Halt h -> {
                        return;
                    }
                    case Operation.Call c -> {
                        String name = callees.name(c.target());
                        if (Callee.endsPath(name)) {
                            return;
                        }
                        trail = call(at, name, trail, state);
                    }
                    case Operation.IndirectCall c -> trail = call(at, Callee.INDIRECT, trail, state);
                    default -> apply(at, operation, state);
                }
            }
            at = instruction.next();
            if (body.isJoin(at)) {
                reach(at, trail, state);
                return;
            }
        }
    }

    private void branch(long at, Operation.Branch branch, Trail trail, State state) {
        Evaluator.assume(state, branch.condition()).ifPresent(s -> jump(at, branch.target(), assumed(trail, s), s));
    }

    /** Remembers that an argument is found to be NULL or an error pointer on this side of a branch. */
    private static Trail assumed(Trail trail, State state) {
        State.Flags flags = state.flags;
        return flags != null
                        && flags.left().single() instanceof Term.Argument a
                        && !flags.left().mayBe(Value.Sign.OTHER)
                ? trail.without(a.number())
                : trail;
    }

    private void jump(long at, long target, Trail trail, State state) {
        if (body.has(target)) {
            reach(target, trail, state.copy());
            return;
        }
        String name = callees.name(target);
        if (name.contains(RETURN_THUNK)) {
            exit(at, state.registers[convention.result()], trail);
            return;
        }
        Trail after = call(at, name, trail, state.copy());
        exit(at, Value.of(new Term.Result(at)), after);
    }

    private void exit(long site, Value value, Trail trail) {
        exits.merge(
                new Place(site, trail),
                new Exit(site, value, trail),
                (a, b) -> new Exit(site, a.value().or(b.value()), trail));
    }

    private Trail call(long site, String target, Trail trail, State state) {
        String name = target.contains(INDIRECT_THUNK) ? Callee.INDIRECT : target;
        calls.put(site, name);
        Term object = state.registers[convention.arguments().getFirst()].single();
        for (int argument : convention.arguments()) {
            Long slot = State.slot(state.registers[argument].single());
            if (slot != null) {
                state.escape(slot);
            }
        }
        for (int lost : convention.lost()) {
            state.registers[lost] = Value.UNKNOWN;
        }
        Term result = new Term.Result(site);
        state.registers[convention.result()] = Value.of(result);
        state.flags = null;
        return Effect.of(name)
                .map(e -> trail.with(e.takes(), new Trail.Entry(e.family(), name, isMade(e) ? result : object, site)))
                .orElse(trail);
    }

    /** Whether what is taken is what the call returns. */
    private static boolean isMade(Effect effect) {
        return effect.takes() && effect.family() == Effect.Family.MEMORY;
    }

    private void apply(long at, Operation operation, State state) {
        switch (operation) {
            case Operation.Set s -> {
                Value value = Evaluator.value(s.value(), state);
                state.registers[s.register()] = value;
                if (s.flags()) {
                    state.flags = State.Flags.of(withZero(s.register()), state);
                }
            }
            case Operation.Compare c -> state.flags = State.Flags.of(c, state);
            case Operation.Store s -> store(at, s.place(), Evaluator.value(s.value(), state), state);
            case Operation.Atomic a -> store(at, a.place(), Value.UNKNOWN, state);
            case Operation.Clobber c -> {
                for (int register : c.registers()) {
                    state.registers[register] = Value.UNKNOWN;
                }
                state.flags = c.flags() ? null : state.flags;
            }
            default -> {
                // A trap: after a WARN() the text goes on.
            }
        }
    }

    private void store(long at, Operand.Place where, Value value, State state) {
        Term place = Evaluator.address(where, state).single();
        Long slot = State.slot(place);
        if (slot != null) {
            state.slots.put(slot, value);
        } else if (place.isOfCaller()) {
            stores.put(at, new Store(at, place));
        }
    }

    /** What a computation does to the flags. */
    static Operation.Compare withZero(int register) {
        return new Operation.Compare(new Operand.Register(register, 64), new Operand.Immediate(0), false, 64);
    }

    static Operation.Condition inverse(Operation.Condition condition) {
        return switch (condition) {
            case EQUAL -> Operation.Condition.NOT_EQUAL;
            case NOT_EQUAL -> Operation.Condition.EQUAL;
            case NEGATIVE -> Operation.Condition.NOT_NEGATIVE;
            case NOT_NEGATIVE -> Operation.Condition.NEGATIVE;
            case LESS -> Operation.Condition.GREATER_OR_EQUAL;
            case LESS_OR_EQUAL -> Operation.Condition.GREATER;
            case GREATER -> Operation.Condition.LESS_OR_EQUAL;
            case GREATER_OR_EQUAL -> Operation.Condition.LESS;
            case BELOW -> Operation.Condition.ABOVE_OR_EQUAL;
            case BELOW_OR_EQUAL -> Operation.Condition.ABOVE;
            case ABOVE -> Operation.Condition.BELOW_OR_EQUAL;
            case ABOVE_OR_EQUAL -> Operation.Condition.BELOW;
            case OTHER -> Operation.Condition.OTHER;
        };
    }
}
