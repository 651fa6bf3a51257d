// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.btf;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Whether the types in a compiled object refer to types and names that are there, and come to an end. libbpf follows them
 * without looking.
 */
public final class BtfCheck {

    private final Btf btf;

    private BtfCheck(Btf btf) {
        this.btf = btf;
    }

    /** What is wrong with types that are no others' continuation; empty if nothing is. */
    public static Optional<String> complaint(byte[] types) {
        try {
            return new BtfCheck(Btf.of(types)).complaint();
        } catch (BtfException e) {
            return Optional.ofNullable(e.getMessage());
        }
    }

    private Optional<String> complaint() {
        for (int type = 1; type < btf.typeCount(); type++) {
            if (!btf.namesAreThere(type)) {
                return Optional.of("type " + type + " has no name");
            }
            if (!btf.references(type).allMatch(t -> t >= 0 && t < btf.typeCount())) {
                return Optional.of("type " + type + " refers to one that is not there");
            }
        }
        return endless().stream()
                .mapToObj(type -> "type " + type + " refers to itself")
                .findFirst();
    }

    /** An alias of an alias of ... itself, if there is one; each type is looked at once. */
    private OptionalInt endless() {
        int[] seenFrom = new int[btf.typeCount()];
        for (int type = 1; type < btf.typeCount(); type++) {
            int at = type;
            while (btf.isAlias(at) && seenFrom[at] == 0) {
                seenFrom[at] = type;
                at = btf.target(at);
            }
            if (seenFrom[at] == type) {
                return OptionalInt.of(type);
            }
        }
        return OptionalInt.empty();
    }
}
