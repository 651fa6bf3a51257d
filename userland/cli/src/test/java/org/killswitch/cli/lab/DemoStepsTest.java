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

    private static final List<DemoSteps.Step> STEPS = Stream.of(DemoSteps.affected(), DemoSteps.fixed())
            .flatMap(List::stream)
            .toList();

    private static final List<Output> AS_TOLD = List.of(
            new Output(0, "Linux 5.10.0-32-amd64 #1 SMP Debian 5.10.223-1 (2024-08-10)\n"),
            new Output(0, """
                    CVE-2026-31431 (Copy Fail): affected
                    * upstream: 5.10.223 has it, since 4.14; fixed in 5.10.254
                    Engage: algif_aead:aead_bind -1 (EPERM)
                    Breaks: AF_ALG with authenticated encryption.
                    """),
            new Output(0, "open\n"),
            new Output(0, "+ algif_aead:aead_bind returns -1 (EPERM) (CVE-2026-31431)\n"),
            new Output(0, ""),
            new Output(1, "closed: bind: EPERM\n"),
            new Output(0, """
                    TIME                  SYMBOL                PID  COMMAND  USER    STATE    HITS  HITS/S
                    2026-05-01 12:00:00Z  algif_aead:aead_bind  231  door     nobody  engaged     1     1.0
                    """),
            new Output(0, "/etc/killswitch/policy.d/zz-persist.yaml has 3 entries\n"),
            new Output(
                    0, "Linux 5.10.0-46-amd64 #1 SMP Debian 5.10.262-1 (2026-09-01)\n- symbol: algif_aead:aead_bind\n"),
            new Output(0, "+ algif_aead:aead_bind returns -1 (EPERM) (zz-persist.yaml:1)\n"),
            new Output(0, "CVE-2026-31431 (Copy Fail): fixed\n"),
            new Output(0, """
                    CVE-2026-31431 is fixed: 5.10.262 has the fix of 5.10.254
                    algif_aead:aead_bind runs its own code again
                    """),
            new Output(0, "open\n"));

    private final StringWriter out = new StringWriter();

    private Optional<String> tell(List<Output> outputs, boolean colour) {
        var left = new ArrayList<>(outputs);
        return new DemoRunner(new PrintWriter(out), colour, STEPS.size()).tell(STEPS, command -> left.removeFirst());
    }

    @Test
    void holdsWhenAllGoesAsTold() {
        assertThat(tell(AS_TOLD, false)).isEmpty();
        assertThat(out.toString())
                .contains("\n$ killswitch cve retire\nCVE-2026-31431 is fixed", "13/13")
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
                .mapToObj(i -> Arguments.of(i, new Output(3, AS_TOLD.get(i).output())));
        Stream<Arguments> silent = IntStream.range(0, AS_TOLD.size())
                .filter(i -> !AS_TOLD.get(i).output().isEmpty())
                .mapToObj(i -> Arguments.of(i, new Output(AS_TOLD.get(i).status(), "")));
        Stream<Arguments> wrong = Stream.of(
                Arguments.of(1, new Output(0, AS_TOLD.get(1).output().replace("affected", "fixed"))),
                Arguments.of(2, new Output(1, "closed: bind: EPERM\n")),
                Arguments.of(5, new Output(0, "open\n")),
                Arguments.of(5, new Output(1, "closed: bind: EACCES\n")),
                Arguments.of(6, new Output(0, AS_TOLD.get(6).output().replace("nobody", "root  "))),
                Arguments.of(10, new Output(0, "CVE-2026-31431 (Copy Fail): mitigated\n")),
                Arguments.of(11, new Output(0, "there is nothing to retire\n")));
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
