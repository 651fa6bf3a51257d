// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;

final class HitLinesTest {

    private static final String CAT =
            "             cat-165     [001] ...1.     3.682354: killswitch_hit: symbol=f.constprop.0 retval=-5 uid=1000 state=overridden\n";

    private static Hit cat(String comm, Hit.Context context) {
        return new Hit(new SymbolName("f.constprop.0"), new Retval(-5), context, 165, 1000, comm, false);
    }

    @Test
    void readsALine() {
        assertThat(new HitLines().add(CAT).hits()).containsExactly(cat("cat", Hit.Context.TASK));
    }

    @Test
    void readsTheContextInTheFormsOfOldAndNewKernels() {
        assertThat(new HitLines().add(CAT.replace("...1.", "d.s.")).hits())
                .containsExactly(cat("cat", Hit.Context.SOFTIRQ));
        assertThat(new HitLines().add(CAT.replace("...1.", "D.h2.")).hits())
                .containsExactly(cat("cat", Hit.Context.HARDIRQ));
        assertThat(new HitLines().add(CAT.replace("...1.", "d.H2.")).hits())
                .containsExactly(cat("cat", Hit.Context.HARDIRQ));
        assertThat(new HitLines().add(CAT.replace("...1.", "d.Z..")).hits())
                .containsExactly(cat("cat", Hit.Context.NMI));
    }

    @Test
    void aLineMayComeInPieces() {
        HitLines lines = new HitLines();
        List<Hit> hits = new ArrayList<>();
        (CAT + CAT)
                .chars()
                .forEach(c -> hits.addAll(lines.add(Character.toString(c)).hits()));
        assertThat(hits).containsExactly(cat("cat", Hit.Context.TASK), cat("cat", Hit.Context.TASK));
    }

    @Test
    void aNameMayHaveAnythingInIt() {
        for (String name :
                List.of("a b", "x-1 [000] ...", "\n\n", "a\nb\nc", "ä€", "-", "killswitch_hit:", "\u001b[2J")) {
            String bytes = new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            String line = " ".repeat(16 - bytes.length()) + bytes + CAT.strip().substring(3) + "\n";
            assertThat(new HitLines().add(CAT + line + CAT).hits())
                    .as(name)
                    .containsExactly(
                            cat("cat", Hit.Context.TASK), cat(name, Hit.Context.TASK), cat("cat", Hit.Context.TASK));
        }
    }

    @Test
    void countsWhatWasLost() {
        HitSource.News news = new HitLines().add("CPU:1 [LOST 4711 EVENTS]\n" + CAT + "CPU:0 [LOST 1 EVENTS]\n");
        assertThat(news.lost()).isEqualTo(4712);
        assertThat(news.hits()).hasSize(1);
    }

    @Test
    void whatIsNoHitIsPassedOver() {
        HitLines lines = new HitLines();
        assertThat(lines.add("nonsense\n# tracer: nop\n\n").hits()).isEmpty();
        assertThat(lines.add("x".repeat(2000) + "\n").hits()).isEmpty();
        assertThat(lines.add(CAT).hits()).containsExactly(cat("cat", Hit.Context.TASK));
        assertThat(lines.add(CAT.replace("=-5", "=99999999999999999999")).hits())
                .isEmpty();
    }
}
