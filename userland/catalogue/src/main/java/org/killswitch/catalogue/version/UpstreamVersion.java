// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.version;

import java.util.Comparator;
import java.util.Optional;

/**
 * A release of kernel.org: 6.12.95, 7.0, 6.12-rc3, 2.6.32.7.
 *
 * @param major 6 of 6.12.95
 * @param minor 12 of 6.12.95
 * @param patch 95 of 6.12.95; the series' own number in 2.6.32
 * @param extra 7 of 2.6.32.7; 0 for all that came after 2.6
 * @param candidate 3 of 6.12-rc3; 0 for a release
 */
public record UpstreamVersion(int major, int minor, int patch, int extra, int candidate)
        implements Comparable<UpstreamVersion> {

    private static final int NUMBERS = 4;
    private static final Comparator<UpstreamVersion> ORDER = Comparator.comparingInt(UpstreamVersion::major)
            .thenComparingInt(UpstreamVersion::minor)
            .thenComparingInt(UpstreamVersion::patch)
            .thenComparingInt(UpstreamVersion::extra)
            .thenComparingInt(v -> v.candidate == 0 ? Integer.MAX_VALUE : v.candidate);

    /** Reads a whole text: numbers with dots between them, and perhaps -rcN or ~rcN. */
    public static Optional<UpstreamVersion> parse(String text) {
        int[] numbers = new int[NUMBERS];
        int count = 0;
        int at = 0;
        while (count < NUMBERS) {
            int end = digitsEnd(text, at);
            if (end == at || end - at > 6) {
                return Optional.empty();
            }
            numbers[count++] = Integer.parseInt(text, at, end, 10);
            at = end;
            if (at == text.length() || text.charAt(at) != '.') {
                break;
            }
            at++;
        }
        int candidate = 0;
        if (text.startsWith("-rc", at) || text.startsWith("~rc", at)) {
            int start = at + "-rc".length();
            at = digitsEnd(text, start);
            if (at == start || at - start > 4) {
                return Optional.empty();
            }
            candidate = Integer.parseInt(text, start, at, 10);
        }
        return at == text.length() && count > 1
                ? Optional.of(new UpstreamVersion(numbers[0], numbers[1], numbers[2], numbers[3], candidate))
                : Optional.empty();
    }

    private static int digitsEnd(String text, int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end;
    }

    /** The release from which its branch started: 6.12 of 6.12.95, of 6.12-rc3 and of 6.12. */
    public UpstreamVersion branch() {
        return new UpstreamVersion(major, minor, isOfOldScheme() ? patch : 0, 0, 0);
    }

    /** Whether it is of Linus Torvalds' tree, not of a stable branch. */
    public boolean isMainline() {
        return extra == 0 && (patch == 0 || isOfOldScheme());
    }

    /** Whether both are releases of the same stable branch, or the release that it started from. */
    public boolean sameBranch(UpstreamVersion other) {
        return major == other.major && minor == other.minor && (!isOfOldScheme() || patch == other.patch);
    }

    private boolean isOfOldScheme() {
        return major == 2;
    }

    @Override
    public int compareTo(UpstreamVersion other) {
        return ORDER.compare(this, other);
    }

    /** As kernel.org writes it. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder().append(major).append('.').append(minor);
        if (patch != 0 || isOfOldScheme()) {
            text.append('.').append(patch);
        }
        if (extra != 0) {
            text.append('.').append(extra);
        }
        return candidate == 0
                ? text.toString()
                : text.append("-rc").append(candidate).toString();
    }
}
