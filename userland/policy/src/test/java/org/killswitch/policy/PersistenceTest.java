// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.killswitch.policy.Samples.engage;
import static org.killswitch.policy.Samples.engaged;
import static org.killswitch.policy.Samples.expiring;
import static org.killswitch.policy.Samples.guarded;
import static org.killswitch.policy.Samples.observed;
import static org.killswitch.policy.Samples.pending;
import static org.killswitch.policy.Samples.symbol;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.catalogue.facts.HostFacts;
import org.killswitch.control.Retval;
import org.killswitch.guard.Guard;
import org.killswitch.posix.Architecture;

/** What is written, read again. */
class PersistenceTest {

    @TempDir
    private Path folder;

    private static Resolution resolve(Policy policy) {
        return new Resolver(
                        () -> {
                            throw new AssertionError("no CVE is asked about");
                        },
                        new HostFacts(Path.of("/nonexistent"), Architecture.X86_64),
                        Instant.EPOCH)
                .resolve(policy);
    }

    @Test
    void whatIsWrittenIsWhatIsEngaged() throws Exception {
        Actual passes = new Actual(
                symbol("m:g"),
                Optional.of(new Retval(-22)),
                Actual.Life.KEPT,
                true,
                Optional.of(new GuardText("comm != \"it's\" # no: comment", Guard.Unread.PASS)),
                Optional.of("CVE-2026-1234: it's 'quoted'"));
        List<Actual> state = List.of(engaged("f", -1), passes, observed("o"), pending("n:p", 4711), expiring("x", -1));
        Persistence.Content content = Persistence.of(state, List.of(), List.of());
        assertThat(content.notes()).isEmpty();
        assertThat(content.problems()).containsExactly("x ends by itself: it is not written");
        AtomicFile.write(folder.resolve(Persistence.FILE), content.text());
        Policy policy = Policy.read(folder, ZoneOffset.UTC);
        assertThat(policy.problems()).isEmpty();
        Resolution again = resolve(policy);
        assertThat(Plan.of(again.desired(), state, List.of()).changes()).isEmpty();
        assertThat(again.desired().get(1).reason().orElseThrow().text()).isEqualTo("CVE-2026-1234: it's 'quoted'");
        assertThat(folder).isDirectoryNotContaining("glob:**/.*");
    }

    @Property(tries = 200)
    void anyGuardAndReason(@ForAll @StringLength(min = 1, max = 60) @CharRange(from = ' ', to = '~') String text)
            throws Exception {
        if (text.isBlank()) {
            return;
        }
        Actual a = new Actual(
                symbol("f"),
                Optional.of(new Retval(-1)),
                Actual.Life.KEPT,
                true,
                Optional.of(new GuardText(text)),
                Optional.of(text.strip()));
        Path own = Files.createTempDirectory("policy");
        try {
            Files.writeString(own.resolve("p.yaml"), PolicyText.of(a));
            PolicyEntry entry = Policy.read(own, ZoneOffset.UTC).entries().getFirst();
            assertThat(((PolicyEntry.Function) entry.what()).guard()).contains(new GuardText(text));
            assertThat(entry.reason().orElseThrow().text()).isEqualTo(text.strip());
        } finally {
            Files.delete(own.resolve("p.yaml"));
            Files.delete(own);
        }
    }

    @Test
    void whatOthersSayIsNotSaidTwice() {
        Persistence.Content content = Persistence.of(
                List.of(engaged("inPolicy", -1), engaged("otherwise", -1), engaged("param", -1), engaged("new", -1)),
                List.of(engage("inPolicy", -1), engage("otherwise", -22), engage("missing", -1)),
                List.of(symbol("param")));
        assertThat(content.written()).containsExactly(symbol("new"));
        assertThat(content.problems())
                .containsExactly("otherwise returns -1 (EPERM), and p:1 says otherwise: change that line, or run"
                        + " killswitch apply");
        assertThat(content.notes())
                .containsExactly(
                        "p:1: missing is in the policy and not engaged; see killswitch diff",
                        "param is engaged by modprobe.d or the kernel's command line at each boot already");
    }

    @Test
    void aGuardWithoutATextIsAProblem() {
        Actual a = guarded("f", -1, "x");
        Actual unknown = new Actual(a.symbol(), a.retval(), a.life(), true, Optional.empty(), Optional.empty());
        Persistence.Content content = Persistence.of(List.of(unknown), List.of(), List.of());
        assertThat(content.written()).isEmpty();
        assertThat(content.problems()).singleElement().asString().contains("a guard whose text is not known");
    }

    private static final String TEXT = """
            # a
            - symbol: f   # one
              retval: -1

            # b
            - {symbol: g, retval: -1}
            - symbol: h
              when: >
                uid != 0
                && pid == 1
              retval: -1
            # the end
            """;

    @Test
    void takingOutLeavesTheRestAsItIs() throws Exception {
        assertThat(PolicyEdit.without(TEXT, List.of(2), folder)).isEqualTo("""
                # a

                # b
                - {symbol: g, retval: -1}
                - symbol: h
                  when: >
                    uid != 0
                    && pid == 1
                  retval: -1
                # the end
                """);
        assertThat(PolicyEdit.without(TEXT, List.of(6, 7), folder)).isEqualTo("""
                # a
                - symbol: f   # one
                  retval: -1

                # b
                # the end
                """);
        assertThat(PolicyEdit.without("- symbol: f\n  retval: -1\n  when: |\n    uid != 0\n", List.of(1), folder))
                .isEmpty();
        assertThat(PolicyEdit.without(
                        "- {symbol: f,\n   retval: -1\n  }\n- {cve: CVE-2026-1234}\n", List.of(1), folder))
                .isEqualTo("- {cve: CVE-2026-1234}\n");
        assertThatThrownBy(() -> PolicyEdit.without("[{symbol: f, retval: -1}]", List.of(1), folder))
                .hasMessageContaining("take it out by hand");
    }

    /** A loss of power while a file is written leaves the old one: a new one has another name until it is whole. */
    @Test
    void anUnfinishedFileIsNoneOfThePolicy() throws IOException {
        Files.writeString(folder.resolve("p.yaml"), "- {symbol: f, retval: -1}\n");
        Files.writeString(folder.resolve(".p.yaml.4711"), "- {symbol: f, ret");
        assertThat(Policy.read(folder, ZoneOffset.UTC).problems()).isEmpty();
        assertThatThrownBy(() -> AtomicFile.write(folder.resolve("p.yaml/below"), ""))
                .hasMessageContaining("cannot be written");
    }
}
