// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is written after --when: a guard, or one line and a mark under the spot. */
class MalformedExpressionsTest {

    private static final long SEED = 20261124;
    private static final int EXPRESSIONS = 100_000;
    private static final List<String> PIECES = List.of(
            "(",
            ")",
            "[",
            "]",
            "->",
            ".",
            "&&",
            "||",
            "&",
            "|",
            "==",
            "=",
            "!=",
            "<",
            "<<",
            "!",
            "~",
            "-",
            "*",
            "/",
            "%",
            "0",
            "08",
            "0x",
            "99999999999999999999",
            "1e5",
            "\"",
            "\"abc",
            "\\",
            "'",
            "?",
            ":",
            ",",
            ";",
            "#",
            "first",
            "arg1",
            "arg7",
            "arg99",
            "firsst",
            "next",
            "comm",
            "uid",
            "userns",
            "netns",
            "cgroup",
            "caller",
            "caller.x",
            "sizeof",
            "NULL",
            "true",
            "EPERM",
            "\t",
            "\n",
            "\0",
            "é",
            "\uD83D\uDE00",
            "\uD83D",
            "first->opaque->x",
            "\"" + "x".repeat(70) + "\"",
            "first->list",
            "first->in",
            "^=",
            "$=",
            "in (",
            "in (1, 2)",
            "and",
            "or",
            "(struct inner *)",
            "(unsigned char)",
            "(u16)",
            "(const",
            "container_of(",
            "container_of(in, struct node, in)",
            "htons(",
            "capable(CAP_SYS_ADMIN)",
            "exe",
            "mntns",
            "current",
            "\"192.0.2.0/24\"",
            "\"initial\"",
            "'a'",
            "'\\\\x",
            "*");

    @Test
    void eachIsAGuardOrAMarkedRefusal() {
        Random random = new Random(SEED);
        RandomExpressions expressions = new RandomExpressions(random);
        int refused = 0;
        for (int i = 0; i < EXPRESSIONS; i++) {
            if (isRefused(damaged(expressions.next(), random))) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(EXPRESSIONS * 3 / 4);
    }

    @Test
    void whatIsLargeIsRefusedOrCompiled() {
        for (String text : List.of(
                "(".repeat(100_000),
                "(".repeat(60) + "uid" + ")".repeat(60),
                "(".repeat(65) + "uid" + ")".repeat(65),
                "!".repeat(4000) + "uid",
                "uid" + "+1".repeat(2000),
                "uid" + "+uid".repeat(1000),
                "uid" + "->x".repeat(1000),
                "first" + "->next".repeat(600) + "->value",
                "first" + "->next".repeat(300) + "->value == 1",
                "uid==1" + "||uid==1".repeat(500),
                "1".repeat(4000) + " == uid",
                "\"" + "x".repeat(4000) + "\" == comm",
                "uid" + "*(uid".repeat(60) + ")".repeat(60),
                "first->table[" + "first->table[".repeat(40) + "0" + "]".repeat(41) + " == 1",
                "x".repeat(5000))) {
            isRefused(text);
        }
    }

    private static boolean isRefused(String expression) {
        try {
            TestScope.guard(expression).explain();
            return false;
        } catch (GuardException e) {
            assertThat(e.getMessage()).as(expression).isNotBlank().doesNotContain("\n");
            assertThat(e.picture()).as(expression).hasSize(2);
            String text = e.picture().get(0);
            String mark = e.picture().get(1);
            assertThat(mark).as(expression).matches(" *\\^~*");
            assertThat(mark.length()).as(expression).isLessThanOrEqualTo(text.length() + 1);
            return true;
        }
    }

    private static String damaged(String expression, Random random) {
        StringBuilder text = new StringBuilder(expression);
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(text.length() + 1);
            int end = Math.min(text.length(), at + random.nextInt(8));
            switch (random.nextInt(5)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, text.substring(at, end));
                case 2 -> text.insert(at, (char) random.nextInt(random.nextBoolean() ? 128 : 65536));
                default -> text.insert(at, " " + PIECES.get(random.nextInt(PIECES.size())) + " ");
            }
        }
        return text.toString();
    }

    /** A guard that compares with other bytes than those that were written is another guard. */
    @ParameterizedTest
    @ValueSource(strings = {"comm == \"\ufffd\"", "comm == \"a\ud800\"", "comm == \"\udc00b\"", "comm ^= \"x\ufffdy\""})
    void aCharacterThatWasLostIsRefused(String expression) {
        assertThatThrownBy(() -> TestScope.guard(expression))
                .isInstanceOf(GuardException.class)
                .hasMessageContaining("was not read as it was written");
    }

    @ParameterizedTest
    @ValueSource(strings = {"comm == \"\u00e9\"", "comm == \"\ud83d\ude00\"", "comm == \"\u6f22\""})
    void otherCharactersAreTaken(String expression) throws GuardException {
        assertThat(TestScope.guard(expression)).isNotNull();
    }
}
