// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control.trace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who hit what, and how often. */
public final class HitSummary {

    private HitSummary() {}

    /**
     * Equal hits, as many as there were.
     *
     * @param hit one of them
     * @param count how many
     */
    public record Row(Hit hit, long count) {}

    /** The rows, most hits first. What interrupts did is one row for all tasks that they came upon. */
    public static List<Row> of(List<Hit> hits) {
        Map<Hit, Long> counts = new HashMap<>();
        for (Hit hit : hits) {
            counts.merge(hit.context() == Hit.Context.TASK ? hit : ofNobody(hit), 1L, Long::sum);
        }
        List<Row> rows = new ArrayList<>();
        counts.forEach((hit, count) -> rows.add(new Row(hit, count)));
        rows.sort(Comparator.comparingLong(Row::count)
                .reversed()
                .thenComparing(r -> r.hit().symbol().text())
                .thenComparingLong(r -> r.hit().pid()));
        return rows;
    }

    private static Hit ofNobody(Hit hit) {
        return new Hit(hit.symbol(), hit.retval(), hit.context(), 0, 0, "", hit.observed());
    }
}
