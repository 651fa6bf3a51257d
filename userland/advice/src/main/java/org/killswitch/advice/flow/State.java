// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice.flow;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.killswitch.host.text.Convention;
import org.killswitch.host.text.Operation.Compare;

/** What the registers and the stack hold at a place, on some paths. */
final class State {

    final Value[] registers;
    /** Values that were put aside, by their distance from the stack pointer at the entry. */
    final Map<Long, Value> slots;
    /** What set the flags, with what it looked at; null if that is not known. */
    @Nullable
    Flags flags;

    /**
     * The comparison that the flags came from.
     *
     * @param left what was compared, at that time
     * @param right with what
     */
    record Flags(Compare compare, Value left, Value right) {

        static Flags of(Compare compare, State state) {
            return new Flags(compare, Evaluator.value(compare.left(), state), Evaluator.value(compare.right(), state));
        }
    }

    private State(Value[] registers, Map<Long, Value> slots, @Nullable Flags flags) {
        this.registers = registers;
        this.slots = slots;
        this.flags = flags;
    }

    static State atEntry(Convention convention) {
        Value[] registers = new Value[convention.registers()];
        Arrays.fill(registers, Value.UNKNOWN);
        for (int i = 0; i < convention.arguments().size(); i++) {
            registers[convention.arguments().get(i)] = Value.of(new Term.Argument(i));
        }
        registers[convention.stack()] = Value.of(new Term.StackPointer());
        return new State(registers, new HashMap<>(), null);
    }

    /** Right after a call, of which nothing is known but its result. */
    static State afterCall(Convention convention, long site) {
        Value[] registers = new Value[convention.registers()];
        Arrays.fill(registers, Value.UNKNOWN);
        registers[convention.stack()] = Value.of(new Term.StackPointer());
        registers[convention.result()] = Value.of(new Term.Result(site));
        return new State(registers, new HashMap<>(), null);
    }

    State copy() {
        return new State(registers.clone(), new HashMap<>(slots), flags);
    }

    /** This and another one; null if the other adds nothing. */
    @Nullable
    State merged(State other) {
        Value[] both = new Value[registers.length];
        boolean changed = false;
        for (int i = 0; i < both.length; i++) {
            both[i] = registers[i].or(other.registers[i]);
            changed |= !both[i].equals(registers[i]);
        }
        Map<Long, Value> common = new HashMap<>();
        slots.forEach((at, value) -> {
            Value there = other.slots.get(at);
            if (there != null) {
                common.put(at, value.or(there));
            }
        });
        changed |= !common.equals(slots);
        Flags same = Objects.equals(flags, other.flags) ? flags : null;
        changed |= !Objects.equals(same, flags);
        return changed ? new State(both, common, same) : null;
    }

    /** The distance of a place from the stack pointer at the entry; null for what is not on the stack. */
    static @Nullable Long slot(Term place) {
        return switch (place) {
            case Term.StackPointer() -> Long.valueOf(0);
            case Term.Sum(Term.StackPointer(), long offset) -> Long.valueOf(offset);
            default -> null;
        };
    }

    /**
     * A function gets the address of a place on the stack: what lies from there on may have changed after the call. What the
     * caller passed and was put aside is taken to be still there.
     */
    void escape(long from) {
        slots.entrySet().removeIf(e -> e.getKey() >= from && !(e.getValue().single() instanceof Term.Argument));
    }
}
