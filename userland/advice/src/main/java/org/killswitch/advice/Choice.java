// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.util.Comparator;
import java.util.List;

/**
 * Functions that are engaged together.
 *
 * @param kind how they help
 * @param closed the given functions that are not reached then, as far as is known
 * @param open the given functions that are
 */
public record Choice(Kind kind, List<Candidate> functions, List<String> closed, List<String> open) {

    /** How it keeps the given functions from harm. */
    public enum Kind {
        /** No known way leads to them. */
        CLOSES,
        /** Requests that set up what leads to them are refused. What is set up already goes on; no code shows more. */
        PREVENTS
    }

    /** The best one first: what works, closes all, and closes little else. */
    static final Comparator<Choice> BY_RANK = Comparator.comparing(Choice::isClean)
            .reversed()
            .thenComparingInt(c -> c.open().size())
            .thenComparing(Choice::verdict)
            .thenComparingInt(c -> c.functions().size())
            .thenComparingInt(Choice::cost);

    public Choice {
        functions = List.copyOf(functions);
        closed = List.copyOf(closed);
        open = List.copyOf(open);
    }

    /** That of the worst function; of what no call graph shows, a rehearsal is the proof. */
    public Verdict verdict() {
        Verdict worst = functions.stream()
                .map(Candidate::verdict)
                .max(Comparator.naturalOrder())
                .orElse(Verdict.NEVER);
        return kind == Kind.PREVENTS && worst == Verdict.GOOD ? Verdict.REHEARSE : worst;
    }

    /** Whether nothing speaks against it that is a danger. */
    boolean isClean() {
        return verdict().compareTo(Verdict.DANGEROUS) < 0;
    }

    /** How much else is closed. */
    int cost() {
        return functions.stream().mapToInt(c -> c.closes().size() + c.callers()).sum();
    }
}
