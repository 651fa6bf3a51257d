// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.version;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which upstream versions something is for: comparisons that all hold, {@code >=4.14, <6.5}.
 *
 * @param comparisons none: all versions
 */
public record KernelRange(List<Comparison> comparisons) {

    /** All versions. */
    public static final KernelRange ALL = new KernelRange(List.of());

    private static final Pattern COMPARISON = Pattern.compile("(>=|<=|>|<)\\s*(\\S+)");

    public KernelRange {
        comparisons = List.copyOf(comparisons);
    }

    /** One of them. */
    public record Comparison(String operator, UpstreamVersion version) {

        boolean holds(UpstreamVersion candidate) {
            int order = candidate.compareTo(version);
            return switch (operator) {
                case ">=" -> order >= 0;
                case "<=" -> order <= 0;
                case ">" -> order > 0;
                default -> order < 0;
            };
        }
    }

    /** Reads the text of an entry; empty if it is not one. */
    public static Optional<KernelRange> parse(String text) {
        List<Comparison> comparisons = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher m = COMPARISON.matcher(part.strip());
            if (!m.matches()) {
                return Optional.empty();
            }
            Optional<UpstreamVersion> version = UpstreamVersion.parse(m.group(2));
            if (version.isEmpty()) {
                return Optional.empty();
            }
            comparisons.add(new Comparison(m.group(1), version.get()));
        }
        return Optional.of(new KernelRange(comparisons));
    }

    /** Whether a kernel of that version is meant. */
    public boolean contains(UpstreamVersion version) {
        return comparisons.stream().allMatch(c -> c.holds(version));
    }

    @Override
    public String toString() {
        return String.join(
                ", ", comparisons.stream().map(c -> c.operator() + c.version()).toList());
    }
}
