// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.killswitch.host.text.CallGraph;

/**
 * The known ways to a function: what calls it, what calls that, and so on, up to where the kernel is entered or a pointer
 * is followed.
 *
 * @param depths the functions on the ways, with the calls from there to the function, nearest first
 * @param entries those of them that are reached in another way than by a direct call
 * @param complete false if the ways go on beyond what was looked at
 */
record Ways(int target, Map<Integer, Integer> depths, Set<Integer> entries, boolean complete) {

    /** Beyond these, nearly everything leads everywhere. */
    private static final int DEPTH_MAX = 12;

    private static final int FUNCTIONS_MAX = 400;

    private static final int CLOSED_MAX = 400;

    /** What is called from more places is a helper of all. */
    private static final int SITES_MAX = 400;

    Ways {
        depths = Collections.unmodifiableMap(new LinkedHashMap<>(depths));
        entries = Set.copyOf(entries);
    }

    static Ways to(Kernel kernel, int target) {
        Map<Integer, Integer> depths = new LinkedHashMap<>();
        Set<Integer> entries = new HashSet<>();
        boolean complete = true;
        Deque<Integer> open = new ArrayDeque<>();
        depths.put(target, 0);
        open.add(target);
        while (!open.isEmpty()) {
            int function = open.remove();
            Set<Integer> callers = kernel.callers(function);
            if (callers.isEmpty() || isPointedTo(kernel, function)) {
                entries.add(function);
            }
            int depth = depths.get(function) + 1;
            for (int caller : callers) {
                if (depths.containsKey(caller)) {
                    continue;
                }
                if (depth > DEPTH_MAX || depths.size() >= FUNCTIONS_MAX) {
                    entries.add(function);
                    complete = false;
                    break;
                }
                depths.put(caller, depth);
                open.add(caller);
            }
        }
        return new Ways(target, depths, entries, complete);
    }

    /** Whether data holds its address, or code takes it. */
    static boolean isPointedTo(Kernel kernel, int function) {
        CallGraph graph = kernel.text().graph();
        return !graph.pointersTo(function).isEmpty()
                || graph.to(function).stream().anyMatch(s -> s.kind() == CallGraph.Kind.ADDRESS);
    }

    /** Whether all known ways to the target pass one of some functions. */
    boolean pass(Kernel kernel, Collection<Integer> functions) {
        if (functions.contains(target)) {
            return true;
        }
        Set<Integer> seen = new HashSet<>(Set.of(target));
        Deque<Integer> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            int function = open.remove();
            if (entries.contains(function)) {
                return false;
            }
            for (int caller : kernel.callers(function)) {
                if (depths.containsKey(caller) && !functions.contains(caller) && seen.add(caller)) {
                    open.add(caller);
                }
            }
        }
        return true;
    }

    /** The functions that each known way passes, the target first. */
    List<Integer> dominators(Kernel kernel) {
        List<Integer> found = new ArrayList<>();
        for (int function : depths.keySet()) {
            if (pass(kernel, Set.of(function))) {
                found.add(function);
            }
        }
        return found;
    }

    /** What can be reached through a function only, itself included: what engaging it closes. */
    static Set<Integer> closedBy(Kernel kernel, int function) {
        Set<Integer> closed = new LinkedHashSet<>(Set.of(function));
        Map<Integer, Integer> left = new HashMap<>();
        Deque<Integer> open = new ArrayDeque<>(closed);
        while (!open.isEmpty() && closed.size() < CLOSED_MAX) {
            int from = open.remove();
            Set<Integer> callees = new TreeSet<>();
            for (CallGraph.Callee callee : kernel.text().graph().from(from)) {
                if (callee.kind() != CallGraph.Kind.ADDRESS && !closed.contains(callee.function())) {
                    callees.add(callee.function());
                }
            }
            for (int callee : callees) {
                int more = left.computeIfAbsent(
                                callee,
                                c -> kernel.text().graph().countTo(c) > SITES_MAX || isPointedTo(kernel, c)
                                        ? Integer.MAX_VALUE
                                        : kernel.callers(c).size())
                        - 1;
                left.put(callee, more);
                if (more == 0 && closed.add(callee)) {
                    open.add(callee);
                }
            }
        }
        return closed;
    }
}
