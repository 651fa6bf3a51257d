// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.killswitch.lab.GuestFailure;
import org.killswitch.lab.LabException;
import org.killswitch.lab.Output;

/** What a rehearsal makes of what a guest says; the guest is a table. */
final class RehearsalTest {

    private static final Step FILES = new Step("files", "try-files", true, Duration.ofSeconds(5));
    private static final Step NET = new Step("net", "try-net", true, Duration.ofSeconds(5));
    private static final Rehearsal.DoorProgram DOOR = new Rehearsal.DoorProgram("alg", Optional.of("go alg"));
    private final GuestFailure oops =
            new GuestFailure(GuestFailure.Kind.OOPS, "BUG: kernel NULL pointer", List.of("one", "two"));

    /** Answers by what a script contains: one answer before "apply", another one after it. */
    private final class Table implements Machine {
        private final Map<String, Output> before = new HashMap<>();
        private final Map<String, Output> after = new HashMap<>();
        private final List<String> scripts = new ArrayList<>();
        private Output applied = new Output(0, "f now returns -1\n");
        private String troubleAt = "never";
        private boolean sick;
        private boolean engaged;

        Table() {
            before("fn/*/", 0, "f 3 -1\n");
        }

        void before(String word, int status, String output) {
            before.put(word, new Output(status, output));
        }

        void after(String word, int status, String output) {
            after.put(word, new Output(status, output));
        }

        @Override
        public Output run(String script) {
            scripts.add(script);
            if (script.equals("apply")) {
                engaged = true;
                return applied;
            }
            if (engaged && script.contains(troubleAt)) {
                throw oops;
            }
            return after.entrySet().stream()
                    .filter(e -> engaged && script.contains(e.getKey()))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .or(() -> before.entrySet().stream()
                            .filter(e -> script.contains(e.getKey()))
                            .map(Map.Entry::getValue)
                            .findFirst())
                    .orElse(new Output(0, ""));
        }

        @Override
        public void requireHealth() {
            if (sick) {
                throw oops;
            }
        }
    }

    private final Table guest = new Table();

    private Report rehearse(Rehearsal.DoorProgram... door) {
        return rehearse(Optional.empty(), door);
    }

    private Report rehearse(Optional<Duration> end, Rehearsal.DoorProgram... door) {
        return new Rehearsal(
                        "apply",
                        new Workload(List.of(FILES, NET)),
                        List.of(door).stream().findFirst(),
                        end,
                        what -> {})
                .run(guest);
    }

    @Test
    void whatStaysAsItWasIsFine() {
        guest.before("try-net", 1, "no network\n");
        Report report = rehearse();
        assertThat(report.verdict()).isEqualTo(Verdict.FINE);
        assertThat(report.verdict().exitStatus()).isZero();
        assertThat(report.sentence()).isEqualTo("Nothing changes.");
        assertThat(report.hits()).containsExactly(new Hits("f", "-1", 3, false));
        assertThat(report.changed()).isEmpty();
    }

    @Test
    void thatNothingWasCalledIsSaid() {
        guest.before("fn/*/", 0, "f 0 -1\n");
        assertThat(rehearse().sentence()).isEqualTo("Nothing changes; no call reached what is engaged.");
    }

    @Test
    void anotherStatusIsAChange() {
        guest.after("try-net", 1, "refused\n");
        Report report = rehearse();
        assertThat(report.verdict().exitStatus()).isEqualTo(3);
        assertThat(report.sentence()).isEqualTo("1 of 2 steps changes: net.");
        assertThat(report.steps().get(1).after().orElseThrow().text()).isEqualTo("fails (exit status 1): refused");
    }

    @Test
    void otherOutputIsAChangeOfAStepThatPrintsTheSameEachTime() {
        guest.before("try-files", 0, "x");
        guest.after("try-files", 0, "y");
        assertThat(rehearse().verdict()).isEqualTo(Verdict.CHANGED);
        Step command = new Step("date", "try-files", false, Duration.ofSeconds(5));
        assertThat(Compared.differs(command, new Tried(0, "x"), new Tried(0, "y")))
                .isFalse();
        assertThat(Compared.differs(command, new Tried(0, "x"), new Tried(1, "x")))
                .isTrue();
    }

    @Test
    void aStepThatDoesNotEndIsAChange() {
        guest.after("try-files", 124, "");
        assertThat(rehearse().steps().getFirst().after().orElseThrow().text()).isEqualTo("does not end");
        assertThat(guest.scripts).anyMatch(s -> s.startsWith("timeout -k 5 5 sh -c 'try-files'"));
    }

    @Test
    void aDoorThatIsClosedIsNoChange() {
        guest.after("go alg", 1, "closed: bind: EPERM\n");
        Report report = rehearse(DOOR);
        assertThat(report.verdict()).isEqualTo(Verdict.FINE);
        assertThat(report.sentence()).isEqualTo("The door is closed, and nothing else changes.");
        assertThat(Door.word(report.door().orElseThrow().after().orElseThrow())).isEqualTo("closed: bind: EPERM");
    }

    @Test
    void aDoorThatStaysOpenIsNotFine() {
        Report report = rehearse(DOOR);
        assertThat(report.verdict()).isEqualTo(Verdict.CHANGED);
        assertThat(report.sentence()).isEqualTo("The door is still open.");
    }

    @Test
    void aDoorWhoseProgramIsNotHereIsNotTried() {
        Report report = rehearse(new Rehearsal.DoorProgram("alg", Optional.empty()));
        assertThat(report.verdict()).isEqualTo(Verdict.FINE);
        assertThat(report.door().orElseThrow().before()).isEmpty();
        assertThat(guest.scripts).noneMatch(s -> s.contains("go"));
    }

    @Test
    void aKernelInTroubleIsTheVerdict() {
        guest.troubleAt = "try-net";
        Report report = rehearse(DOOR);
        assertThat(report.verdict().exitStatus()).isEqualTo(4);
        assertThat(report.trouble())
                .contains(new Trouble(
                        "during: net", "the guest oopsed: BUG: kernel NULL pointer", List.of("one", "two")));
        assertThat(report.steps().get(0).after()).isPresent();
        assertThat(report.steps().get(1).after()).isEmpty();
        assertThat(report.sentence())
                .isEqualTo("The guest is not well: it oopsed: BUG: kernel NULL pointer (during: net).");
    }

    @Test
    void aGuestThatIsSickBeforeIsNoFinding() {
        guest.sick = true;
        assertThatThrownBy(this::rehearse).isSameAs(oops);
        assertThat(guest.scripts).doesNotContain("apply");
    }

    @Test
    void whatIsRefusedIsAnError() {
        guest.applied = new Output(1, "killswitch: warning: x\nkillswitch: cannot engage f: no such function\n");
        assertThatThrownBy(this::rehearse)
                .isInstanceOf(LabException.class)
                .hasMessage("it is not engaged: cannot engage f: no such function");
        guest.applied = new Output(0, "killswitch: CVE-2026-1 is fixed here\n");
        guest.before("fn/*/", 0, "");
        assertThatThrownBy(this::rehearse)
                .isInstanceOf(LabException.class)
                .hasMessage("nothing is engaged: CVE-2026-1 is fixed here");
    }

    @Test
    void whatWaitsForItsModuleIsTold() {
        guest.before("fn/*/", 0, "f 3 -1\nm:g pending -22\nh 0 -\n");
        Report report = rehearse();
        assertThat(report.hits())
                .containsExactly(
                        new Hits("f", "-1", 3, false), new Hits("m:g", "-22", 0, true), new Hits("h", "", 0, false));
    }

    @Test
    void onlyWhatIsLoggedAfterwardsIsReported() {
        guest.before("dmesg", 0, "old\n");
        guest.after("dmesg", 0, "old\nnew\n");
        assertThat(rehearse().log()).containsExactly("new");
    }

    @Test
    void whatEndsByItselfIsFollowedToItsEnd() {
        guest.after("try-net", 1, "refused\n");
        Report report = rehearse(Optional.of(Duration.ofSeconds(7)));
        assertThat(guest.scripts).anyMatch(s -> s.contains("-le 17"));
        assertThat(report.ended().orElseThrow()).hasSize(2);
        assertThat(report.ended().orElseThrow().get(1).isChanged()).isTrue();
    }

    @Test
    void theWorkloadHasStepsWithNamesAndScripts() {
        assertThat(Workload.standard(true).steps()).hasSizeGreaterThan(10).allSatisfy(step -> {
            assertThat(step.name()).matches("[a-z][a-z /,]+");
            assertThat(step.script()).isNotBlank().doesNotContain("##");
        });
        assertThat(Workload.parse("# text\n## a\none\ntwo\n## b\nthree\n").steps())
                .extracting(Step::script)
                .containsExactly("one\ntwo\n", "three\n");
    }

    @Test
    void aWordForTheShellStaysOne() {
        assertThat(Rehearsal.quoted("it's")).isEqualTo("'it'\\''s'");
    }
}
