// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.version;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What the releases of kernel.org say about a flaw in one version. */
public sealed interface UpstreamState {

    /**
     * The version is older than the flaw, or of a branch that never had it.
     *
     * @param introduced the first releases that have it
     */
    record Before(Set<UpstreamVersion> introduced) implements UpstreamState {}

    /**
     * The version has the fix.
     *
     * @param fixed the release that completed it
     */
    record Fixed(UpstreamVersion fixed, String fix) implements UpstreamState {}

    /**
     * The version has the flaw.
     *
     * @param introduced empty where it is not known since when
     * @param fixed the later release of the same branch that completes the fix; empty where the branch has none
     */
    record Affected(Optional<UpstreamVersion> introduced, Optional<UpstreamVersion> fixed) implements UpstreamState {}

    /** A release candidate of the very release that brought the flaw or the fix: it may have it or not. */
    record Undecided(UpstreamVersion release) implements UpstreamState {}

    /**
     * Judges one version.
     *
     * <p>A flaw can come into a stable branch by a backport of what introduced it: such a range is about that branch alone.
     * A branch can need two releases until its fix is complete: the last one counts.
     *
     * @param ranges all that is known about one flaw; not empty
     */
    static UpstreamState of(UpstreamVersion version, List<FixRange> ranges) {
        if (version.candidate() != 0 && ranges.stream().anyMatch(r -> isReleaseOf(version, r))) {
            return new Undecided(version.branch());
        }
        List<FixRange> reaching =
                ranges.stream().filter(r -> reaches(r, version)).toList();
        if (reaching.isEmpty()) {
            Set<UpstreamVersion> introduced = new TreeSet<>();
            ranges.forEach(r -> r.introduced().ifPresent(introduced::add));
            return new Before(introduced);
        }
        Fixed last = null;
        Set<Optional<UpstreamVersion>> seen = new HashSet<>();
        for (FixRange range : reaching) {
            if (seen.add(range.introduced())) {
                List<FixRange> same = reaching.stream()
                        .filter(r -> r.introduced().equals(range.introduced()))
                        .toList();
                Optional<FixRange> fix = fixFor(version, same);
                if (fix.isEmpty() || fix.get().fixed().orElseThrow().compareTo(version) > 0) {
                    return new Affected(range.introduced(), fix.flatMap(FixRange::fixed));
                }
                UpstreamVersion fixed = fix.get().fixed().orElseThrow();
                if (last == null || fixed.compareTo(last.fixed) > 0) {
                    last = new Fixed(fixed, fix.get().fix());
                }
            }
        }
        if (last == null) {
            throw new IllegalStateException("a range that reaches the version was neither open nor fixed");
        }
        return last;
    }

    private static boolean isReleaseOf(UpstreamVersion candidate, FixRange range) {
        Optional<UpstreamVersion> release = Optional.of(candidate.branch());
        return range.introduced().equals(release) || range.fixed().equals(release);
    }

    private static boolean reaches(FixRange range, UpstreamVersion version) {
        if (range.introduced().isEmpty()) {
            return true;
        }
        UpstreamVersion introduced = range.introduced().get();
        return introduced.compareTo(version) <= 0 && (introduced.isMainline() || introduced.sameBranch(version));
    }

    /** The last fix of the version's own branch, else the last one of mainline that the branch started from or after. */
    private static Optional<FixRange> fixFor(UpstreamVersion version, List<FixRange> ranges) {
        Optional<FixRange> own = Optional.empty();
        Optional<FixRange> inherited = Optional.empty();
        for (FixRange range : ranges) {
            if (range.fixed().isPresent()) {
                UpstreamVersion fixed = range.fixed().get();
                if (fixed.sameBranch(version)) {
                    own = later(own, range);
                } else if (fixed.isMainline() && fixed.compareTo(version) < 0) {
                    inherited = later(inherited, range);
                }
            }
        }
        return own.isPresent() ? own : inherited;
    }

    private static Optional<FixRange> later(Optional<FixRange> one, FixRange other) {
        boolean isLater = one.isEmpty()
                || one.get().fixed().orElseThrow().compareTo(other.fixed().orElseThrow()) < 0;
        return isLater ? Optional.of(other) : one;
    }
}
