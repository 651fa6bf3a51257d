// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice.flow;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.killswitch.advice.flow.Value.Sign;
import org.killswitch.host.text.Operand;
import org.killswitch.host.text.Operation.Compare;
import org.killswitch.host.text.Operation.Condition;

/** Computes with {@link Value}s. */
final class Evaluator {

    private Evaluator() {}

    static Value value(Operand operand, State state) {
        return switch (operand) {
            case Operand.Immediate i -> Value.of(i.value());
            case Operand.Register r -> state.registers[r.number()];
            case Operand.Place p -> p.perCpu() ? Value.UNKNOWN : load(address(p, state), state);
            case Operand.AddressOf a -> address(a.place(), state);
            case Operand.Binary b -> binary(b, state);
            case Operand.Choice c -> value(c.one(), state).or(value(c.other(), state));
            case Operand.Extended e -> extended(e, state);
            case Operand.Unknown u -> Value.UNKNOWN;
        };
    }

    private static Value load(Value address, State state) {
        Long slot = State.slot(address.single());
        Value aside = slot == null ? null : state.slots.get(slot);
        return aside == null ? address.map(Term::load) : aside;
    }

    static Value address(Operand.Place place, State state) {
        if (place.index() >= 0) {
            return Value.UNKNOWN;
        }
        if (place.base() < 0) {
            return Value.of(place.displacement());
        }
        return state.registers[place.base()].map(t -> Term.sum(t, place.displacement()));
    }

    private static Value extended(Operand.Extended extended, State state) {
        Value inner = value(extended.operand(), state);
        int shift = 64 - extended.bits();
        return inner.map(t -> t instanceof Term.Constant c
                ? new Term.Constant(extended.signed() ? c.value() << shift >> shift : c.value() << shift >>> shift)
                : extended.bits() == 32 ? t : Term.unknown());
    }

    private static Value binary(Operand.Binary b, State state) {
        Value left = value(b.left(), state);
        Value right = value(b.right(), state);
        if (right.single() instanceof Term.Constant c) {
            return left.map(t -> binary(b, t, c.value()));
        }
        if (left.single() instanceof Term.Constant c && b.operator() == Operand.Operator.ADD) {
            return right.map(t -> binary(b, t, c.value()));
        }
        if (left.single() instanceof Term.Constant l) {
            return right.map(t -> t instanceof Term.Constant r ? constant(b, l.value(), r.value()) : Term.unknown());
        }
        return Value.UNKNOWN;
    }

    private static Term binary(Operand.Binary b, Term left, long right) {
        if (left instanceof Term.Constant c) {
            return constant(b, c.value(), right);
        }
        return switch (b.operator()) {
            case ADD -> Term.sum(left, right);
            case SUBTRACT -> Term.sum(left, -right);
            default -> Term.unknown();
        };
    }

    private static Term constant(Operand.Binary b, long left, long right) {
        long value = switch (b.operator()) {
            case ADD -> left + right;
            case SUBTRACT -> left - right;
            case AND -> left & right;
            case OR -> left | right;
            case XOR -> left ^ right;
            case SHIFT_LEFT -> left << right;
            case SHIFT_RIGHT -> left >>> right;
            case MULTIPLY -> left * right;
        };
        return new Term.Constant(b.bits() == 32 ? (int) value : value);
    }

    /**
     * The state on one side of a branch.
     *
     * @return empty if that side cannot be reached
     */
    static Optional<State> assume(State state, Condition condition) {
        State.Flags flags = state.flags;
        if (flags == null) {
            return Optional.of(state.copy());
        }
        Value narrowed = narrow(flags, condition);
        if (narrowed.isImpossible()) {
            return Optional.empty();
        }
        State result = state.copy();
        result.flags = new State.Flags(flags.compare(), narrowed, flags.right());
        Map<Term, Set<Sign>> had = flags.left().atoms();
        for (int i = 0; i < result.registers.length; i++) {
            Value r = result.registers[i];
            if (r.atoms().equals(had) && !r.has(Term.unknown())) {
                result.registers[i] = narrowed;
            }
        }
        return Optional.of(result);
    }

    private static Value narrow(State.Flags flags, Condition condition) {
        Compare compare = flags.compare();
        Long constant = constant(compare);
        if (constant == null) {
            return flags.left();
        }
        if (constant == 0) {
            Set<Sign> signs = signs(condition);
            return signs.isEmpty()
                    ? flags.left()
                    : exact(flags.left(), condition).only(signs);
        }
        return switch (condition) {
            case EQUAL -> flags.left().equalTo(constant, false);
            case NOT_EQUAL -> flags.left().equalTo(constant, true);
            // IS_ERR(): an address in the last page.
            case ABOVE, ABOVE_OR_EQUAL -> isLastPage(constant) ? flags.left().only(Set.of(Sign.ERROR)) : flags.left();
            case BELOW, BELOW_OR_EQUAL ->
                isLastPage(constant) ? flags.left().only(EnumSet.of(Sign.ZERO, Sign.OTHER)) : flags.left();
            default -> flags.left();
        };
    }

    private static boolean isLastPage(long constant) {
        return constant >= -4097 && constant <= -4095;
    }

    /** What the left side was compared with; of a test of all bits, 0. */
    static @Nullable Long constant(Compare compare) {
        if (compare.bitwise()) {
            return compare.left().equals(compare.right()) ? Long.valueOf(0) : null;
        }
        return compare.right() instanceof Operand.Immediate i ? Long.valueOf(i.value()) : null;
    }

    /** Whether a branch is taken if the left side of the comparison is a value. */
    static boolean isTaken(Compare compare, Condition condition, long value) {
        Operand right = compare.right();
        if (compare.bitwise()) {
            long mask = compare.left().equals(right) ? -1 : right instanceof Operand.Immediate i ? i.value() : -1;
            return holds(extend(value & mask, compare.bits()), condition);
        }
        long constant = right instanceof Operand.Immediate i ? i.value() : 0;
        long left = extend(value, compare.bits());
        int unsigned = Long.compareUnsigned(left, constant);
        return switch (condition) {
            case EQUAL -> left == constant;
            case NOT_EQUAL -> left != constant;
            case LESS -> left < constant;
            case LESS_OR_EQUAL -> left <= constant;
            case GREATER -> left > constant;
            case GREATER_OR_EQUAL -> left >= constant;
            case BELOW -> unsigned < 0;
            case BELOW_OR_EQUAL -> unsigned <= 0;
            case ABOVE -> unsigned > 0;
            case ABOVE_OR_EQUAL -> unsigned >= 0;
            case NEGATIVE -> left - constant < 0;
            case NOT_NEGATIVE -> left - constant >= 0;
            case OTHER -> false;
        };
    }

    private static long extend(long value, int bits) {
        int shift = 64 - bits;
        return value << shift >> shift;
    }

    /** Constants are compared as such. */
    private static Value exact(Value value, Condition condition) {
        Map<Term, Set<Sign>> kept = new LinkedHashMap<>();
        value.atoms().forEach((term, signs) -> {
            if (!(term instanceof Term.Constant c) || holds(c.value(), condition)) {
                kept.put(term, signs);
            }
        });
        return new Value(kept);
    }

    /** Whether a condition holds for a value after it was compared with 0. */
    static boolean holds(long value, Condition condition) {
        return switch (condition) {
            case EQUAL, BELOW_OR_EQUAL -> value == 0;
            case NOT_EQUAL, ABOVE -> value != 0;
            case NEGATIVE, LESS -> value < 0;
            case NOT_NEGATIVE, GREATER_OR_EQUAL -> value >= 0;
            case LESS_OR_EQUAL -> value <= 0;
            case GREATER -> value > 0;
            default -> true;
        };
    }

    /** The signs that a value can have where a condition holds; empty if it can have any. */
    private static Set<Sign> signs(Condition condition) {
        return switch (condition) {
            case EQUAL, BELOW_OR_EQUAL -> Set.of(Sign.ZERO);
            case NOT_EQUAL, ABOVE -> EnumSet.of(Sign.ERROR, Sign.OTHER);
            case NEGATIVE, LESS -> Set.of(Sign.ERROR);
            case NOT_NEGATIVE, GREATER_OR_EQUAL -> EnumSet.of(Sign.ZERO, Sign.OTHER);
            case LESS_OR_EQUAL -> EnumSet.of(Sign.ERROR, Sign.ZERO);
            case GREATER -> Set.of(Sign.OTHER);
            default -> Set.of();
        };
    }
}
