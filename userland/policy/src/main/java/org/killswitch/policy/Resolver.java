// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.data.ImportException;
import org.killswitch.catalogue.facts.HostFacts;
import org.killswitch.catalogue.verdict.CveData;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.catalogue.verdict.Status;
import org.killswitch.catalogue.verdict.Subject;
import org.killswitch.catalogue.verdict.Verdict;
import org.killswitch.control.Reason;
import org.killswitch.control.SymbolName;
import org.killswitch.host.SystemCalls;
import org.killswitch.posix.Architecture;

/** Finds out what a policy means on this kernel: the functions of a CVE, and what is over. */
public final class Resolver {

    /** The catalogue and the imported data take time to read, and most policies need none of it. */
    public interface Source {
        CveData read() throws ImportException;
    }

    private final Source source;
    private final HostFacts host;
    private final Instant now;
    private @Nullable CveData data;

    public Resolver(Source source, HostFacts host, Instant now) {
        this.source = source;
        this.host = host;
        this.now = now;
    }

    /**
     * One for this host.
     *
     * @param policy and state name the CVEs that will be asked about
     */
    public static Resolver of(CvePlaces places, Policy policy, List<Actual> state, PrintWriter err) {
        Set<String> cves = new HashSet<>();
        policy.entries().forEach(e -> cves.addAll(e.cves()));
        state.forEach(a -> a.reason().map(PolicyEntry::cvesIn).ifPresent(cves::addAll));
        return new Resolver(
                () -> CveData.readOnly(places, cves::contains, err),
                new HostFacts(places.root(), Architecture.host()),
                Instant.now());
    }

    /** What came of one entry. */
    private static final class Findings {
        private final Map<SymbolName, Desired> desired = new LinkedHashMap<>();
        private final List<Resolution.Over> over = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();
        private final List<String> problems = new ArrayList<>();
    }

    /** What each entry means. */
    public Resolution resolve(Policy policy) {
        Findings found = new Findings();
        found.problems.addAll(policy.problems());
        for (PolicyEntry entry : policy.entries()) {
            try {
                add(entry, found);
            } catch (ImportException | IOException | PolicyException e) {
                found.problems.add(entry.where() + ": " + e.getMessage());
            }
        }
        return new Resolution(List.copyOf(found.desired.values()), found.over, found.notes, found.problems);
    }

    private void add(PolicyEntry entry, Findings found) throws ImportException, IOException, PolicyException {
        Optional<String> end = whyOver(entry, found.notes);
        if (end.isPresent()) {
            found.over.add(new Resolution.Over(entry, end.get()));
            return;
        }
        if (entry.what() instanceof PolicyEntry.Cve(String id) && verdict(id).status() == Status.NOT_PRESENT) {
            found.notes.add(entry.where() + ": " + id + " is not present here: "
                    + verdict(id).decisive().text());
            return;
        }
        for (Desired d : functions(entry)) {
            found.desired.merge(d.symbol(), d, (a, b) -> both(a, b, found.notes));
        }
    }

    private Optional<String> whyOver(PolicyEntry entry, List<String> notes) {
        return switch (entry.until()) {
            case Until.Removed r -> Optional.empty();
            case Until.Time(Instant when, String text) ->
                now.isBefore(when) ? Optional.empty() : Optional.of("it was to last until " + text);
            case Until.Fixed f -> {
                try {
                    yield whyNotNeeded(entry);
                } catch (ImportException | PolicyException e) {
                    // What is not known to be fixed is not: the data may be on a file system that is not there yet.
                    notes.add(entry.where() + ": not known to be fixed: " + e.getMessage());
                    yield Optional.empty();
                }
            }
        };
    }

    /** Why the running kernel has no need of an entry: all CVEs that it is for are fixed. */
    public Optional<String> whyNotNeeded(PolicyEntry entry) throws ImportException, PolicyException {
        return whyNotNeeded(entry.cves());
    }

    /** Why the running kernel needs nothing against some CVEs: it has the fix of all; empty if there is none. */
    public Optional<String> whyNotNeeded(List<String> cves) throws ImportException, PolicyException {
        List<String> why = new ArrayList<>();
        for (String cve : cves) {
            Verdict verdict = verdict(cve);
            if (verdict.status() != Status.FIXED) {
                return Optional.empty();
            }
            why.add(cve + " is fixed: " + verdict.decisive().text());
        }
        return why.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", why));
    }

    /** The verdict for a CVE, which is unknown where nothing is known of it. */
    public Verdict verdict(String cve) throws ImportException, PolicyException {
        CveData known = data();
        Optional<Subject> subject = known.subject(cve);
        if (subject.isEmpty()) {
            throw new PolicyException("nothing is known of " + cve + "; see killswitch cve import");
        }
        return known.judge().judge(subject.get());
    }

    private CveData data() throws ImportException {
        CveData known = data;
        if (known == null) {
            known = source.read();
            data = known;
        }
        return known;
    }

    /** What an entry engages. */
    private List<Desired> functions(PolicyEntry entry) throws ImportException, IOException, PolicyException {
        return switch (entry.what()) {
            case PolicyEntry.Function f -> functions(entry, f);
            case PolicyEntry.Cve(String id) -> functions(id, entry.mode(), reason(entry, id), entry.where());
        };
    }

    private List<Desired> functions(PolicyEntry entry, PolicyEntry.Function f) throws IOException {
        List<SymbolName> symbols = SystemCalls.doors(f.symbol(), f.guard().isPresent(), host.architecture())
                .map(SystemCalls.Doors::functions)
                .orElse(List.of(host.here(f.symbol())));
        return symbols.stream()
                .map(s -> new Desired(
                        s,
                        entry.mode() == PolicyEntry.Mode.OBSERVE ? Optional.empty() : f.retval(),
                        f.guard(),
                        entry.reason(),
                        entry.where()))
                .toList();
    }

    /** What the catalogue says is to be engaged against a CVE on this kernel. */
    public List<Desired> functions(String cve, PolicyEntry.Mode mode, Reason reason, String where)
            throws ImportException, PolicyException {
        Entry entry = data().catalogue()
                .entry(cve)
                .orElseThrow(() -> new PolicyException("the catalogue has no entry of " + cve));
        if (entry.noEngagement().isPresent()) {
            throw new PolicyException(
                    cve + " has no clean engagement: " + entry.noEngagement().get());
        }
        Entry.Engagement engagement = data().judge()
                .choose(entry)
                .orElseThrow(() -> new PolicyException("the catalogue has no engagement against " + cve
                        + " for this kernel; see killswitch cve show " + cve));
        return engagement.functions().stream()
                .map(f -> new Desired(
                        f.symbol(),
                        mode == PolicyEntry.Mode.OBSERVE ? Optional.empty() : Optional.of(f.retval()),
                        f.when().map(GuardText::new),
                        Optional.of(reason),
                        where))
                .toList();
    }

    private static Reason reason(PolicyEntry entry, String cve) {
        String text = entry.reason()
                .map(r -> r.text().contains(cve) ? r.text() : cve + ": " + r)
                .orElse(cve);
        return new Reason(text.substring(0, Math.min(text.length(), Reason.MAX)).strip());
    }

    /** Two entries that want the same function: it is overridden for each call for which one of them wants that. */
    private static Desired both(Desired a, Desired b, List<String> notes) {
        if (a.retval().isPresent() != b.retval().isPresent()) {
            Desired engaged = a.retval().isPresent() ? a : b;
            notes.add(a.symbol() + " is engaged by " + engaged.where() + ": it is not only observed");
            return engaged;
        }
        if (!a.retval().equals(b.retval())) {
            notes.add(a + " by " + a.where() + ", not what " + b.where() + " says");
        }
        Optional<GuardText> guard = a.guard().isEmpty() || b.guard().isEmpty()
                ? Optional.empty()
                : a.guard().equals(b.guard())
                        ? a.guard()
                        : Optional.of(new GuardText(
                                "(" + a.guard().get().when() + ") || ("
                                        + b.guard().get().when() + ")",
                                a.guard().get().unread()));
        return new Desired(a.symbol(), a.retval(), guard, a.reason(), a.where());
    }
}
