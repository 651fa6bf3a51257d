// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.web;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.killswitch.fleet.controller.Fleet;

/**
 * Calls over time. Hosts report counters, which begin at 0 again with the kernel; what is kept here are differences. One
 * thread uses it at a time.
 */
final class HitHistory {

    /** An hour, at a point every five seconds. */
    static final int POINTS = 720;

    /** Functions beyond that are counted together: a host may report any name. */
    static final int FUNCTIONS = 100;

    static final String OTHERS = "others";

    private Map<String, Map<String, Long>> last = Map.of();
    private final Map<String, Long> totals = new TreeMap<>();
    private final long[] points = new long[POINTS];
    private long count;

    /** Adds a point: the calls since the one before. Those of a host that is new are from before. */
    void sample(Fleet fleet) {
        Map<String, Map<String, Long>> now = HashMap.newHashMap(fleet.hosts().size());
        long sum = 0;
        for (Fleet.Seen seen : fleet.hosts()) {
            String name = seen.report().host().name();
            Map<String, Long> hits = seen.report().hits();
            Map<String, Long> before = last.get(name);
            now.put(name, hits);
            if (before == null || before.equals(hits)) {
                continue;
            }
            for (Map.Entry<String, Long> function : hits.entrySet()) {
                long old = before.getOrDefault(function.getKey(), 0L);
                long more = function.getValue() >= old ? function.getValue() - old : function.getValue();
                if (more > 0) {
                    add(function.getKey(), more);
                    sum += more;
                }
            }
        }
        last = now;
        points[(int) (count++ % POINTS)] = sum;
    }

    private void add(String function, long more) {
        totals.merge(totals.containsKey(function) || totals.size() < FUNCTIONS ? function : OTHERS, more, Long::sum);
    }

    /** Calls by function since the first sample. */
    Map<String, Long> totals() {
        return new TreeMap<>(totals);
    }

    /** How many points there have been. */
    long count() {
        return count;
    }

    /** Those after the first ones, as far as they are still there. */
    List<Long> after(long first) {
        List<Long> some = new ArrayList<>();
        for (long i = Math.max(first, count - POINTS); i < count; i++) {
            some.add(points[(int) (i % POINTS)]);
        }
        return some;
    }
}
