// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.killswitch.lab.Output;

class DemoStepsTest {

    private static final List<Output> AS_TOLD = List.of(
            new Output(0, "Linux (none) 6.12.95+deb13-amd64 x86_64 GNU/Linux\n"),
            new Output(0, "AEAD round trip works\n"),
            new Output(0, ""),
            new Output(0, "af_alg_sendmsg now returns -1 (EPERM) (backend ftrace)\n"),
            new Output(2, "sendmsg: Operation not permitted (EPERM)\n"),
            new Output(0, """
                    SYMBOL          RETVAL      HITS  STATE    BACKEND  SINCE                BY
                    af_alg_sendmsg  -1 (EPERM)     1  engaged  ftrace   2026-05-01 12:00:00  uid 0 (java)
                    """),
            new Output(0, "af_alg_sendmsg runs its own code again; 1 call was caught\n"),
            new Output(0, "AEAD round trip works\n"));

    private final StringWriter out = new StringWriter();

    private Optional<String> tell(List<Output> outputs, boolean colour) {
        var left = new ArrayList<>(outputs);
        return new DemoRunner(new PrintWriter(out), colour).tell(DemoSteps.steps(), command -> left.removeFirst());
    }

    @Test
    void holdsWhenAllGoesAsTold() {
        assertThat(tell(AS_TOLD, false)).isEmpty();
        assertThat(out.toString())
                .contains("\n$ killswitch engage af_alg_sendmsg -EPERM\naf_alg_sendmsg now returns -1 (EPERM)")
                .doesNotContain("\033");
        assertThat(out.toString().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
    }

    @Test
    void hasColourForTerminals() {
        assertThat(tell(AS_TOLD, true)).isEmpty();
        assertThat(out.toString()).contains("\033[1m");
    }

    static Stream<Arguments> otherwise() {
        Stream<Arguments> failing = IntStream.range(0, AS_TOLD.size())
                .mapToObj(i -> Arguments.of(i, new Output(1, AS_TOLD.get(i).output())));
        Stream<Arguments> silent = IntStream.of(0, 3, 4, 5, 6)
                .mapToObj(i -> Arguments.of(i, new Output(AS_TOLD.get(i).status(), "")));
        Stream<Arguments> wrong = Stream.of(
                Arguments.of(3, new Output(0, "af_alg_sendmsg now returns -13 (EACCES)\n")),
                Arguments.of(4, new Output(0, "AEAD round trip works\n")),
                Arguments.of(4, new Output(2, "sendmsg: Permission denied (EACCES)\n")),
                Arguments.of(5, new Output(0, "no functions are engaged\n")),
                Arguments.of(5, new Output(0, "af_alg_sendmsg  -1 (EPERM)  0  engaged  ftrace  -  -\n")),
                Arguments.of(5, new Output(0, "af_alg_sendmsg  -1 (EPERM)  1  probing 3s left  ftrace  -  -\n")));
        return Stream.of(failing, silent, wrong).flatMap(s -> s);
    }

    @ParameterizedTest
    @MethodSource("otherwise")
    void doesNotHoldWhenAStepGoesOtherwise(int step, Output outcome) {
        List<Output> outputs = new ArrayList<>(AS_TOLD);
        outputs.set(step, outcome);
        assertThat(tell(outputs, false))
                .hasValueSatisfying(why -> assertThat(why)
                        .startsWith("step " + (step + 1) + " ")
                        .endsWith("exit status was " + outcome.status()));
    }
}
