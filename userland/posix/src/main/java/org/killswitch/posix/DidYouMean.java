// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.posix;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Names that someone may have meant. */
public final class DidYouMean {

    private static final int SHOWN = 3;

    private DidYouMean() {}

    /** {@code ; did you mean 'x'?}, or nothing where no name comes close. */
    public static String hint(String wrong, Collection<String> names) {
        List<String> close = to(wrong, names);
        return close.isEmpty()
                ? ""
                : close.stream().map(n -> "'" + n + "'").collect(Collectors.joining(" or ", "; did you mean ", "?"));
    }

    public static List<String> to(String wrong, Collection<String> names) {
        record Near(String name, int distance) {}
        int most = Math.max(1, wrong.length() / 3);
        return names.stream()
                .distinct()
                .filter(name -> Math.abs(name.length() - wrong.length()) <= most)
                .map(name -> new Near(name, distance(wrong, name)))
                .filter(near -> near.distance <= most)
                .sorted(Comparator.comparingInt(Near::distance).thenComparing(Near::name))
                .limit(SHOWN)
                .map(Near::name)
                .toList();
    }

    /** Letters to insert, leave out, replace or swap with the next; case does not count. */
    public static int distance(String first, String second) {
        String a = first.toLowerCase(Locale.ROOT);
        String b = second.toLowerCase(Locale.ROOT);
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replaced, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
