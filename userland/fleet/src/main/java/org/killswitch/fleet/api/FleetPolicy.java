// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.killswitch.policy.PolicyEntry;

/**
 * A policy for the hosts of a fleet.
 *
 * @param serial greater than that of each policy before it
 * @param expires when no host begins with it any more
 * @param atExpiry what then becomes of it where it is in effect
 * @param inUse what becomes of an entry for a CVE on a host that uses what the entry closes
 * @param confirm after how long a host undoes it, unless the ring was found well
 * @param targets the hosts that it is for: those of any of these; all if there is none
 * @param rings in the order in which they open
 * @param entries as in the policy of one host
 */
public record FleetPolicy(
        long serial,
        Instant expires,
        AtExpiry atExpiry,
        InUse inUse,
        Duration confirm,
        List<Target> targets,
        List<Ring> rings,
        List<PolicyEntry> entries) {

    /** What becomes of an expired policy. */
    public enum AtExpiry {
        /** It stays in effect until a newer one replaces it. */
        KEEP,
        /** The host undoes it. */
        DISENGAGE
    }

    /** What becomes of an entry on a host where the catalogue's test finds in use what it closes. */
    public enum InUse {
        /** It is engaged all the same. */
        ENGAGE,
        /** The host goes without it, and says so. */
        SKIP
    }

    public FleetPolicy {
        targets = List.copyOf(targets);
        rings = List.copyOf(rings);
        entries = List.copyOf(entries);
    }

    public boolean isFor(Member host) {
        return targets.isEmpty() || targets.stream().anyMatch(t -> t.includes(host));
    }

    /**
     * The ring of a host: the first one that it is in.
     *
     * @param chosen by the names of rings, the hosts that the controller has picked for those of a number of hosts
     */
    public Optional<Ring> ringOf(Member host, Map<String, Set<String>> chosen) {
        return isFor(host)
                ? rings.stream()
                        .filter(r -> r.includes(host, chosen.getOrDefault(r.name(), Set.of())))
                        .findFirst()
                : Optional.empty();
    }

    /** The same without the entries for some CVEs. */
    public FleetPolicy without(Set<String> cves) {
        List<PolicyEntry> others = entries.stream()
                .filter(e -> !(e.what() instanceof PolicyEntry.Cve(String id) && cves.contains(id)))
                .toList();
        return new FleetPolicy(serial, expires, atExpiry, inUse, confirm, targets, rings, others);
    }

    public boolean isExpired(Instant now) {
        return !now.isBefore(expires);
    }
}
