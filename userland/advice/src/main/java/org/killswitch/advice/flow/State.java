// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice.flow;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.killswitch.host.text.Convention;
import org.killswitch.host.text.Operation.Compare;

/** What the registers hold at a place, on some paths. */
final class State {

    final Value[] registers;
    /** What set the flags, with what it looked at; null if that is not known. */
    @Nullable Flags flags;

    /**
     * The comparison that the flags came from.
     *
     * @param left what was compared, at that time
     */
    record Flags(Compare compare, Value left) {}

    private State(Value[] registers, @Nullable Flags flags) {
        this.registers = registers;
        this.flags = flags;
    }

    static State atEntry(Convention convention) {
        Value[] registers = new Value[convention.registers()];
        Arrays.fill(registers, Value.UNKNOWN);
        for (int i = 0; i < convention.arguments().size(); i++) {
            registers[convention.arguments().get(i)] = Value.of(new Term.Argument(i));
        }
        registers[convention.stack()] = Value.of(new Term.StackPointer());
        return new State(registers, null);
    }

    /** Right after a call, of which nothing is known but its result. */
    static State afterCall(Convention convention, long site) {
        Value[] registers = new Value[convention.registers()];
        Arrays.fill(registers, Value.UNKNOWN);
        registers[convention.stack()] = Value.of(new Term.StackPointer());
        registers[convention.result()] = Value.of(new Term.Result(site));
        return new State(registers, null);
    }

    State copy() {
        return new State(registers.clone(), flags);
    }

    /** This and another one; null if the other adds nothing. */
    @Nullable State merged(State other) {
        Value[] both = new Value[registers.length];
        boolean changed = false;
        for (int i = 0; i < both.length; i++) {
            both[i] = registers[i].or(other.registers[i]);
            changed |= !both[i].equals(registers[i]);
        }
        Flags common = Objects.equals(flags, other.flags) ? flags : null;
        changed |= !Objects.equals(common, flags);
        return changed ? new State(both, common) : null;
    }
}
