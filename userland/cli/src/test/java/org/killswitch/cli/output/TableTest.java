// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.killswitch.cli.output.Table.Align;

class TableTest {

    private static Table table(String left, String right, String last) {
        Table table = new Table(List.of(Align.LEFT, Align.RIGHT, Align.LEFT));
        table.row(List.of("A", "NUMBER", "TEXT"));
        table.row(List.of(left, right, last));
        return table;
    }

    @Test
    void theLastColumnGoesOnBelowItself() {
        Table table = table("af_alg_sendmsg", "7", "what a person says of it, in several words");
        assertThat(table.lines())
                .containsExactly(
                        "A               NUMBER  TEXT",
                        "af_alg_sendmsg       7  what a person says of it, in several words");
        assertThat(table.lines(46))
                .containsExactly(
                        "A               NUMBER  TEXT",
                        "af_alg_sendmsg       7  what a person says of",
                        "                        it, in several words");
        assertThat(table.least()).isEqualTo(44);
        assertThat(table.lines(43)).as("too narrow").isEqualTo(table.lines());
    }

    @Test
    void aLastColumnOfNumbersIsNotWrapped() {
        Table table = new Table(List.of(Align.LEFT, Align.RIGHT));
        table.row(List.of("a", "1"));
        table.row(List.of("b", "1000000"));
        assertThat(table.lines(5)).containsExactly("a        1", "b  1000000");
    }

    /** Nothing is lost, and nothing is longer than it may be. */
    @ParameterizedTest
    @ValueSource(ints = {44, 45, 50, 60, 80, 120, 200})
    void keepsToTheWidth(int width) {
        Random random = new Random(width);
        for (int i = 0; i < 200; i++) {
            String text = text(random, random.nextInt(200));
            Table table = table("af_alg_sendmsg", "1", text);
            assertThat(table.lines(width))
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(width));
            assertThat(String.join("", table.lines(width)).replace(" ", ""))
                    .isEqualTo("ANUMBERTEXTaf_alg_sendmsg1" + text.replace(" ", ""));
        }
    }

    private static String text(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(random.nextInt(8) == 0 ? ' ' : (char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }
}
