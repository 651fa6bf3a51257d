// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.cli.FakeHost;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StatusCommandTest {

    private static final String F_ENGAGED = "4,7,40000000,-;killswitch: engage f=-1 uid=0 auid=1000 ses=3 comm=tee";
    private static final String G_PROBED =
            "4,8,50000000,-;killswitch: tryengage m:g=0 timeout=90s uid=0 auid=4294967295 ses=4294967295 comm=sh";

    @TempDir
    Path dir;

    FakeHost host;

    @BeforeEach
    void makeHost() throws IOException {
        host = new FakeHost(dir);
    }

    @Test
    void showsATable() throws IOException {
        host.loaded("f retval=-1 hits=12345", "m:g retval=0 hits=0", "h retval=-22 hits=1");
        host.probing("m:g", 65);
        host.log(F_ENGAGED, G_PROBED, "4,9,1000000,-;killswitch: engage h=-22 source=modparam");

        assertThat(host.run("status")).isZero();
        assertThat(host.out.toString()).isEqualTo("""
                        SYMBOL  RETVAL         HITS  STATE              BACKEND  SINCE                      BY
                        f       -1 (EPERM)    12345  engaged            ftrace   2026-05-01 11:59:00+00:00  uid 1000 (tee)
                        m:g     0                 0  probing 1m5s left  ftrace   2026-05-01 11:59:10+00:00  uid 0 (sh)
                        h       -22 (EINVAL)      1  engaged            ftrace   2026-05-01 11:58:21+00:00  module parameter
                        """);
        assertThat(host.err.toString()).isEmpty();
    }

    @Test
    void showsWhatGuardsLetThrough() throws IOException {
        host.loaded("f retval=-1 hits=12345", "h retval=-22 hits=1");
        host.guarded("f", 678);
        host.pending("af_alg:g retval=-1 module=af_alg");
        host.log("4,7,40000000,-;killswitch: engageif f=-1 guard=/sys/fs/bpf/g uid=0 auid=1000 ses=3 comm=tee");

        assertThat(host.run("status")).isZero();
        assertThat(host.out.toString()).isEqualTo("""
                        SYMBOL    RETVAL         HITS  PASSED  STATE               BACKEND  SINCE                      BY
                        f         -1 (EPERM)    12345     678  engaged             ftrace   2026-05-01 11:59:00+00:00  uid 1000 (tee)
                        h         -22 (EINVAL)      1       -  engaged             ftrace   -                          -
                        af_alg:g  -1 (EPERM)        -       -  pending for af_alg  -        -                          -
                        """);
    }

    @Test
    void aGuardThatCouldNotReadSomethingIsToldOf() throws Exception {
        host.loaded("f retval=-1 hits=3");
        host.guarded("f", 4);
        host.unread("f", 0);
        assertThat(host.run("status")).isZero();
        assertThat(host.out.toString()).doesNotContain("could not read");
        host.unread("f", 2);
        assertThat(host.run("status")).isZero();
        assertThat(host.out.toString()).endsWith("\nf: the guard could not read something that it tests, 2 times\n");
    }

    @Test
    void showsWhatIsPendingAndExpiringAndTheSeal() throws IOException {
        host.loaded("f retval=-1 hits=7");
        host.expiring("f", 125);
        host.pending("af_alg:g retval=-1 module=af_alg", "h retval=0 module=?");
        host.sealed();
        host.log(F_ENGAGED, "4,9,1000000,-;killswitch: engage h=0 source=modparam");

        assertThat(host.run("status")).isZero();
        assertThat(host.out.toString()).isEqualTo("""
                        SYMBOL    RETVAL      HITS  STATE               BACKEND  SINCE                      BY
                        f         -1 (EPERM)     7  expiring 2m5s left  ftrace   2026-05-01 11:59:00+00:00  uid 1000 (tee)
                        af_alg:g  -1 (EPERM)     -  pending for af_alg  -        -                          -
                        h         0              -  pending             -        2026-05-01 11:58:21+00:00  module parameter
                        sealed: nothing can be disengaged until the next boot
                        """);
    }

    @Test
    void saysThatAModuleWhichIsBuiltInNeverComes() throws IOException {
        host.loaded();
        host.builtIn("af-alg");
        host.pending("af_alg:g retval=-1 module=af_alg", "m:h retval=0 module=m");
        assertThat(host.run("status")).isZero();
        assertThat(host.out.toString())
                .containsOnlyOnce("built into")
                .endsWith("\naf_alg:g: its module is built into this kernel, so this is never engaged; engage g\n");
    }

    @Test
    void printsWhatIsPendingAndTheSealAsJson() throws IOException {
        host.loaded();
        host.pending("af_alg:g retval=-1 module=af_alg", "h retval=0 module=?");
        host.sealed();

        assertThat(host.run("status", "--json")).isZero();
        JsonNode root = new JsonMapper().readTree(host.out.toString());
        assertThat(root.get("engagements")).isEmpty();
        assertThat(root.get("pending").get(0).toString())
                .isEqualTo("{\"symbol\":\"af_alg:g\",\"retval\":-1,\"errno\":\"EPERM\",\"module\":\"af_alg\","
                        + "\"since\":null,\"by\":null}");
        assertThat(root.get("pending").get(1).get("module").isNull()).isTrue();
        assertThat(root.get("sealed").asBoolean()).isTrue();
    }

    @Test
    void doesNotMakeUpWhatTheLogNoLongerSays() throws IOException {
        host.loaded("f retval=-1 hits=0");
        assertThat(host.run("status")).isZero();
        assertThat(host.out.toString().lines().skip(1)).allMatch(line -> line.endsWith("ftrace   -      -"));
    }

    @Test
    void saysThatNothingIsEngaged() throws IOException {
        host.loaded();
        assertThat(host.run("status")).isZero();
        assertThat(host.out.toString()).isEqualTo("no functions are engaged\n");
        assertThat(host.err.toString()).isEmpty();
    }

    /** A program of engagebpf is none of the engagements, and overrides a function all the same. */
    @Test
    void showsTheProgramsOfEngagebpf() throws IOException {
        host.loaded();
        host.file("/sys/fs/bpf/killswitch/inet_bind", "");
        host.file("/sys/fs/bpf/killswitch/esp_input__when_4711", ""); // a guard, pinned for a moment
        assertThat(host.run("status")).isZero();
        assertThat(host.out.toString()).isEqualTo("""
                        SYMBOL     RETVAL  HITS  STATE        BACKEND  SINCE  BY
                        inet_bind  -          -  bpf program  -        -      -
                        """);
        assertThat(host.run("status", "--json")).isZero();
        assertThat(host.out.toString()).contains("\"programs\" : [ \"inet_bind\" ]");
    }

    /** Here the folder is a file: like one that is not the caller's to read, it cannot be listed. */
    @Test
    void claimsNothingAboutProgramsThatItCannotSee() throws IOException {
        host.loaded();
        Files.delete(host.files.path("/sys/fs/bpf/killswitch"));
        host.file("/sys/fs/bpf/killswitch", "");
        assertThat(host.run("status")).isZero();
        assertThat(host.out.toString()).isEqualTo("no functions are engaged\n");
        assertThat(host.err.toString())
                .contains("BPF programs")
                .contains("root")
                .hasLineCount(1);
    }

    @Test
    void showsWhatIsObservedReasonsAndTheLock() throws IOException {
        host.loaded("f retval=-1 hits=7");
        host.reason("f", "CVE-2026-1");
        host.observed("g", 3);
        host.locked();
        host.file("/etc/passwd", "alice:x:1000:1000::/:/bin/sh\n");
        host.log(F_ENGAGED);

        assertThat(host.run("status")).isZero();
        assertThat(host.out.toString()).isEqualTo("""
                        SYMBOL  RETVAL      HITS  STATE      BACKEND  SINCE                      BY           REASON
                        f       -1 (EPERM)     7  engaged    ftrace   2026-05-01 11:59:00+00:00  alice (tee)  CVE-2026-1
                        g       -              3  observing  ftrace   -                          -            -
                        locked: nothing new can be engaged until the next boot
                        """);
        host.out.getBuffer().setLength(0);
        assertThat(host.run("status", "--json")).isZero();
        JsonNode root = new JsonMapper().readTree(host.out.toString());
        assertThat(root.get("version").asInt()).isEqualTo(1);
        assertThat(root.get("locked").asBoolean()).isTrue();
        assertThat(root.get("engagements").get(0).get("reason").asString()).isEqualTo("CVE-2026-1");
        assertThat(root.get("engagements").get(1).get("retval").isNull()).isTrue();
        assertThat(root.get("engagements").get(1).get("state").asString()).isEqualTo("observing");
    }

    @Test
    void printsJson() throws IOException {
        host.loaded("f retval=-1 hits=3", "m:g retval=0 hits=0");
        host.probing("m:g", 65);
        host.log(F_ENGAGED);

        assertThat(host.run("status", "--json")).isZero();
        JsonNode list = new JsonMapper().readTree(host.out.toString()).get("engagements");
        assertThat(list.size()).isEqualTo(2);
        assertThat(list.get(0).toString())
                .isEqualTo(
                        "{\"symbol\":\"f\",\"retval\":-1,\"errno\":\"EPERM\",\"hits\":3,\"passed\":null,\"unread\":null,\"reason\":null,\"state\":\"engaged\","
                                + "\"timeout_left\":0,\"backend\":\"ftrace\",\"since\":\"2026-05-01T11:59:00Z\","
                                + "\"by\":{\"source\":\"control\",\"uid\":0,\"login_uid\":1000,\"comm\":\"tee\"}}");
        assertThat(list.get(1).toString())
                .contains("\"state\":\"probing\",\"timeout_left\":65,")
                .contains("\"since\":null,\"by\":null");
    }

    @Test
    void printsJsonWhenNothingIsEngaged() throws IOException {
        host.loaded();
        assertThat(host.run("status", "--json")).isZero();
        assertThat(new JsonMapper().readTree(host.out.toString()).get("engagements"))
                .isEmpty();
    }

    @Test
    void watchesWithRates() throws IOException {
        host.loaded("f retval=-1 hits=0");
        host.rounds = 1;
        host.between = () -> host.engaged("f retval=-1 hits=1000000");

        assertThat(host.run("status", "--watch", "1")).isZero();
        String[] lines = host.out.toString().split("\n");
        assertThat(lines).hasSize(4);
        assertThat(lines[0]).contains("HITS/S");
        assertThat(lines[1]).containsPattern("f +-1 \\(EPERM\\) +0 +- +engaged");
        assertThat(lines[3]).containsPattern("f +-1 \\(EPERM\\) +1000000 +[1-9]\\d*\\.\\d +engaged");
        assertThat(host.out.toString()).doesNotContain("\033");
    }

    @Test
    void redrawsOnATerminal() throws IOException {
        host.loaded("f retval=-1 hits=0");
        host.terminal = true;
        host.rounds = 2;

        assertThat(host.run("status", "--watch")).isZero();
        assertThat(host.out.toString().split("\033\\[H\033\\[J", -1)).hasSize(4);
    }

    @Test
    void watchesInJsonLines() throws IOException {
        host.loaded("f retval=-1 hits=0");
        host.terminal = true;
        host.rounds = 1;

        assertThat(host.run("status", "--watch", "--json")).isZero();
        assertThat(host.out.toString().lines()).hasSize(2).allMatch(line -> line.contains("\"hits_per_second\":"));
    }

    @Test
    void stopsWatchingWhenTheModuleGoes() throws IOException {
        host.loaded("f retval=-1 hits=0");
        host.rounds = 1;
        host.between = () -> Files.delete(host.root.resolve("engaged"));

        assertThat(host.run("status", "--watch")).isEqualTo(1);
        assertThat(host.err.toString()).contains("modprobe killswitch").hasLineCount(1);
    }
}
