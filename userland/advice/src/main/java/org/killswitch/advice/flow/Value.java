// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice.flow;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What a register may hold: terms, and of each, which signs it may have.
 *
 * @param atoms in the order in which they were found
 */
public record Value(Map<Term, Set<Sign>> atoms) {

    /** What callers tell apart. */
    public enum Sign {
        /** A negative errno, or a pointer that holds one: -4095 to -1. */
        ERROR,
        ZERO,
        /** Everything else. */
        OTHER;

        public static Sign of(long value) {
            return value == 0 ? ZERO : value < 0 && value >= -4095 ? ERROR : OTHER;
        }
    }

    /** A register that may hold more than this is not followed any more. */
    private static final int ATOMS_MAX = 24;

    private static final Set<Sign> ANY = Set.of(Sign.values());

    public static final Value UNKNOWN = new Value(Map.of(Term.unknown(), ANY));

    static Value of(Term term) {
        return term instanceof Term.Unknown ? UNKNOWN : new Value(Map.of(term, signs(term)));
    }

    static Value of(long constant) {
        return of(new Term.Constant(constant));
    }

    private static Set<Sign> signs(Term term) {
        return term instanceof Term.Constant c ? Set.of(Sign.of(c.value())) : ANY;
    }

    Value or(Value other) {
        if (equals(other)) {
            return this;
        }
        Map<Term, Set<Sign>> all = new LinkedHashMap<>(atoms);
        other.atoms.forEach((term, signs) -> all.merge(term, signs, Value::union));
        return all.size() > ATOMS_MAX ? UNKNOWN : new Value(all);
    }

    private static Set<Sign> union(Set<Sign> a, Set<Sign> b) {
        if (a.containsAll(b)) {
            return a;
        }
        Set<Sign> both = EnumSet.copyOf(a);
        both.addAll(b);
        return both;
    }

    /** What is computed from each term. */
    Value map(Function<Term, Term> change) {
        Map<Term, Set<Sign>> all = new LinkedHashMap<>();
        for (Map.Entry<Term, Set<Sign>> atom : atoms.entrySet()) {
            Term changed = change.apply(atom.getKey());
            if (changed instanceof Term.Unknown) {
                return UNKNOWN;
            }
            all.merge(changed, changed.equals(atom.getKey()) ? atom.getValue() : signs(changed), Value::union);
        }
        return new Value(all);
    }

    /** Only what has one of these signs; empty if nothing has. */
    Value only(Set<Sign> signs) {
        Map<Term, Set<Sign>> all = new LinkedHashMap<>();
        atoms.forEach((term, has) -> {
            if (has.stream().anyMatch(signs::contains)) {
                Set<Sign> both = EnumSet.copyOf(has);
                both.retainAll(signs);
                all.put(term, both);
            }
        });
        return new Value(all);
    }

    /** Only what may be a constant, or with {@code not}, what may be something else. */
    Value equalTo(long constant, boolean not) {
        Map<Term, Set<Sign>> all = new LinkedHashMap<>();
        Set<Sign> sign = Set.of(Sign.of(constant));
        atoms.forEach((term, has) -> {
            if (term instanceof Term.Constant c) {
                if (c.value() == constant != not) {
                    all.put(term, has);
                }
            } else if (not) {
                all.put(term, has);
            } else if (has.containsAll(sign)) {
                all.put(term, sign);
            }
        });
        return new Value(all);
    }

    boolean isImpossible() {
        return atoms.isEmpty();
    }

    public boolean mayBe(Sign sign) {
        return atoms.values().stream().anyMatch(s -> s.contains(sign));
    }

    public boolean has(Term term) {
        return atoms.containsKey(term);
    }

    /** The only thing that it can be; unknown if there are several. */
    public Term single() {
        return atoms.size() == 1 ? atoms.keySet().iterator().next() : Term.unknown();
    }
}
