// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.killswitch.control.Reason;
import org.killswitch.control.Retval;
import org.killswitch.guard.Guard;

class PolicyTest {

    @TempDir
    private Path folder;

    private Policy read(String text) throws IOException {
        Files.writeString(folder.resolve("p.yaml"), text);
        return Policy.read(folder, ZoneOffset.UTC);
    }

    @Test
    void everyKey() throws IOException {
        Policy policy = read("""
                # what this host is to have
                - symbol: af_alg:alg_bind
                  retval: -EPERM
                  when: 'uid != 0'
                  unread: pass
                  reason: CVE-2026-31431, ticket 4711
                  until: fixed
                - cve: CVE-2026-43284
                  until: 2026-12-31
                - symbol: tc_modify_qdisc
                  mode: observe
                - {symbol: f, retval: -22, until: "2026-12-31T18:00:00+01:00"}
                """);
        assertThat(policy.problems()).isEmpty();
        assertThat(policy.entries()).hasSize(4);
        PolicyEntry first = policy.entries().getFirst();
        assertThat(first.where()).isEqualTo(folder + "/p.yaml:2");
        assertThat(first.what())
                .isEqualTo(new PolicyEntry.Function(
                        Samples.symbol("af_alg:alg_bind"),
                        Optional.of(new Retval(-1)),
                        Optional.of(new GuardText("uid != 0", Guard.Unread.PASS))));
        assertThat(first.reason()).contains(new Reason("CVE-2026-31431, ticket 4711"));
        assertThat(first.cves()).containsExactly("CVE-2026-31431");
        assertThat(first.until()).isEqualTo(new Until.Fixed());
        assertThat(policy.entries().get(1).cves()).containsExactly("CVE-2026-43284");
        assertThat(policy.entries().get(2).mode()).isEqualTo(PolicyEntry.Mode.OBSERVE);
        assertThat(policy.entries().get(3).until())
                .isEqualTo(new Until.Time(Instant.parse("2026-12-31T17:00:00Z"), "2026-12-31T18:00:00+01:00"));
    }

    /** The agent of a fleet writes entries that it has read elsewhere. */
    @Test
    void anEntryThatIsWrittenIsReadAsItWas() throws IOException {
        List<PolicyEntry> entries = read("""
                - {symbol: "m:f", retval: -EPERM, when: "comm == 'x'", unread: pass, reason: "it's CVE-2026-1234", until: fixed}
                - {cve: CVE-2026-43284, until: "2026-12-31T18:00:00Z"}
                - {symbol: g, mode: observe}
                - {symbol: h, retval: 7, mode: observe}
                """).entries();
        assertThat(entries).hasSize(4);
        StringBuilder text = new StringBuilder();
        entries.forEach(e -> text.append(PolicyText.of(e)));
        Policy again = read(text.toString());
        assertThat(again.problems()).isEmpty();
        assertThat(again.entries())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("line")
                .isEqualTo(entries);
    }

    @Test
    void aDateIsTheDaysBeginningHere() {
        assertThat(Until.parse("2026-12-31", ZoneId.of("Asia/Tokyo")))
                .contains(new Until.Time(Instant.parse("2026-12-30T15:00:00Z"), "2026-12-31"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            - {retval: -1}                                  | 1: cve: an entry has a symbol or a cve
            - {symbol: f, cve: CVE-2026-31431, retval: -1}  | 1: cve: there is a symbol: one or the other
            - {symbol: f}                                   | 1: retval: what is f to return? This key is missing
            - {symbol: f+0x10, retval: -1}                  | 1: symbol: 'f+0x10' is not a function's name as in /proc/kallsyms, or <module>:<function>
            - {symbol: f, retval: EPERM}                    | 1: retval: 'EPERM' is not a return value: a number, or an errno's name as -EPERM
            - {symbol: f, retval: -1, mode: kill}           | 1: mode: 'kill' is not engage or observe
            - {symbol: f, retval: -1, unread: pass}         | 1: unread: it says something of 'when', which is missing
            - {symbol: f, retval: -1, until: fixed}         | 1: until: what is to be fixed? The reason has to name a CVE
            - {symbol: f, retval: -1, until: tomorrow}      | 1: until: 'tomorrow' is not fixed, a date as 2026-12-31, or a time as 2026-12-31T18:00:00Z
            - {symbol: f, retval: -1, untill: fixed}        | 1: untill: unknown key
            - {cve: CVE-26-1}                               | 1: cve: 'CVE-26-1' is not a CVE's number, as CVE-2026-31431
            - {cve: CVE-2026-31431, retval: -1}             | 1: retval: this is the catalogue's to say; name the symbol instead of the cve
            symbol: f                                       | 1: a list of entries belongs here, each with a '-'
            - f                                             | 1: a mapping of keys to values belongs here
            '- {symbol: f, retval: -1'                      | 1: not YAML: expected ',' or '}', but got <stream end>
            """)
    void whatIsWrongIsSaidInOneLineWithItsPlace(String text, String problem) throws IOException {
        assertThat(read(text).problems()).containsExactly(folder + "/p.yaml:" + problem);
    }

    @Test
    void whatIsWrongDoesNotKeepTheRestOut() throws IOException {
        Files.writeString(
                folder.resolve("a.yaml"), "- {symbol: f, retval: -1}\n- {symbol: g}\n- {symbol: h, retval: 0}\n");
        Files.writeString(folder.resolve("b.yaml"), "\n- {symbol: f, retval: -2}\n");
        Files.writeString(folder.resolve("c.yaml"), "# nothing yet\n");
        Files.writeString(folder.resolve(".a.yaml.17"), "- [\n");
        Files.writeString(folder.resolve("a.yaml.bak"), "- [\n");
        Policy policy = Policy.read(folder, ZoneOffset.UTC);
        assertThat(policy.entries()).hasSize(2);
        assertThat(policy.problems())
                .containsExactly(
                        folder + "/a.yaml:2: retval: what is g to return? This key is missing",
                        folder + "/b.yaml:2: f is in the policy already, at " + folder + "/a.yaml:1");
    }

    @Test
    void noFolderIsAnEmptyPolicy() {
        assertThat(Policy.read(folder.resolve("none"), ZoneOffset.UTC)).isEqualTo(new Policy(List.of(), List.of()));
    }
}
