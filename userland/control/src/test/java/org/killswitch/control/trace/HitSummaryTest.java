// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;

final class HitSummaryTest {

    private static Hit hit(String symbol, Hit.Context context, long pid) {
        return new Hit(new SymbolName(symbol), new Retval(-1), context, pid, 0, "c" + pid, false);
    }

    @Test
    void mostHitsComeFirstAndInterruptsAreNobodys() {
        assertThat(HitSummary.of(List.of(
                        hit("f", Hit.Context.TASK, 1),
                        hit("g", Hit.Context.TASK, 2),
                        hit("g", Hit.Context.TASK, 2),
                        hit("f", Hit.Context.SOFTIRQ, 1),
                        hit("f", Hit.Context.SOFTIRQ, 2),
                        hit("f", Hit.Context.SOFTIRQ, 3))))
                .extracting(
                        r -> r.count() + " " + r.hit().symbol() + " " + r.hit().pid())
                .containsExactly("3 f 0", "2 g 2", "1 f 1");
    }
}
