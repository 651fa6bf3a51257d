// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.catalogue.facts.HostFacts;
import org.killswitch.catalogue.verdict.CveData;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.posix.Architecture;

/** What a policy means on a kernel: Debian's 6.1.164, for which the catalogue has an entry or two. */
class ResolverTest {

    private static final String ENTRY = """
            cve: CVE-2026-31431
            summary: An AEAD request writes to pages that it only borrowed.
            reach: any-user
            reach-note: A socket is enough.
            affected: [{introduced: "4.14", fixed: "6.1.170"}]
            files: [crypto/algif_aead.c]
            module: algif_aead
            engagements:
              - kernels: ">=6.0"
                functions:
                  - {symbol: "af_alg:alg_bind", retval: -EPERM}
                  - {symbol: "af_alg:alg_accept", retval: -EPERM, when: uid != 0}
                why: Its caller tests it.
                breaks: AF_ALG.
            references: ["https://example.org/"]
            """;

    @TempDir
    private Path folder;

    private Instant now = Instant.parse("2026-06-01T00:00:00Z");

    @BeforeEach
    void aHostWithAnAffectedKernel() throws IOException {
        write("catalogue/CVE-2026-31431.yaml", ENTRY);
        write("catalogue/CVE-2026-10000.yaml", ENTRY.replace("31431", "10000").replace("6.1.170", "6.1.100"));
        write(
                "catalogue/CVE-2026-20000.yaml",
                ENTRY.replace("31431", "20000")
                        .replace("uid != 0", "pid == 1")
                        .replace("module: algif_aead", "config: []"));
        write(
                "catalogue/CVE-2026-30000.yaml",
                ENTRY.replace("31431", "30000")
                        .replaceAll("(?s)engagements:.*references", "no-engagement: No way.\nreferences"));
        write(
                "catalogue/CVE-2026-40000.yaml",
                ENTRY.replace("31431", "40000").replace("algif_aead", "nothere").replace("crypto/", "drivers/"));
        write("root/proc/sys/kernel/osrelease", "6.1.0-40-amd64\n");
        write("root/proc/sys/kernel/version", "#1 SMP Debian 6.1.164-1 (2026-03-08)\n");
        write("root/lib/modules/6.1.0-40-amd64/modules.dep", "kernel/crypto/algif_aead.ko:\n");
        write("root/lib/modules/6.1.0-40-amd64/modules.builtin", "");
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Resolver resolver() {
        CvePlaces places =
                new CvePlaces(folder.resolve("root"), List.of(folder.resolve("catalogue")), folder.resolve("data"));
        return new Resolver(
                () -> CveData.read(places, c -> true, new PrintWriter(System.err, true, StandardCharsets.UTF_8)),
                new HostFacts(folder.resolve("root"), Architecture.X86_64),
                now);
    }

    private Policy policy(String text) throws IOException {
        write("policy.d/p.yaml", text);
        return Policy.read(folder.resolve("policy.d"), ZoneOffset.UTC);
    }

    private Resolution resolve(String text) throws IOException {
        return resolver().resolve(policy(text));
    }

    private String at(int line) {
        return folder.resolve("policy.d/p.yaml") + ":" + line;
    }

    @Test
    void aCveIsWhatTheCatalogueEngagesAgainstIt() throws IOException {
        Resolution found = resolve("- {cve: CVE-2026-31431, reason: ticket 1}\n");
        assertThat(found.problems()).isEmpty();
        assertThat(found.desired())
                .extracting(Desired::effect)
                .containsExactly("engage af_alg:alg_bind -1", "engage af_alg:alg_accept -1 when uid != 0");
        assertThat(found.desired().getFirst().reason().orElseThrow().text()).isEqualTo("CVE-2026-31431: ticket 1");
        assertThat(resolve("- {cve: CVE-2026-31431, mode: observe}\n").desired())
                .extracting(Desired::effect)
                .containsExactly("observe af_alg:alg_bind", "observe af_alg:alg_accept when uid != 0");
    }

    @Test
    void whereAModuleIsBuiltInItsFunctionsAreTheKernels() throws IOException {
        write("root/lib/modules/6.1.0-40-amd64/modules.builtin", "kernel/crypto/af_alg.ko\n");
        assertThat(resolve("- cve: CVE-2026-31431\n- {symbol: af_alg:f, retval: 0}\n- {symbol: m:f, retval: 0}\n")
                        .desired())
                .extracting(Desired::effect)
                .containsExactly(
                        "engage alg_bind -1", "engage alg_accept -1 when uid != 0", "engage f 0", "engage m:f 0");
    }

    @Test
    void twoThatWantTheSameFunction() throws IOException {
        Resolution found = resolve("- cve: CVE-2026-31431\n- cve: CVE-2026-20000\n");
        assertThat(found.desired())
                .extracting(Desired::effect)
                .containsExactly(
                        "engage af_alg:alg_bind -1", "engage af_alg:alg_accept -1 when (uid != 0) || (pid == 1)");
        assertThat(resolve("- cve: CVE-2026-31431\n- {symbol: af_alg:alg_accept, retval: -1}\n")
                        .desired())
                .extracting(Desired::effect)
                .contains("engage af_alg:alg_accept -1");
    }

    @Test
    void whatCannotBeFollowedIsAProblem() throws IOException {
        Resolution found = resolve("- cve: CVE-2026-30000\n- cve: CVE-2026-1111\n- {symbol: f, retval: -1}\n");
        assertThat(found.problems())
                .containsExactly(
                        at(1) + ": CVE-2026-30000 has no clean engagement: No way.",
                        at(2) + ": nothing is known of CVE-2026-1111; see killswitch cve import");
        assertThat(found.desired()).hasSize(1);
    }

    @Test
    void whatIsNotInThisKernelWantsNothing() throws IOException {
        Resolution found = resolve("- cve: CVE-2026-40000\n");
        assertThat(found.problems()).isEmpty();
        assertThat(found.desired()).isEmpty();
        assertThat(found.notes()).singleElement().asString().contains("CVE-2026-40000 is not present here");
    }

    @Test
    void untilFixed() throws IOException {
        Resolution found = resolve("""
                - {cve: CVE-2026-31431, until: fixed}
                - {symbol: f, retval: -1, reason: CVE-2026-10000, until: fixed}
                - {symbol: g, retval: -1, reason: CVE-2026-10000 and CVE-2026-31431, until: fixed}
                """);
        assertThat(found.over()).extracting(o -> o.entry().line()).containsExactly(2);
        assertThat(found.desired())
                .extracting(d -> d.symbol().text())
                .containsExactly("af_alg:alg_bind", "af_alg:alg_accept", "g");
        assertThat(found.over().getFirst().toString()).startsWith(at(2) + ": over: CVE-2026-10000 is fixed: ");
    }

    /** It is closed rather than open. */
    @Test
    void whatIsNotKnownToBeFixedIsNot() throws IOException {
        Resolution found = resolve("- {symbol: f, retval: -1, reason: CVE-2026-1111, until: fixed}\n");
        assertThat(found.problems()).isEmpty();
        assertThat(found.desired()).hasSize(1);
        assertThat(found.notes()).singleElement().asString().startsWith(at(1) + ": not known to be fixed: nothing is");
    }

    @Test
    void untilADate() throws IOException {
        String text = "- {symbol: f, retval: -1, until: 2026-06-02}\n";
        assertThat(resolve(text).desired()).hasSize(1);
        now = Instant.parse("2026-06-02T00:00:00Z");
        assertThat(resolve(text).desired()).isEmpty();
        assertThat(resolve(text).over()).hasSize(1);
    }

    @Test
    void retireEndsWhatIsFixed() throws Exception {
        Actual byHand = new Actual(
                Samples.symbol("h"),
                Samples.engage("h", -1).retval(),
                Actual.Life.KEPT,
                false,
                Optional.empty(),
                Optional.of("CVE-2026-10000"));
        List<Actual> state = List.of(
                Samples.engaged("f", -1), byHand, Samples.engaged("af_alg:alg_bind", -1), Samples.engaged("mine", -1));
        Policy policy = policy("""
                # keep
                - {symbol: f, retval: -1, reason: CVE-2026-10000}
                - {cve: CVE-2026-31431, until: fixed}
                """);
        Retirement none = Retirement.of(policy, resolver(), state, false);
        assertThat(none.ends()).isEmpty();
        Retirement found = Retirement.of(policy, resolver(), state, true);
        assertThat(found.ends()).extracting(a -> a.symbol().text()).containsExactly("f", "h");
        PolicyEdit.remove(found.over());
        assertThat(folder.resolve("policy.d/p.yaml")).hasContent("# keep\n- {cve: CVE-2026-31431, until: fixed}\n");
        assertThat(found.reboots()).isEmpty();
        write(
                "root/var/lib/dpkg/status",
                "Package: linux-image-6.1.0-41-amd64\nStatus: install ok installed\nVersion: 6.1.170-1\n");
        assertThat(Retirement.of(policy, resolver(), state, true).reboots())
                .containsExactly(
                        "CVE-2026-31431: linux-image-6.1.0-41-amd64 6.1.170-1 is installed and has the fix: reboot");
    }

    /** What another entry still wants stays, although the one that is over wanted it, too. */
    @Test
    void whatIsStillWantedStays() throws IOException {
        Policy policy = policy("- {cve: CVE-2026-10000}\n- {cve: CVE-2026-31431}\n");
        Retirement found = Retirement.of(policy, resolver(), List.of(Samples.engaged("af_alg:alg_bind", -1)), true);
        assertThat(found.over()).hasSize(1);
        assertThat(found.ends()).isEmpty();
    }
}
