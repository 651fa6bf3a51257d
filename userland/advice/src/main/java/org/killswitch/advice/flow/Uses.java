// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice.flow;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.killswitch.advice.flow.Use.Kind;
import org.killswitch.advice.flow.Use.Test;
import org.killswitch.host.text.Body;
import org.killswitch.host.text.Convention;
import org.killswitch.host.text.Instruction;
import org.killswitch.host.text.Operand;
import org.killswitch.host.text.Operation;

/** Follows the result of one call through its caller, for as long as a register holds it. */
public final class Uses {

    private static final int STEPS_MAX = 4000;

    private final Body body;
    private final Convention convention;
    private final Flow.Callees callees;
    private final Parameters parameters;
    private final Term result;
    private final long site;
    private final Map<Long, State> states = new HashMap<>();
    private final SortedSet<Long> open = new TreeSet<>();
    private final Set<Kind> found = new LinkedHashSet<>();
    private final Map<Long, Test> tests = new TreeMap<>();
    private final OptionalLong assumed;
    private OptionalLong followed = OptionalLong.empty();
    private long at;
    private int steps;
    private boolean gap;

    /** How many arguments a function takes. */
    @FunctionalInterface
    public interface Parameters {

        /** As many as there can be, if it is not known. */
        int count(String function);
    }

    private Uses(
            Body body,
            long site,
            Convention convention,
            Flow.Callees callees,
            Parameters parameters,
            OptionalLong assumed) {
        this.body = body;
        this.site = site;
        this.convention = convention;
        this.callees = callees;
        this.parameters = parameters;
        this.assumed = assumed;
        result = new Term.Result(site);
    }

    /** What the caller does with what the call at {@code site} returns. */
    public static Use of(Body body, long site, Convention convention, Flow.Callees callees, Parameters parameters) {
        return new Uses(body, site, convention, callees, parameters, OptionalLong.empty()).run();
    }

    /**
     * Where the caller reads or writes what the result points to, if the call at {@code site} returns a value; empty if
     * that is not seen.
     */
    public static OptionalLong follows(
            Body body, long site, Convention convention, Flow.Callees callees, Parameters parameters, long value) {
        Uses uses = new Uses(body, site, convention, callees, parameters, OptionalLong.of(value));
        uses.run();
        return uses.followed;
    }

    private Use run() {
        Instruction call = body.at(site);
        if (call == null) {
            return new Use(site, List.of(), List.of(), false);
        }
        if (call.operations().stream().anyMatch(o -> o instanceof Operation.Jump || o instanceof Operation.Branch)) {
            return new Use(site, List.of(Kind.RETURNED), List.of(), true);
        }
        reach(call.next(), State.afterCall(convention, site));
        while (!open.isEmpty() && steps <= STEPS_MAX) {
            long at = open.removeFirst();
            walk(at, states.getOrDefault(at, State.afterCall(convention, site)).copy());
        }
        return new Use(site, List.copyOf(found), List.copyOf(tests.values()), steps <= STEPS_MAX && !gap);
    }

    private void reach(long address, State state) {
        if (!holds(state)) {
            return;
        }
        State known = states.get(address);
        State both = known == null ? state : known.merged(state);
        if (both != null) {
            states.put(address, both);
            open.add(address);
        }
    }

    private boolean holds(State state) {
        for (Value value : state.registers) {
            if (value.has(result)) {
                return true;
            }
        }
        return state.slots.values().stream().anyMatch(v -> v.has(result))
                || (state.flags != null && state.flags.left().has(result));
    }

    private void walk(long start, State startState) {
        at = start;
        State state = startState;
        while (holds(state)) {
            Instruction instruction = body.at(at);
            if (instruction == null) {
                gap |= body.has(at);
                return;
            }
            steps++;
            for (Operation operation : instruction.operations()) {
                switch (operation) {
                    case Operation.Branch b -> {
                        State here = state;
                        test(b, here);
                        Optional<Boolean> taken = taken(b, here);
                        if (taken.isPresent()) {
                            if (taken.get()) {
                                jump(b.target(), here);
                                return;
                            }
                            continue;
                        }
                        Evaluator.assume(here, b.condition()).ifPresent(s -> jump(b.target(), s));
                        var rest = Evaluator.assume(here, Flow.inverse(b.condition()));
                        if (rest.isEmpty()) {
                            return;
                        }
                        state = rest.get();
                    }
                    case Operation.Jump j -> {
                        jump(j.target(), state);
                        return;
                    }
                    case Operation.IndirectJump j -> {
                        passed(Callee.INDIRECT, state);
                        return;
                    }
                    case Operation.Return r -> {
                        if (state.registers[convention.result()].has(result)) {
                            found.add(Kind.RETURNED);
                        }
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
                        passed(name, state);
                    }
                    case Operation.IndirectCall c -> passed(Callee.INDIRECT, state);
                    default -> apply(operation, state);
                }
            }
            at = instruction.next();
            if (body.isJoin(at)) {
                reach(at, state);
                return;
            }
        }
    }

    private void jump(long target, State state) {
        if (body.has(target)) {
            reach(target, state.copy());
            return;
        }
        String name = callees.name(target);
        if (name.contains(Flow.RETURN_THUNK)) {
            if (state.registers[convention.result()].has(result)) {
                found.add(Kind.RETURNED);
            }
        } else {
            passed(name, state.copy());
        }
    }

    /** After a call nothing is left in the registers that it may change. */
    private void passed(String name, State state) {
        for (int i = 0; i < convention.arguments().size(); i++) {
            if (state.registers[convention.arguments().get(i)].has(result) && i < parameters.count(name)) {
                found.add(Kind.PASSED);
            }
        }
        for (int argument : convention.arguments()) {
            Long slot = State.slot(state.registers[argument].single());
            if (slot != null) {
                state.escape(slot);
            }
        }
        for (int lost : convention.lost()) {
            state.registers[lost] = Value.UNKNOWN;
        }
        state.flags = null;
    }

    private void test(Operation.Branch branch, State state) {
        State.Flags flags = state.flags;
        if (flags != null && flags.right().has(result)) {
            found.add(Kind.TESTED);
        }
        if (flags == null || !flags.left().has(result)) {
            return;
        }
        found.add(Kind.TESTED);
        Operation.Compare compare = flags.compare();
        tests.put(at, new Test(at, value -> Evaluator.isTaken(compare, branch.condition(), value)));
    }

    /** Which way it goes with the assumed result; empty if that does not decide it. */
    private Optional<Boolean> taken(Operation.Branch branch, State state) {
        State.Flags flags = state.flags;
        return assumed.isPresent()
                        && flags != null
                        && flags.left().single().equals(result)
                        && Evaluator.constant(flags.compare()) != null
                ? Optional.of(Evaluator.isTaken(flags.compare(), branch.condition(), assumed.getAsLong()))
                : Optional.empty();
    }

    private void apply(Operation operation, State state) {
        switch (operation) {
            case Operation.Set s -> {
                looked(s.value(), state);
                Value value = Evaluator.value(s.value(), state);
                state.registers[s.register()] = value;
                if (s.flags()) {
                    state.flags = State.Flags.of(Flow.withZero(s.register()), state);
                }
            }
            case Operation.Compare c -> {
                looked(c.left(), state);
                state.flags = State.Flags.of(c, state);
            }
            case Operation.Store s -> store(s.place(), Evaluator.value(s.value(), state), state);
            case Operation.Atomic a -> store(a.place(), Evaluator.value(a.value(), state), state);
            case Operation.Clobber c -> {
                for (int register : c.registers()) {
                    state.registers[register] = Value.UNKNOWN;
                }
                state.flags = c.flags() ? null : state.flags;
            }
            default -> {
                // Changes no value.
            }
        }
    }

    /** Finds what is more than moved. */
    private void looked(Operand operand, State state) {
        switch (operand) {
            case Operand.Place p -> dereferenced(p, state);
            case Operand.Choice c -> {
                // The smaller or the greater of two: no other way is taken.
                if (state.flags != null
                        && (state.flags.left().has(result)
                                || state.flags.right().has(result))) {
                    found.add(Kind.COMPUTED);
                }
            }
            case Operand.AddressOf a -> {
                if (isIn(a.place(), state)) {
                    found.add(Kind.COMPUTED);
                }
            }
            case Operand.Binary b -> {
                if (Evaluator.value(b.left(), state).has(result)
                        || Evaluator.value(b.right(), state).has(result)) {
                    found.add(Kind.COMPUTED);
                }
            }
            default -> {
                // A move.
            }
        }
    }

    private void dereferenced(Operand.Place place, State state) {
        if (isIn(place, state)) {
            found.add(Kind.DEREFERENCED);
        }
        if (followed.isEmpty()
                && place.base() >= 0
                && state.registers[place.base()].single().equals(result)) {
            followed = OptionalLong.of(at);
        }
    }

    private boolean isIn(Operand.Place place, State state) {
        return (place.base() >= 0 && state.registers[place.base()].has(result))
                || (place.index() >= 0 && state.registers[place.index()].has(result));
    }

    private void store(Operand.Place place, Value value, State state) {
        dereferenced(place, state);
        Long slot = State.slot(Evaluator.address(place, state).single());
        if (slot != null) {
            state.slots.put(slot, value);
        } else if (value.has(result)) {
            found.add(Kind.STORED);
        }
    }
}
