// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control.trace;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.killswitch.control.Engagement;
import org.killswitch.control.SymbolName;

/** Hits per second between one look and the next. */
public final class HitRates {

    private final Map<SymbolName, Long> last = new HashMap<>();
    private long lastNanos;

    /**
     * Takes the newest counts.
     *
     * @param nanos when they were read, on a clock that only runs forward
     * @return the rate of each that was there at the last look; not of one whose count went back, which is a new one
     */
    public Map<SymbolName, Double> update(List<Engagement> engagements, long nanos) {
        Map<SymbolName, Double> rates = new HashMap<>();
        double seconds = (nanos - lastNanos) / 1e9;
        for (Engagement engagement : engagements) {
            Long before = last.get(engagement.symbol());
            if (before != null && engagement.hits() >= before && seconds > 0) {
                rates.put(engagement.symbol(), (engagement.hits() - before) / seconds);
            }
        }
        last.clear();
        engagements.forEach(e -> last.put(e.symbol(), e.hits()));
        lastNanos = nanos;
        return rates;
    }
}
