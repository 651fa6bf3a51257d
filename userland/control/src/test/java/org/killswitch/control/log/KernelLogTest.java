// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.killswitch.control.FakeTree.symbol;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.control.FakeTree;
import org.killswitch.control.SymbolName;

class KernelLogTest {

    private static final String WHO = " uid=0 auid=1000 ses=3 comm=tee";

    private static final int LINES = 9;
    private static final List<String> REAL = List.of(
            "engage f=-1" + WHO,
            "engageif m:f=0 guard=/sys/fs/bpf/killswitch/f__when_1 uid=0 auid=1000 ses=3 comm=tee reason=\"ticket 7\"",
            "engage version_proc_show=-5 source=modparam",
            "observe f" + WHO,
            "enforce f=-13 hits=7" + WHO,
            "disengage f hits=12" + WHO,
            "tryengage f aborted: hits=3 in 5s",
            "engagefor f expired hits=9 after 60s",
            "f: 3 functions have this name; qualify it as <module>:<symbol>");

    @TempDir
    Path dir;

    FakeTree tree;

    @BeforeEach
    void makeTree() throws IOException {
        tree = new FakeTree(dir);
        tree.write("engaged", "f retval=-1 hits=0\n");
        tree.details("f", "engaged", 0, "ftrace");
    }

    private Optional<Origin> originOfF(String... records) throws Exception {
        Files.writeString(tree.kmsg, String.join("\n", records) + "\n");
        return tree.killswitch.engagements().getFirst().origin();
    }

    private static String record(long seconds, String text) {
        return "4,77," + seconds + "000000,-;" + text;
    }

    @Test
    void tellsWhoAndWhen() throws Exception {
        assertThat(originOfF(record(40, "killswitch: engage f=-1" + WHO)))
                .contains(new Origin(
                        Instant.parse("2026-05-01T11:59:00Z"), new Origin.Operator(0, OptionalLong.of(1000), "tee")));
    }

    @Test
    void tellsOfNoLoginWhereThereWasNone() throws Exception {
        assertThat(originOfF(record(
                        40, "killswitch: tryengage f=-1 timeout=5s uid=0 auid=4294967295 ses=4294967295 comm=sh")))
                .map(Origin::by)
                .contains(new Origin.Operator(0, OptionalLong.empty(), "sh"));
    }

    @Test
    void knowsTheModuleParameter() throws Exception {
        assertThat(originOfF(record(1, "killswitch: engage f=-1 source=modparam")))
                .map(Origin::by)
                .contains(new Origin.ModuleParameter());
    }

    @Test
    void takesTheLastOfSeveral() throws Exception {
        assertThat(originOfF(
                        record(1, "killswitch: engage f=-1 source=modparam"),
                        record(2, "killswitch: disengage f hits=7" + WHO),
                        "6,78,2500000,-;unrelated: line",
                        " SUBSYSTEM=pci",
                        record(3, "killswitch: engage g=-1" + WHO),
                        record(40, "killswitch: engage f=-22" + WHO),
                        record(41, "killswitch: retval f=-1 was=-22" + WHO)))
                .map(Origin::when)
                .contains(Instant.parse("2026-05-01T11:59:00Z"));
    }

    @Test
    void doesNotTakeAnEndedEngagementForTheLiveOne() throws Exception {
        assertThat(originOfF(
                        record(1, "killswitch: engage f=-1" + WHO), record(2, "killswitch: disengage f hits=7" + WHO)))
                .isEmpty();
        assertThat(originOfF(
                        record(1, "killswitch: tryengage f=-1 timeout=1s" + WHO),
                        record(2, "killswitch: tryengage f aborted: hits=1 during 1s probe")))
                .isEmpty();
        assertThat(originOfF(
                        record(1, "killswitch: tryengage f=-1 timeout=1s" + WHO),
                        record(2, "killswitch: tryengage f aborted: module m unloading")))
                .isEmpty();
        assertThat(originOfF(
                        record(1, "killswitch: engagefor f=-1 timeout=1s" + WHO),
                        record(2, "killswitch: engagefor f expired hits=3 after 1s")))
                .isEmpty();
    }

    @Test
    void isStillTheSameEngagementAfterItsModuleWasReloaded() throws Exception {
        assertThat(originOfF(
                        record(40, "killswitch: engagefor f=-1 timeout=600s" + WHO),
                        record(41, "killswitch: keep f" + WHO),
                        record(
                                42,
                                "killswitch: f mitigation lost: module m unloading; it re-arms when the module loads"
                                        + " again"),
                        record(43, "killswitch: f armed: module m loading")))
                .map(Origin::when)
                .contains(Instant.parse("2026-05-01T11:59:00Z"));
    }

    @Test
    void isNotFooledByAProcessThatWritesToTheLog() throws Exception {
        // Facility 1, as the kernel marks what comes from user space.
        assertThat(originOfF("12,77,40000000,-;killswitch: engage f=-1" + WHO)).isEmpty();
    }

    @Test
    void undoesTheEscapingOfTheDevice() throws Exception {
        assertThat(originOfF(record(1, "killswitch: engage f=-1 uid=0 auid=0 ses=1 comm=a\\x5cx20b")))
                .map(Origin::by)
                .contains(new Origin.Operator(0, OptionalLong.of(0), "a\\x20b"));
    }

    @Test
    void hasNothingToTellWhereItIsNotReadable() throws Exception {
        Files.createDirectory(tree.kmsg);
        assertThat(tree.killswitch.engagements().getFirst().origin()).isEmpty();
        assertThat(tree.killswitch.disengage(symbol("f")).hits()).hasValue(0);
    }

    /** Lines of the module with a slip in them: what is read of one stands in it, and under the verb that it is read as. */
    @Property
    void ofALineWithASlipNothingIsMadeUp(
            @ForAll @IntRange(max = LINES - 1) int line,
            @ForAll @IntRange(max = 120) int at,
            @ForAll @IntRange(max = 2) int removed,
            @ForAll @StringLength(max = 2) @Chars({' ', '=', ':', '-', '9', 'f', '\n', '\u00e9', '\u0000'})
                    String added) {
        String text = REAL.get(line);
        int from = Math.min(at, text.length());
        String slip = text.substring(0, from) + added + text.substring(Math.min(text.length(), from + removed));
        switch (LogLine.parse(slip).orElse(null)) {
            case LogLine.Engaged(SymbolName symbol, Origin.By by) -> {
                assertThat(slip)
                        .containsPattern("^(engage|tryengage|engagefor|engageif|enforce|observe) " + quote(symbol));
                if (by instanceof Origin.Operator o) {
                    assertThat(slip).containsPattern(" uid=0*" + o.uid() + " ").contains(" comm=" + o.comm());
                } else {
                    assertThat(slip).contains("source=modparam");
                }
            }
            case LogLine.Ended(SymbolName symbol, OptionalLong hits) -> {
                assertThat(slip).containsPattern("^(disengage|tryengage|engagefor) " + quote(symbol));
                hits.ifPresent(h -> assertThat(slip).containsPattern("hits=0*" + h + "(\\D|$)"));
            }
            case LogLine.Refused(String subject, String reason) ->
                assertThat(slip).contains(subject).endsWith(reason);
            case null -> assertThat(slip).as("a line without a slip").isNotEqualTo(text);
        }
    }

    private static String quote(SymbolName symbol) {
        return Pattern.quote(symbol.text());
    }

    @Test
    void readsTheReasonOfARefusal() {
        assertThat(LogLine.parse("f: 3 functions have this name; qualify it as <module>:<symbol>"))
                .contains(new LogLine.Refused("f", "3 functions have this name; qualify it as <module>:<symbol>"));
        assertThat(LogLine.parse("m:f: already engaged as f"))
                .contains(new LogLine.Refused("m:f", "already engaged as f"));
        assertThat(LogLine.parse("capable=-1 refused: it decides about permission, and only 0 denies"))
                .contains(new LogLine.Refused("capable", "it decides about permission, and only 0 denies"));
        assertThat(LogLine.parse("m:f refused: denied on this host by the parameter deny"))
                .contains(new LogLine.Refused("m:f", "denied on this host by the parameter deny"));
        assertThat(LogLine.parse("seal refused: the guard of f could be changed from outside (it has maps)"))
                .contains(new LogLine.Refused("seal", "the guard of f could be changed from outside (it has maps)"));
        assertThat(LogLine.parse("guard /sys/fs/bpf/g refused: it may sleep"))
                .contains(new LogLine.Refused("guard /sys/fs/bpf/g", "it may sleep"));
        assertThat(LogLine.parse("parameter engage: entry 1 skipped (error -22); entries are ..."))
                .isEmpty();
    }
}
