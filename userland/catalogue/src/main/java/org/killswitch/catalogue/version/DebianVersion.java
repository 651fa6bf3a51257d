// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.version;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of a Debian package, in the order of deb-version(7): {@code 1:6.12.74-2~bpo12+1}.
 *
 * @param epoch 0 where none is written
 * @param upstream what is before the last dash
 * @param revision what is after it; empty where there is no dash
 */
public record DebianVersion(long epoch, String upstream, String revision) implements Comparable<DebianVersion> {

    private static final Pattern EPOCH = Pattern.compile("(\\d{1,10}):(.*)");
    private static final Pattern CHARACTERS = Pattern.compile("[A-Za-z0-9.+~:-]*");
    private static final Pattern BACKPORT = Pattern.compile("~bpo(\\d{1,4})\\+\\d+$");

    /** Of a Debian suite's own builds: point releases and security updates of release N, and rebuilds. */
    private static final Pattern OF_RELEASE = Pattern.compile("[~+]deb(\\d{1,4})u\\d+$");

    private static final Pattern DEBIANS_REVISION = Pattern.compile("\\d+(\\.\\d+)?([~+]exp\\d+)?(\\+b\\d+)?");

    /** Reads a version; empty if the text cannot be one. */
    public static Optional<DebianVersion> parse(String text) {
        String rest = text;
        long epoch = 0;
        Matcher m = EPOCH.matcher(text);
        if (m.matches()) {
            epoch = Long.parseLong(m.group(1));
            rest = m.group(2);
        }
        int dash = rest.lastIndexOf('-');
        String upstream = dash < 0 ? rest : rest.substring(0, dash);
        String revision = dash < 0 ? "" : rest.substring(dash + 1);
        return !upstream.isEmpty()
                        && Character.isDigit(upstream.charAt(0))
                        && CHARACTERS.matcher(rest).matches()
                        && (dash < 0 || !revision.isEmpty())
                ? Optional.of(new DebianVersion(epoch, upstream, revision))
                : Optional.empty();
    }

    /** The release of kernel.org that a kernel package of this version is made from. */
    public Optional<UpstreamVersion> kernel() {
        return UpstreamVersion.parse(upstream);
    }

    /** 12 of 6.12.90-2~bpo12+1: it was built for the users of Debian 12 from the package of a later release. */
    public OptionalInt backportedTo() {
        return number(BACKPORT);
    }

    /** 11 of 6.1.153-1~deb11u1: it was built for that release of Debian. */
    public OptionalInt builtForRelease() {
        return number(OF_RELEASE);
    }

    private OptionalInt number(Pattern suffix) {
        Matcher m = suffix.matcher(revision);
        return m.find() ? OptionalInt.of(Integer.parseInt(m.group(1))) : OptionalInt.empty();
    }

    /** The version of the package that a backport was made from. */
    public DebianVersion withoutBackport() {
        return new DebianVersion(epoch, upstream, BACKPORT.matcher(revision).replaceFirst(""));
    }

    /** Whether Debian itself would number a package so: +rpt1 or 1kali1 are others' builds, which its data is not about. */
    public boolean isDebiansOwn() {
        String plain = OF_RELEASE.matcher(withoutBackport().revision).replaceFirst("");
        return epoch == 0 && DEBIANS_REVISION.matcher(plain).matches();
    }

    @Override
    public int compareTo(DebianVersion other) {
        int order = Long.compare(epoch, other.epoch);
        if (order == 0) {
            order = compareParts(upstream, other.upstream);
        }
        return order == 0 ? compareParts(revision, other.revision) : order;
    }

    /**
     * Whether both name the same version, {@code 1.0-0} and {@code 1.0} included, as dpkg sees it. What equals() says
     * is about the text.
     */
    public boolean isSameAs(DebianVersion other) {
        return compareTo(other) == 0;
    }

    /** Alternates between stretches without digits, in which ~ sorts before the end and letters before the rest, and numbers. */
    private static int compareParts(String a, String b) {
        int i = 0;
        int j = 0;
        while (i < a.length() || j < b.length()) {
            while (isNoDigit(a, i) || isNoDigit(b, j)) {
                int order = Integer.compare(weight(a, i), weight(b, j));
                if (order != 0) {
                    return order;
                }
                i++;
                j++;
            }
            int endA = numberEnd(a, i);
            int endB = numberEnd(b, j);
            int order = compareNumbers(a.substring(i, endA), b.substring(j, endB));
            if (order != 0) {
                return order;
            }
            i = endA;
            j = endB;
        }
        return 0;
    }

    private static boolean isNoDigit(String text, int at) {
        return at < text.length() && !Character.isDigit(text.charAt(at));
    }

    private static int numberEnd(String text, int from) {
        int end = Math.min(from, text.length());
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static int compareNumbers(String a, String b) {
        String x = a.replaceFirst("^0+", "");
        String y = b.replaceFirst("^0+", "");
        int order = Integer.compare(x.length(), y.length());
        return order == 0 ? x.compareTo(y) : order;
    }

    private static int weight(String text, int at) {
        if (at >= text.length() || Character.isDigit(text.charAt(at))) {
            return 0;
        }
        char c = text.charAt(at);
        if (c == '~') {
            return -1;
        }
        return Character.isLetter(c) ? c : c + 256;
    }

    @Override
    public String toString() {
        return (epoch == 0 ? "" : epoch + ":") + upstream + (revision.isEmpty() ? "" : "-" + revision);
    }
}
