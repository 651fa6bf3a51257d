// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.killswitch.catalogue.data.ImportException;
import org.killswitch.catalogue.verdict.Verdict;

/**
 * What the running kernel no longer needs.
 *
 * @param over entries of the policy
 * @param ends what is engaged because of them, or because of a CVE that its reason names
 * @param lines what is over and why, a line each
 * @param reboots a line for each CVE that a reboot would fix
 */
public record Retirement(List<PolicyEntry> over, List<Actual> ends, List<String> lines, List<String> reboots) {

    /**
     * Finds out what is over.
     *
     * @param every whether all that is fixed is over, or only what the policy says ends by itself
     */
    public static Retirement of(Policy policy, Resolver resolver, List<Actual> actual, boolean every) {
        List<Resolution.Over> ended = new ArrayList<>(resolver.resolve(policy).over());
        List<PolicyEntry> over = new ArrayList<>();
        ended.forEach(o -> over.add(o.entry()));
        for (PolicyEntry entry : every ? policy.entries() : List.<PolicyEntry>of()) {
            Optional<String> why = over.contains(entry) ? Optional.empty() : notNeeded(resolver, entry.cves());
            why.ifPresent(w -> {
                over.add(entry);
                ended.add(new Resolution.Over(entry, w));
            });
        }
        List<String> lines = new ArrayList<>();
        ended.forEach(o -> lines.add(o.toString()));
        List<PolicyEntry> kept =
                policy.entries().stream().filter(e -> !over.contains(e)).toList();
        List<Desired> still = resolver.resolve(new Policy(kept, List.of())).desired();
        List<Desired> gone = wanted(resolver, over);
        List<Actual> ends = new ArrayList<>();
        for (Actual a : actual) {
            if (still.stream().anyMatch(d -> d.symbol().mayBe(a.symbol()))) {
                continue;
            }
            boolean isGone = gone.stream().anyMatch(d -> d.symbol().mayBe(a.symbol()));
            Optional<String> why = isGone || !every
                    ? Optional.empty()
                    : notNeeded(resolver, a.reason().map(PolicyEntry::cvesIn).orElse(List.of()));
            why.ifPresent(w -> lines.add(a.symbol() + " is over: " + w));
            if (isGone || why.isPresent()) {
                ends.add(a);
            }
        }
        return new Retirement(over, ends, lines, reboots(resolver, kept, actual, ends));
    }

    private static List<Desired> wanted(Resolver resolver, List<PolicyEntry> over) {
        List<PolicyEntry> lasting = over.stream()
                .map(e -> new PolicyEntry(e.what(), e.mode(), e.reason(), new Until.Removed(), e.file(), e.line()))
                .toList();
        return resolver.resolve(new Policy(lasting, List.of())).desired();
    }

    /** Nothing is over because of a CVE that nothing is known of. */
    private static Optional<String> notNeeded(Resolver resolver, List<String> cves) {
        try {
            return resolver.whyNotNeeded(cves);
        } catch (ImportException | PolicyException e) {
            return Optional.empty();
        }
    }

    private static List<String> reboots(
            Resolver resolver, List<PolicyEntry> kept, List<Actual> actual, List<Actual> ends) {
        TreeSet<String> cves = new TreeSet<>();
        kept.forEach(e -> cves.addAll(e.cves()));
        actual.stream()
                .filter(a -> !ends.contains(a))
                .forEach(a -> a.reason().map(PolicyEntry::cvesIn).ifPresent(cves::addAll));
        List<String> lines = new ArrayList<>();
        for (String cve : cves) {
            try {
                Verdict verdict = resolver.verdict(cve);
                verdict.reboot()
                        .ifPresent(kernel -> lines.add(cve + ": " + kernel + " is installed and has the fix: reboot"));
            } catch (ImportException | PolicyException e) {
                // Of one that nothing is known of, no kernel is known to have the fix.
            }
        }
        return lines;
    }
}
