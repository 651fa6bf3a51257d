// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.data;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Debian's releases: the numbers that versions and records have, and the names that its tracker has. */
public final class Suites {

    /** Never released: packages are in it until the release that they are in. */
    public static final String UNSTABLE = "sid";

    private static final Map<Integer, String> NAMES = Map.of(
            8, "jessie",
            9, "stretch",
            10, "buster",
            11, "bullseye",
            12, "bookworm",
            13, "trixie",
            14, "forky",
            15, "duke");

    private Suites() {}

    /** bookworm for 12. */
    public static Optional<String> name(int release) {
        return Optional.ofNullable(NAMES.get(release));
    }

    /** Its number; later than all others for sid and for what is not known. */
    public static int number(String name) {
        return NAMES.entrySet().stream()
                .filter(e -> e.getValue().equals(name))
                .mapToInt(Map.Entry::getKey)
                .findFirst()
                .orElse(Integer.MAX_VALUE);
    }

    /** The oldest of them. */
    public static Optional<String> oldest(List<String> suites) {
        return suites.stream().min((a, b) -> Integer.compare(number(a), number(b)));
    }
}
