// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.verdict;

import java.util.List;

/** Where a source file's code is in a kernel. */
public sealed interface Place {

    /** How many candidates are shown. */
    int SHOWN = 8;

    /** In the kernel's own image. */
    record BuiltIn(String how) implements Place {}

    /** In a module's file. */
    record InModule(String module, String how) implements Place {}

    /** Nowhere. */
    record Absent(String why) implements Place {}

    /**
     * It cannot be told.
     *
     * @param candidates modules that it may be in; none where there is not even a guess
     */
    record Unknown(String file, List<String> candidates) implements Place {
        public Unknown {
            candidates = List.copyOf(candidates);
        }
    }

    /**
     * The places of several files, of which at least one is here.
     *
     * @param parts none of them absent
     */
    record Several(List<Place> parts) implements Place {
        public Several {
            parts = List.copyOf(parts);
        }
    }

    /** As evidence. */
    default String describe() {
        return switch (this) {
            case BuiltIn(var how) -> "built in: " + how;
            case InModule(var module, var how) -> "in module " + module + ": " + how;
            case Absent(var why) -> why;
            case Unknown(var file, var candidates) ->
                "it cannot be told whether " + file + " is in this kernel"
                        + (candidates.isEmpty() ? "" : "; if so, in one of: " + some(candidates));
            case Several(var parts) ->
                String.join("; ", parts.stream().map(Place::describe).distinct().toList());
        };
    }

    private static String some(List<String> candidates) {
        int shown = Math.min(candidates.size(), SHOWN);
        String text = String.join(", ", candidates.subList(0, shown));
        return shown == candidates.size() ? text : text + " and " + (candidates.size() - shown) + " more";
    }
}
