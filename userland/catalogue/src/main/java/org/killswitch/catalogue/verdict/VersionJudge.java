// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.killswitch.catalogue.data.DistroIndex;
import org.killswitch.catalogue.data.DistroStatus;
import org.killswitch.catalogue.data.Suites;
import org.killswitch.catalogue.facts.KernelOrigin;
import org.killswitch.catalogue.version.DebianVersion;
import org.killswitch.catalogue.version.FixRange;
import org.killswitch.catalogue.version.UpstreamState;
import org.killswitch.catalogue.version.UpstreamVersion;

/** What the distribution's data and that of kernel.org say about a version, the distribution's first. */
final class VersionJudge {

    /** What came of it: FIXED, AFFECTED, NOT_PRESENT or UNKNOWN. */
    record Answer(Status status, List<Evidence> evidence) {
        Answer {
            evidence = List.copyOf(evidence);
        }
    }

    private final Map<String, DistroIndex> distributions;
    private final String codename;
    private final String versionId;

    /**
     * A judge for one host.
     *
     * @param distributions what was imported, by the distribution's name
     * @param codename VERSION_CODENAME of os-release(5)
     * @param versionId its VERSION_ID
     */
    VersionJudge(Map<String, DistroIndex> distributions, String codename, String versionId) {
        this.distributions = Map.copyOf(distributions);
        this.codename = codename;
        this.versionId = versionId;
    }

    Answer judge(Subject subject, KernelOrigin origin) {
        List<Evidence> evidence = new ArrayList<>();
        Status byDistribution = distribution(subject, origin, evidence);
        if (byDistribution == Status.FIXED || byDistribution == Status.NOT_PRESENT) {
            return new Answer(byDistribution, evidence);
        }
        Status byUpstream = upstream(subject, origin, byDistribution == Status.AFFECTED, evidence);
        // What the distribution calls open may be younger than this package: that is not the flaw's being there.
        return new Answer(
                byDistribution == Status.AFFECTED && byUpstream != Status.NOT_PRESENT ? byDistribution : byUpstream,
                evidence);
    }

    private Status distribution(Subject subject, KernelOrigin origin, List<Evidence> evidence) {
        return switch (origin) {
            case KernelOrigin.Debian(var version, var source) -> debian(subject, version, source, evidence);
            case KernelOrigin.Ubuntu(var version, var source, var base) -> {
                DistroIndex index = distributions.get("ubuntu");
                Optional<DistroStatus> status =
                        index == null ? Optional.empty() : index.status(source, subject.cve(), versionId);
                yield compare(status, "Ubuntu", source, version, evidence);
            }
            case KernelOrigin.Stable s -> Status.UNKNOWN;
            case KernelOrigin.Frozen f -> Status.UNKNOWN;
        };
    }

    private Status debian(Subject subject, DebianVersion version, String source, List<Evidence> evidence) {
        DistroIndex index = distributions.get("debian");
        if (index == null) {
            return Status.UNKNOWN;
        }
        Optional<String> suite = suite(index, version, source);
        if (suite.isEmpty()) {
            evidence.add(Evidence.note(
                    Evidence.Source.DISTRIBUTION, "Debian's data does not say which suite has " + version));
            return Status.UNKNOWN;
        }
        Optional<DistroStatus> status = index.status(source, subject.cve(), suite.get());
        if (status.isEmpty()) {
            evidence.add(Evidence.note(
                    Evidence.Source.DISTRIBUTION, "Debian's data has no entry for " + source + " in " + suite.get()));
        }
        return compare(status, "Debian", source, version.withoutBackport(), evidence);
    }

    /**
     * The suite that a package is of: a backport's is the release after the one that it was built for; a package's number
     * may say it; else it is the suite whose version has the same series of kernels, this host's own before others.
     */
    private Optional<String> suite(DistroIndex index, DebianVersion version, String source) {
        if (version.backportedTo().isPresent()) {
            return Suites.name(version.backportedTo().getAsInt() + 1);
        }
        if (version.builtForRelease().isPresent()) {
            return Suites.name(version.builtForRelease().getAsInt());
        }
        List<String> same = index.suites(source).stream()
                .filter(s -> index.current(source, s).stream().anyMatch(v -> isOfSameSeries(v, version)))
                .toList();
        if (same.contains(codename)) {
            return Optional.of(codename);
        }
        if (!same.isEmpty()) {
            return Suites.oldest(same);
        }
        // Older than all that the archives have: this host's own suite if that never had another series.
        return index.suites(source).isEmpty() && !codename.isEmpty() ? Optional.of(codename) : Optional.empty();
    }

    private static boolean isOfSameSeries(String text, DebianVersion version) {
        Optional<UpstreamVersion> one = DebianVersion.parse(text).flatMap(DebianVersion::kernel);
        Optional<UpstreamVersion> other = version.kernel();
        return one.isPresent() && other.isPresent() && one.get().sameBranch(other.get());
    }

    private static Status compare(
            Optional<DistroStatus> found, String who, String source, DebianVersion version, List<Evidence> evidence) {
        if (found.isEmpty()) {
            return Status.UNKNOWN;
        }
        DistroStatus s = found.get();
        String where = who + "'s data for " + source + " in " + s.suite() + ": ";
        String remark = s.remark().map(r -> " (" + r + ")").orElse("");
        return switch (s.state()) {
            case NOT_AFFECTED -> {
                evidence.add(Evidence.deciding(Evidence.Source.DISTRIBUTION, where + "not affected" + remark));
                yield Status.NOT_PRESENT;
            }
            case OPEN -> {
                evidence.add(Evidence.deciding(Evidence.Source.DISTRIBUTION, where + "open" + remark));
                yield Status.AFFECTED;
            }
            case UNDETERMINED -> {
                evidence.add(Evidence.note(Evidence.Source.DISTRIBUTION, where + "undetermined" + remark));
                yield Status.UNKNOWN;
            }
            case FIXED -> {
                Optional<DebianVersion> fixed = s.fixedVersion().flatMap(DebianVersion::parse);
                if (fixed.isEmpty()) {
                    yield Status.UNKNOWN;
                }
                boolean isFixed = fixed.get().compareTo(version) <= 0;
                String order = isFixed ? " is not older" : " is older";
                evidence.add(Evidence.deciding(
                        Evidence.Source.DISTRIBUTION,
                        where + "fixed in " + fixed.get() + ", and " + version + order + remark));
                yield isFixed ? Status.FIXED : Status.AFFECTED;
            }
        };
    }

    private static Status upstream(Subject subject, KernelOrigin origin, boolean isDecided, List<Evidence> evidence) {
        List<FixRange> ranges = subject.ranges();
        if (ranges.isEmpty()) {
            evidence.add(new Evidence(Evidence.Source.UPSTREAM, "no data says which releases have it", !isDecided));
            return Status.UNKNOWN;
        }
        Optional<UpstreamVersion> version = origin.upstream();
        if (!origin.followsStable() || version.isEmpty()) {
            evidence.add(new Evidence(
                    Evidence.Source.UPSTREAM,
                    origin + " has fixes of its own: which, kernel.org does not know; ask its maker's data",
                    !isDecided));
            return Status.UNKNOWN;
        }
        UpstreamState state = UpstreamState.of(version.get(), ranges);
        Status status = status(state);
        boolean decides = !isDecided || status == Status.NOT_PRESENT;
        evidence.add(new Evidence(Evidence.Source.UPSTREAM, describe(version.get(), state), decides));
        return status;
    }

    private static Status status(UpstreamState state) {
        return switch (state) {
            case UpstreamState.Before b -> Status.NOT_PRESENT;
            case UpstreamState.Fixed f -> Status.FIXED;
            case UpstreamState.Affected a -> Status.AFFECTED;
            case UpstreamState.Undecided u -> Status.UNKNOWN;
        };
    }

    private static String describe(UpstreamVersion version, UpstreamState state) {
        return switch (state) {
            case UpstreamState.Before(var introduced) ->
                version + " never had it: it came with "
                        + introduced.stream().map(UpstreamVersion::toString).collect(Collectors.joining(", "));
            case UpstreamState.Fixed(var fixed, var fix) ->
                version + " has the fix of " + fixed + (fix.isEmpty() ? "" : " (" + fix + ")");
            case UpstreamState.Affected(var introduced, var fixed) ->
                version + " has it, "
                        + introduced.map(i -> "since " + i).orElse("since when is not known") + "; "
                        + fixed.map(f -> "fixed in " + f).orElse("branch " + version.branch() + " has no fix");
            case UpstreamState.Undecided(var release) ->
                version + " may have it or not: it changed between the candidates of " + release;
        };
    }
}
