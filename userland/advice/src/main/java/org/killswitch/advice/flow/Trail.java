// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a path through a function has taken and not given back, and what it has given back that it had not taken.
 *
 * @param held calls that took something
 * @param owed calls that gave back what came from elsewhere
 * @param absent arguments that are NULL or an error pointer on this path, by their numbers
 */
public record Trail(List<Entry> held, List<Entry> owed, Set<Integer> absent) {

    static final Trail EMPTY = new Trail(List.of(), List.of(), Set.of());

    /** Of more, the first ones are kept. */
    private static final int ENTRIES_MAX = 8;

    /**
     * A call that takes or gives back.
     *
     * @param site where; of several with the same function and object, the first that was found
     */
    public record Entry(Effect.Family family, String function, Term object, long site) {

        public boolean isSame(Entry other) {
            return function.equals(other.function) && object.equals(other.object);
        }

        /** Whether it gives back the same, perhaps with another function. */
        public boolean isAlike(Entry other) {
            return family == other.family && object.equals(other.object);
        }
    }

    Trail with(boolean takes, Entry entry) {
        if (takes) {
            return held.stream().anyMatch(entry::isSame) || held.size() >= ENTRIES_MAX
                    ? this
                    : new Trail(plus(held, entry), owed, absent);
        }
        int match = match(entry);
        if (match >= 0) {
            List<Entry> rest = new ArrayList<>(held);
            rest.remove(match);
            return new Trail(List.copyOf(rest), owed, absent);
        }
        // What was found somewhere else than through an argument is not known to be the caller's.
        return !entry.object.isOfCaller() || owed.stream().anyMatch(entry::isSame) || owed.size() >= ENTRIES_MAX
                ? this
                : new Trail(held, plus(owed, entry), absent);
    }

    Trail without(int argument) {
        Set<Integer> more = new TreeSet<>(absent);
        return more.add(argument) ? new Trail(held, owed, more) : this;
    }

    private static List<Entry> plus(List<Entry> entries, Entry entry) {
        List<Entry> more = new ArrayList<>(entries);
        more.add(entry);
        more.sort((a, b) -> Long.compareUnsigned(a.site, b.site));
        return List.copyOf(more);
    }

    /**
     * What a call gives back: the same object, or else, unless it is an argument itself, the last thing of its family whose
     * object could be the same.
     */
    private int match(Entry entry) {
        int last = -1;
        for (int i = 0; i < held.size(); i++) {
            Entry h = held.get(i);
            if (h.family != entry.family) {
                continue;
            }
            if (h.object.equals(entry.object)) {
                return i;
            }
            if (!(entry.object instanceof Term.Argument) && !areDistinct(h.object, entry.object)) {
                last = i;
            }
        }
        return last;
    }

    /** Whether two terms are surely not the same object: different places in what the caller passed. */
    private static boolean areDistinct(Term a, Term b) {
        return a.isOfCaller() && b.isOfCaller() && !a.equals(b);
    }
}
