// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.rehearsal;

import java.util.List;
import java.util.Optional;

/**
 * What came of a rehearsal.
 *
 * @param applied what the command said when it engaged
 * @param door the way to the flaw, if one is known
 * @param hits what was engaged, and the calls that it caught; empty if the guest did not last until then
 * @param ended the steps that were still changed after the engagement had ended by itself; empty if it did not end
 * @param log what the kernel logged of warnings and worse since the engagement
 * @param trouble what went wrong with the guest, if anything did
 */
public record Report(
        String applied,
        List<Compared> steps,
        Optional<Door> door,
        List<Hits> hits,
        Optional<List<Compared>> ended,
        List<String> log,
        Optional<Trouble> trouble) {

    public Report {
        steps = List.copyOf(steps);
        hits = List.copyOf(hits);
        log = List.copyOf(log);
    }

    public Verdict verdict() {
        if (trouble.isPresent()) {
            return Verdict.NOT_WELL;
        }
        boolean stays =
                ended.filter(all -> all.stream().anyMatch(Compared::isChanged)).isPresent();
        return changed().isEmpty() && !stays && !door.filter(Door::isStillOpen).isPresent()
                ? Verdict.FINE
                : Verdict.CHANGED;
    }

    /** The steps of which something else comes. */
    public List<Compared> changed() {
        return steps.stream().filter(Compared::isChanged).toList();
    }

    /** Whether a call reached any of the functions. */
    public boolean wasHit() {
        return hits.stream().anyMatch(h -> h.count() > 0);
    }

    /** The verdict as a sentence. */
    public String sentence() {
        return switch (verdict()) {
            case NOT_WELL -> {
                Trouble what = trouble.orElseThrow();
                yield "The guest is not well: " + what.what().replaceFirst("^the guest ", "it ") + " (" + what.during()
                        + ").";
            }
            case CHANGED -> {
                int count = changed().size();
                if (count > 0 && steps.size() == 1) {
                    yield "It ends in another way: " + steps.getFirst().step().name() + ".";
                }
                if (count > 0) {
                    yield count + " of " + steps.size() + (count == 1 ? " steps changes" : " steps change") + ": "
                            + String.join(
                                    ", ",
                                    changed().stream().map(c -> c.step().name()).toList()) + ".";
                }
                yield door.filter(Door::isStillOpen).isPresent()
                        ? "The door is still open."
                        : "The functions run again, and something is not as it was before.";
            }
            case FINE -> {
                String else_ = door.filter(Door::wasClosed).isPresent()
                        ? "The door is closed, and nothing else changes"
                        : "Nothing changes";
                yield else_ + (wasHit() ? "." : "; no call reached what is engaged.");
            }
        };
    }
}
