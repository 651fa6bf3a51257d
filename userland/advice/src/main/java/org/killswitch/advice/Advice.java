// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What to engage so that some functions are not reached.
 *
 * @param targets the given functions that this kernel has, as it calls them
 * @param absent the others, with what is known of them
 * @param inlined given functions that this kernel has in others only, with these
 * @param choices what may be engaged, the best one first
 * @param rejected choices against which there is a danger, the least bad one first
 */
public record Advice(
        List<String> targets,
        Map<String, String> absent,
        Map<String, List<String>> inlined,
        List<Choice> choices,
        List<Choice> rejected) {

    /** That of no function. */
    public static final Advice NONE = new Advice(List.of(), Map.of(), Map.of(), List.of(), List.of());

    public Advice {
        targets = List.copyOf(targets);
        absent = Collections.unmodifiableMap(new LinkedHashMap<>(absent));
        inlined = Collections.unmodifiableMap(new LinkedHashMap<>(inlined));
        choices = List.copyOf(choices);
        rejected = List.copyOf(rejected);
    }
}
