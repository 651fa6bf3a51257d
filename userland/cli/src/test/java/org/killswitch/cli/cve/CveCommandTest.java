// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.cve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.cli.Errors;
import org.killswitch.cli.FakeHost;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CveCommandTest {

    private static final String ENTRY = """
            cve: CVE-2026-31431
            names: [Copy Fail]
            summary: An AEAD request writes to pages that it only borrowed.
            reach: any-user
            reach-note: A socket is enough.
            affected: [{introduced: "4.14", fixed: "6.1.170"}]
            files: [crypto/algif_aead.c]
            module: algif_aead
            engagements:
              - kernels: ">=6.0"
                functions: [{symbol: "af_alg:alg_bind", retval: -EPERM}]
                why: Its caller tests it.
                breaks: AF_ALG.
            does-not-undo: Pages that were written to.
            references: ["https://example.org/"]
            """;

    private static final String GUARDED = ENTRY.replace("CVE-2026-31431", "CVE-2026-10000")
            .replace("[Copy Fail]", "[Other]")
            .replace("retval: -EPERM", "retval: -EPERM, when: arg2 == 88");

    private static final String RECORD = """
            {"containers": {"cna": {"title": "esp: a flaw", "affected": [{"programFiles": ["net/ipv4/esp4.c"]}]}}}
            """;

    @TempDir
    private Path folder;

    private FakeHost host;

    @BeforeEach
    void aHostWithAnAffectedKernel() throws IOException {
        host = new FakeHost(folder.resolve("module"));
        write("catalogue/CVE-2026-31431.yaml", ENTRY);
        write("root/proc/sys/kernel/osrelease", "6.1.0-40-amd64\n");
        write("root/proc/sys/kernel/version", "#1 SMP Debian 6.1.164-1 (2026-03-08)\n");
        write(
                "root/lib/modules/6.1.0-40-amd64/modules.dep",
                "kernel/crypto/algif_aead.ko:\nkernel/net/ipv4/esp4.ko:\n");
        write("root/lib/modules/6.1.0-40-amd64/modules.builtin", "");
        write("vulns/cve/published/2026/CVE-2026-43284.dyad", "4.11:aaaa:6.1.172:bbbb\n");
        write("vulns/cve/published/2026/CVE-2026-43284.json", RECORD);
        write("vulns/cve/published/2026/CVE-2026-20000.dyad", "4.11:aaaa:6.1.100:bbbb\n");
        write("vulns/cve/published/2026/CVE-2026-20000.json", RECORD);
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private int run(String... args) {
        host.out.getBuffer().setLength(0);
        host.err.getBuffer().setLength(0);
        CvePlaces places = new CvePlaces(
                folder.resolve("root"),
                List.of(folder.resolve("catalogue"), folder.resolve("own")),
                folder.resolve("data"));
        CommandLine cve = CveCommand.create(host.host(), places);
        return Errors.reportTo(host.host(), cve).execute(args);
    }

    private void engage() throws IOException {
        write("root/sys/kernel/security/killswitch/engaged", "af_alg:alg_bind retval=-1 hits=0\n");
        write("root/sys/kernel/security/killswitch/pending", "");
        for (String file : List.of("state:engaged", "timeout_left:0", "backend:ftrace", "reason:")) {
            String[] parts = file.split(":", 2);
            write("root/sys/kernel/security/killswitch/fn/af_alg:alg_bind/" + parts[0], parts[1] + "\n");
        }
    }

    @Test
    void listSaysWhatTheVerdictIsAndWhatIsEngaged() throws IOException {
        write("catalogue/CVE-2026-10000.yaml", GUARDED.replace("6.1.170", "6.1.100"));
        assertThat(run("list")).isZero();
        assertThat(host.out.toString().lines())
                .containsExactly(
                        "CVE             NAME       VERDICT   ENGAGED",
                        "CVE-2026-10000  Other      fixed     no",
                        "CVE-2026-31431  Copy Fail  affected  no");
        assertThat(run("list", "--affected", "--json")).isZero();
        JsonNode cves = new JsonMapper().readTree(host.out.toString()).get("cves");
        assertThat(cves).hasSize(1);
        assertThat(cves.get(0).get("verdict").asString()).isEqualTo("affected");
        assertThat(cves.get(0).get("reachable").asString()).isEqualTo("any_user");
    }

    @Test
    void scanTellsByItsExitStatus() throws IOException {
        assertThat(run("scan")).isEqualTo(4);
        assertThat(host.out.toString()).startsWith("""
                        1 of 1 entries of the catalogue are open here; 0 are mitigated, 0 unknown
                        Open in code that is loaded: 0; in code that any user can load: 1
                        Data: no records of the kernel's CNA are imported, no data of debian is imported
                        """);
        engage();
        assertThat(run("scan")).isEqualTo(3);
        write("catalogue/CVE-2026-31431.yaml", ENTRY.replace("6.1.170", "6.1.164"));
        assertThat(run("scan")).isZero();
    }

    @Test
    void scanOfAllSaysFirstWhatMatters() throws IOException {
        assertThat(run("import", folder.resolve("vulns").toString())).isZero();
        assertThat(host.out).hasToString("2 CVEs from the kernel CNA's records\n");
        write(
                "root/var/lib/dpkg/status",
                "Package: linux-image-6.1.0-41-amd64\nStatus: install ok installed\nVersion: 6.1.170-1\n");
        assertThat(run("scan", "--all")).isEqualTo(4);
        assertThat(host.out.toString().lines())
                .startsWith(
                        "2 of 3 CVEs are open here; 0 are mitigated, 0 unknown",
                        "Open in code that is loaded: 0; in code that any user can load: 1",
                        "Open with an entry in the catalogue: 1",
                        "linux-image-6.1.0-41-amd64 6.1.170-1 is installed and fixes 1 of them: reboot")
                .anyMatch(l -> l.matches("CVE-2026-43284 +affected +not loaded +6.1.164 has it, .*"))
                .noneMatch(l -> l.startsWith("CVE-2026-20000"));
        assertThat(run("scan", "--all", "--json")).isEqualTo(4);
        JsonNode json = new JsonMapper().readTree(host.out.toString());
        assertThat(json.get("version").asInt()).isEqualTo(1);
        assertThat(json.get("cves")).hasSize(3);
        assertThat(json.at("/cves/0").propertyNames()).allMatch(n -> n.matches("[a-z_]+"));
        assertThat(json.get("counts").get("fixed").asInt()).isEqualTo(1);
    }

    @Test
    void showHasTheEntryAndTheEvidence() {
        assertThat(run("show", "CVE-2026-31431")).isZero();
        assertThat(host.out.toString())
                .startsWith("""
                        CVE-2026-31431 (Copy Fail): affected
                          kernel: 6.1.0-40-amd64 is Debian's linux 6.1.164-1
                        * upstream: 6.1.164 has it, since 4.14; fixed in 6.1.170
                        """)
                .contains("Engage: af_alg:alg_bind -1 (EPERM)\n", "Breaks: AF_ALG.\n", "Does not undo: Pages");
        assertThat(run("show", "--json", "CVE-2026-31431")).isZero();
        JsonNode json = new JsonMapper().readTree(host.out.toString());
        assertThat(json.at("/entry/engagements/0/functions/0/retval").asLong()).isEqualTo(-1);
        assertThat(json.at("/evidence/1/decides").asBoolean()).isTrue();
    }

    @Test
    void showSaysWhatWasVerifiedOfTheEntryAsItIs() throws IOException {
        write("catalogue/verified.json", """
                {"CVE-2026-31431": {
                  "5.10": {"version": "5.10.0-46-amd64", "package": "5.10.262-1", "outcome": "not here", "door": "d",
                           "engaged": [], "before": "not here: bind: ENOENT", "reason": "bind: ENOENT"},
                  "6.1": {"version": "6.1.0-40-amd64", "package": "6.1.164-1", "outcome": "closed", "door": "d",
                          "engaged": ["af_alg:alg_bind -1"], "before": "open", "during": "closed: bind: EPERM",
                          "after": "open"},
                  "6.12": {"version": "6.12.95-amd64", "package": "6.12.95-1", "outcome": "closed", "door": "d",
                           "engaged": ["af_alg:alg_bind -13"], "before": "open", "during": "closed: bind: EACCES",
                           "after": "open"}
                 },
                 "CVE-2026-10000": {"6.1": {"outcome": "failed", "door": "d", "engaged": [], "reason": "other"}}}
                """);
        assertThat(run("show", "CVE-2026-31431")).isZero();
        assertThat(host.out.toString().lines().filter(l -> l.startsWith("Verified: ")))
                .containsExactly(
                        "Verified: not here: bind: ENOENT; on 5.10.0-46-amd64 (5.10.262-1)",
                        "Verified: closed: bind: EPERM; on 6.1.0-40-amd64 (6.1.164-1, this kernel)");
        assertThat(run("show", "--json", "CVE-2026-31431")).isZero();
        JsonNode verified = new JsonMapper().readTree(host.out.toString()).get("verified");
        assertThat(verified).hasSize(2);
        assertThat(verified.get(1).get("outcome").asString()).isEqualTo("closed");
        assertThat(verified.get(1).get("package").asString()).isEqualTo("6.1.164-1");

        write("catalogue/verified.json", "{\"CVE-2026-31431\": {\"6.1\": {\"outcome\": \"perhaps\"}}}");
        assertThat(run("show", "CVE-2026-31431")).isEqualTo(1);
        assertThat(host.err.toString()).contains("verified.json: CVE-2026-31431 on 6.1: \"perhaps\" is no outcome");
    }

    @Test
    void showForAHostWithNothingButTheModule() throws IOException {
        assertThat(run("show", "--shell", "CVE-2026-31431")).isZero();
        assertThat(host.out)
                .hasToString(
                        "echo 'engage af_alg:alg_bind -1 # CVE-2026-31431' > /sys/kernel/security/killswitch/control\n");
        write("catalogue/CVE-2026-10000.yaml", GUARDED);
        assertThat(run("show", "--shell", "CVE-2026-10000")).isEqualTo(1);
        assertThat(host.err.toString()).contains("needs a guard", "--when 'arg2 == 88'");
        write("catalogue/CVE-2026-31431.yaml", ENTRY.replace(">=6.0", ">=6.5"));
        assertThat(run("show", "--shell", "CVE-2026-31431")).isEqualTo(1);
        assertThat(host.err.toString()).contains("the catalogue has none for this kernel");
    }

    @Test
    void whatNobodyKnowsIsSaid() throws IOException {
        assertThat(run("show", "cve-2026-1000")).isEqualTo(1);
        assertThat(host.err.toString()).contains("nothing is known about CVE-2026-1000");
        assertThat(run("show", "CVE-2026-1")).isEqualTo(2);
        assertThat(host.err.toString()).contains("'CVE-2026-1' is not the number of a CVE");
        assertThat(run("import", "")).isEqualTo(2);
        assertThat(host.err.toString()).contains("SOURCE is empty");
        assertThat(run("import", folder.resolve("root").toString())).isEqualTo(1);
        assertThat(host.err.toString()).contains("has nothing that can be imported");
        assertThat(run("import", "http://127.0.0.1/x")).isEqualTo(1);
        assertThat(host.err.toString()).contains("only https is fetched");
        write("own/CVE-2026-2.yaml", "cve: x\n");
        assertThat(run("list")).isZero();
        assertThat(host.err.toString()).contains("CVE-2026-2.yaml:1: cve: 'x' is not");
    }

    @Test
    void showOfWhatHasNoEntry() {
        assertThat(run("import", folder.resolve("vulns").toString())).isZero();
        assertThat(run("show", "CVE-2026-43284")).isZero();
        assertThat(host.out.toString()).contains("Title: esp: a flaw", "The catalogue has no entry for it.");
        assertThat(run("show", "--shell", "CVE-2026-43284")).isEqualTo(1);
    }

    @Test
    void applyEngagesWhatTheEntrySays() throws IOException {
        host.loaded();
        assertThat(run("apply", "CVE-2026-31431", "--dry-run")).isZero();
        assertThat(host.command()).isEmpty();
        assertThat(run("apply", "CVE-2026-31431")).isZero();
        assertThat(host.out).hasToString("+ af_alg:alg_bind returns -1 (EPERM) (CVE-2026-31431)\n");
        assertThat(host.command()).isEqualTo("engage af_alg:alg_bind -1 # CVE-2026-31431");
        assertThat(run("apply", "--for", "10m", "CVE-2026-31431")).isZero();
        assertThat(host.command()).isEqualTo("engagefor af_alg:alg_bind -1 600 # CVE-2026-31431");
        host.loaded("af_alg:alg_bind retval=-1 hits=0");
        assertThat(run("apply", "CVE-2026-31431")).isZero();
        assertThat(host.out).hasToString("  af_alg:alg_bind returns -1 (EPERM) already (CVE-2026-31431)\n");
        assertThat(host.command()).isEmpty();
    }

    @Test
    void applyShowsFirstWhatCheckSays() throws IOException {
        host.loaded();
        String function = "0000000000000000 t alg_bind\t[af_alg]\n";
        host.file("/proc/kallsyms", function);
        assertThat(run("apply", "CVE-2026-31431", "--dry-run")).isZero();
        assertThat(host.err.toString()).isEmpty();
        host.file("/proc/kallsyms", function + function.replace("bind", "bind.part.0"));
        for (String dry : List.of("--dry-run", "CVE-2026-31431")) {
            assertThat(run("apply", "CVE-2026-31431", dry)).isZero();
            assertThat(host.err.toString())
                    .startsWith("killswitch: warning: af_alg:alg_bind: the compiler also made alg_bind.part.0 of it")
                    .hasLineCount(1);
        }
        assertThat(run("apply", "CVE-2026-31431", "--observe")).isZero();
        assertThat(host.err.toString()).isEmpty();
    }

    @Test
    void retireEndsWhatIsFixedAndSaysWhenToReboot() throws IOException {
        host.loaded("af_alg:alg_bind retval=-1 hits=0");
        host.reason("af_alg:alg_bind", "CVE-2026-31431");
        host.file("/etc/killswitch/policy.d/a.yaml", "# mine\n- cve: CVE-2026-31431\n");
        assertThat(run("retire")).isZero();
        assertThat(host.out).hasToString("there is nothing to retire\n");
        write(
                "root/var/lib/dpkg/status",
                "Package: linux-image-6.1.0-41-amd64\nStatus: install ok installed\nVersion: 6.1.170-1\n");
        assertThat(run("retire")).isZero();
        assertThat(host.out)
                .hasToString(
                        "CVE-2026-31431: linux-image-6.1.0-41-amd64 6.1.170-1 is installed and has the fix: reboot\n");
        assertThat(host.command()).isEmpty();
        assertThat(host.run("status")).isZero();
        assertThat(host.out.toString()).endsWith("is installed and has the fix: reboot\n");
        write("catalogue/CVE-2026-31431.yaml", ENTRY.replace("6.1.170", "6.1.164"));
        assertThat(run("retire")).isZero();
        assertThat(host.out.toString())
                .contains("a.yaml:2: over: CVE-2026-31431 is fixed: ", "af_alg:alg_bind runs its own code again\n");
        assertThat(host.command()).isEqualTo("disengage af_alg:alg_bind");
        assertThat(host.files.path("/etc/killswitch/policy.d/a.yaml")).hasContent("# mine\n");
    }
}
