// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.data.DistroIndex;
import org.killswitch.catalogue.facts.HostFacts;
import org.killswitch.catalogue.facts.KernelOrigin;
import org.killswitch.catalogue.facts.KernelPackage;
import org.killswitch.catalogue.facts.ModuleTree;
import org.killswitch.catalogue.facts.Origins;
import org.killswitch.catalogue.version.DebianVersion;
import org.killswitch.catalogue.version.KernelRange;
import org.killswitch.catalogue.version.UpstreamVersion;

/**
 * Decides whether the running kernel has a flaw. The order is that of how good the evidence is: the distribution's data
 * about the package that runs, the releases of kernel.org, the package's changelog, where the code is, what keeps everybody
 * away from it. Nothing is affected without evidence for it.
 */
public final class Judge {

    /** Aliases by which the kernel asks for a module when a user without privilege wants what it offers. */
    private static final List<String> ASKED_FOR_BY_ANYBODY = List.of(
            "net-pf-", "crypto-", "algif-", "can-proto-", "tcp-ulp-", "binfmt-", "fs-fuse", "char-major-10-229");

    private static final String LOADED_BY_NAME = "algif_";

    private final HostFacts host;
    private final FunctionsHere functions;
    private final VersionJudge versions;
    private final Locator locator;
    private final Mitigations mitigations;
    private final List<Installed> installed;

    /** A kernel that is installed and does not run. */
    private record Installed(String name, KernelOrigin origin) {}

    /**
     * A judge for a host.
     *
     * @param distributions what was imported of distributions' data, by their names
     */
    public Judge(HostFacts host, Map<String, DistroIndex> distributions) {
        this.host = host;
        functions = new FunctionsHere(host);
        versions = new VersionJudge(distributions, host.osRelease("VERSION_CODENAME"), host.osRelease("VERSION_ID"));
        locator = new Locator(host);
        mitigations = new Mitigations(host, functions);
        installed = installed(host);
    }

    private static List<Installed> installed(HostFacts host) {
        List<Installed> others = new ArrayList<>();
        for (KernelPackage p : host.packages()) {
            KernelOrigin origin = host.origin() instanceof KernelOrigin.Ubuntu
                    ? new KernelOrigin.Ubuntu(p.version(), p.source(), Optional.empty())
                    : Origins.ofDebianVersion(p.version(), Optional.of(p.source()));
            if (!isRunning(host, p)) {
                others.add(new Installed("linux-image-" + p.release() + " " + p.version(), origin));
            }
        }
        if (host.packages().isEmpty()) {
            host.releases().stream()
                    .filter(r -> !r.equals(host.release()))
                    .forEach(r -> others.add(new Installed(r, Origins.ofRelease(r))));
        }
        return others;
    }

    /** A package can be replaced by a newer one of the same release while the old kernel goes on running. */
    private static boolean isRunning(HostFacts host, KernelPackage p) {
        Optional<DebianVersion> running = host.origin().packageVersion();
        return p.release().equals(host.release())
                && (running.isEmpty() || running.get().isSameAs(p.version()));
    }

    /** Judges one CVE. */
    public Verdict judge(Subject subject) {
        List<Evidence> evidence = new ArrayList<>();
        evidence.add(Evidence.note(Evidence.Source.KERNEL, host.release() + " is " + host.origin()));
        VersionJudge.Answer answer = versions.judge(subject, host.origin());
        evidence.addAll(answer.evidence());
        Status status = answer.status();
        if (!isFree(status) && fixedByChangelog(subject, evidence)) {
            status = Status.FIXED;
        }
        if (isFree(status)) {
            Evidence.Source last = evidence.stream()
                    .filter(Evidence::decides)
                    .reduce((a, b) -> b)
                    .map(Evidence::source)
                    .orElseThrow();
            return new Verdict(
                    subject,
                    status,
                    Optional.empty(),
                    Verdict.Reachable.NOT_HERE,
                    only(last, evidence),
                    Optional.empty());
        }
        Place place = locator.locate(subject);
        if (place instanceof Place.Absent(var why)) {
            evidence.add(Evidence.deciding(Evidence.Source.CODE, why));
            return new Verdict(
                    subject,
                    Status.NOT_PRESENT,
                    Optional.of(place),
                    Verdict.Reachable.NOT_HERE,
                    only(Evidence.Source.CODE, evidence),
                    Optional.empty());
        }
        return judgePresent(subject, status, place, evidence);
    }

    /** Whether one of an entry's engagements is in effect, whatever the verdict. */
    public boolean isEngaged(Entry entry) {
        return mitigations.isEngaged(entry);
    }

    /**
     * The engagement that an entry has for the running kernel: the first one whose kernels match. Of several, the first one
     * whose functions are there: a compiler makes some of them part of their callers on one architecture only. Its functions
     * are those of the running kernel: see {@link FunctionsHere}.
     */
    public Optional<Entry.Engagement> choose(Entry entry) {
        Optional<UpstreamVersion> version = host.origin().upstream();
        List<Entry.Engagement> written = version.isPresent()
                ? entry.engagementsFor(version.get())
                : entry.engagements().stream()
                        .filter(e -> e.kernels().equals(KernelRange.ALL))
                        .toList();
        List<Entry.Engagement> matching = written.stream().map(functions::of).toList();
        Optional<Entry.Engagement> first = matching.stream().findFirst();
        return matching.size() < 2
                ? first
                : matching.stream().filter(this::isHere).findFirst().or(() -> first);
    }

    /** A function of a module may not be there yet. */
    private boolean isHere(Entry.Engagement engagement) {
        return engagement.functions().stream()
                .map(Entry.Function::symbol)
                .allMatch(s -> s.module().isPresent() || host.hasSymbol(s.function()));
    }

    /** No more has to be looked for: the kernel does not have the flaw. */
    private static boolean isFree(Status status) {
        return status == Status.FIXED || status == Status.NOT_PRESENT;
    }

    private Verdict judgePresent(Subject subject, Status byVersion, Place place, List<Evidence> evidence) {
        boolean cannotBeTold = place instanceof Place.Unknown && byVersion == Status.AFFECTED;
        evidence.add(new Evidence(Evidence.Source.CODE, place.describe(), cannotBeTold));
        List<Evidence> measures = mitigations.of(subject, place);
        evidence.addAll(measures);
        Optional<String> reboot = reboot(subject);
        reboot.ifPresent(name ->
                evidence.add(Evidence.note(Evidence.Source.INSTALLED, name + " is installed and has the fix: reboot")));
        Status status = byVersion;
        List<Evidence> deciding = evidence;
        if (measures.stream().anyMatch(Evidence::decides)) {
            status = Status.MITIGATED;
            deciding = only(Evidence.Source.MITIGATION, evidence);
        } else if (cannotBeTold) {
            status = Status.UNKNOWN;
            deciding = only(Evidence.Source.CODE, evidence);
        }
        return new Verdict(subject, status, Optional.of(place), reachable(place), deciding, reboot);
    }

    private boolean fixedByChangelog(Subject subject, List<Evidence> evidence) {
        Optional<DebianVersion> running = host.origin().packageVersion();
        Optional<DebianVersion> fixed =
                running.isEmpty() ? Optional.empty() : host.changelog().fixedBy(subject.cve());
        if (fixed.isEmpty() || fixed.get().compareTo(running.orElseThrow()) > 0) {
            return false;
        }
        // The distribution's data knows when a fix turned out to be incomplete; a changelog does not.
        boolean isContradicted =
                evidence.stream().anyMatch(e -> e.source() == Evidence.Source.DISTRIBUTION && e.decides());
        evidence.add(new Evidence(
                Evidence.Source.CHANGELOG, "the package's changelog names it at " + fixed.get(), !isContradicted));
        return !isContradicted;
    }

    /** Only what decided in the end decides: earlier findings are there to be read. */
    private static List<Evidence> only(Evidence.Source source, List<Evidence> evidence) {
        return evidence.stream()
                .map(e -> new Evidence(e.source(), e.text(), e.decides() && e.source() == source))
                .toList();
    }

    private Optional<String> reboot(Subject subject) {
        return installed.stream()
                .filter(i -> versions.judge(subject, i.origin()).status() == Status.FIXED)
                .map(Installed::name)
                .findFirst();
    }

    private Verdict.Reachable reachable(Place place) {
        return switch (place) {
            case Place.BuiltIn b -> Verdict.Reachable.LOADED;
            case Place.InModule(var module, var how) -> reachable(module);
            case Place.Absent a -> Verdict.Reachable.NOT_HERE;
            case Place.Unknown u -> Verdict.Reachable.UNKNOWN;
            case Place.Several(var parts) ->
                parts.stream().map(this::reachable).min(Enum::compareTo).orElse(Verdict.Reachable.UNKNOWN);
        };
    }

    private Verdict.Reachable reachable(String module) {
        if (host.isLoaded(module)) {
            return Verdict.Reachable.LOADED;
        }
        boolean isAskedFor = module.startsWith(LOADED_BY_NAME)
                || host.modules().aliases(module).stream()
                        .anyMatch(a -> ASKED_FOR_BY_ANYBODY.stream().anyMatch(a::startsWith));
        return isAskedFor
                        && host.modules()
                                .kind(module)
                                .filter(k -> k == ModuleTree.Kind.LOADABLE)
                                .isPresent()
                ? Verdict.Reachable.ANY_USER
                : Verdict.Reachable.ON_DISK;
    }
}
