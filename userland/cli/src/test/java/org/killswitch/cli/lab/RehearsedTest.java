// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.killswitch.lab.rehearsal.Compared;
import org.killswitch.lab.rehearsal.Door;
import org.killswitch.lab.rehearsal.Hits;
import org.killswitch.lab.rehearsal.Report;
import org.killswitch.lab.rehearsal.Step;
import org.killswitch.lab.rehearsal.Tried;
import org.killswitch.lab.rehearsal.Trouble;

/** How the report of a rehearsal reads. */
final class RehearsedTest {

    private static final Tried WORKS = new Tried(0, "x\n");

    private static Compared step(String name, Tried before, Tried after) {
        return new Compared(new Step(name, "true", true, Duration.ofSeconds(1)), before, Optional.of(after));
    }

    private static Rehearsed of(Report report) {
        return new Rehearsed(
                new SubjectReader.Known(
                        new Subject.Cve("CVE-2026-31431"), Optional.of("alg"), List.of(), List.of("it is fixed here")),
                "6.12.95",
                "TCG",
                report,
                Duration.ofSeconds(42));
    }

    private static Report report(Optional<Door> door, Optional<Trouble> trouble, Compared... steps) {
        return new Report(
                "killswitch: warning: f: it is called in interrupts\nf now returns -1",
                List.of(steps),
                door,
                List.of(new Hits("f", "-1", 3, false)),
                Optional.empty(),
                List.of(),
                trouble);
    }

    @Test
    void theVerdictComesFirst() {
        List<String> lines = of(report(
                        Optional.of(new Door("alg", Optional.of(WORKS), Optional.of(new Tried(1, "closed: EPERM\n")))),
                        Optional.empty(),
                        step("files", WORKS, WORKS),
                        step("net", WORKS, new Tried(1, "refused\n")),
                        step("pipes", WORKS, new Tried(0, "y\n")),
                        step("su", new Tried(1, ""), new Tried(1, ""))))
                .lines();
        assertThat(lines.get(0)).isEqualTo("CVE-2026-31431: changes something");
        assertThat(lines.get(1)).isEqualTo("2 of 4 steps change: net, pipes.");
        assertThat(lines)
                .contains(
                        "FUNCTION  RETVAL      HITS",
                        "f         -1 (EPERM)     3",
                        "files     works                  works",
                        "net       works                  fails (exit status 1): refused",
                        "pipes     works                  prints something else",
                        "door alg  open                   closed: EPERM",
                        "note: it is fixed here",
                        "note: f: it is called in interrupts",
                        "note: fails in the guest in any case, and shows nothing: su",
                        "rehearsed on 6.12.95 in 42 s (emulated: KVM is not used)");
    }

    @Test
    void aDoorThatIsNotHereIsSaid() {
        assertThat(of(report(
                                Optional.of(new Door("alg", Optional.empty(), Optional.empty())),
                                Optional.empty(),
                                step("files", WORKS, WORKS)))
                        .lines())
                .anyMatch(l ->
                        l.contains("was not tried: the program that goes through it (door alg) is not on this host"))
                .noneMatch(l -> l.startsWith("door"));
    }

    @Test
    void aKernelInTroubleComesWithItsLastLines() {
        Rehearsed broken = of(report(
                Optional.empty(),
                Optional.of(new Trouble(
                        "during: files", "the guest oopsed: BUG: x", List.of("before", "BUG: x", "RIP: \u001b[2J"))),
                new Compared(new Step("files", "true", true, Duration.ofSeconds(1)), WORKS, Optional.empty())));
        assertThat(broken.lines())
                .startsWith(
                        "CVE-2026-31431: breaks the kernel",
                        "The guest is not well: it oopsed: BUG: x (during: files).")
                .contains("files  works   not tried", "  BUG: x", "  RIP: \\x1b[2J")
                .doesNotContain("  before");
        assertThat(broken.json())
                .contains("\"verdict\" : \"not_well\"", "\"during\" : \"during: files\"", "\"after\" : null");
    }

    @Test
    void programsReadTheSame() {
        String json = of(report(
                        Optional.of(new Door("alg", Optional.of(WORKS), Optional.of(WORKS))),
                        Optional.empty(),
                        step("net", WORKS, new Tried(1, "refused\n"))))
                .json();
        assertThat(json.replaceAll("\\s+", " "))
                .startsWith("{ \"version\" : 1, \"subject\" : \"CVE-2026-31431\", \"verdict\" : \"changed\"")
                .contains(
                        "\"hits\" : [ { \"symbol\" : \"f\", \"retval\" : -1, \"hits\" : 3, \"pending\" : false } ]",
                        "{ \"step\" : \"net\", \"changed\" : true, \"before\" : { \"exit_status\" : 0, \"output\" : \"x\\n\" },"
                                + " \"after\" : { \"exit_status\" : 1, \"output\" : \"refused\\n\" } }",
                        "\"door\" : { \"name\" : \"alg\"",
                        "\"kernel\" : \"6.12.95\", \"accelerator\" : \"tcg\", \"seconds\" : 42");
    }
}
