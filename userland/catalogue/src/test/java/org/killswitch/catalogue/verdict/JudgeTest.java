// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.EntryException;
import org.killswitch.catalogue.EntryReader;
import org.killswitch.catalogue.HostFiles;
import org.killswitch.catalogue.data.CveRecord;
import org.killswitch.catalogue.data.DistroIndex;
import org.killswitch.catalogue.data.ImportException;
import org.killswitch.catalogue.data.Imports;
import org.killswitch.catalogue.version.FixRange;
import org.killswitch.catalogue.version.UpstreamVersion;

class JudgeTest {

    private static final String ALGIF_AEAD = """
            cve: CVE-2026-31431
            summary: s
            reach: any-user
            reach-note: n
            affected:
              - {introduced: "4.14", fixed: "5.10.254"}
              - {introduced: "4.14", fixed: "6.1.170"}
              - {introduced: "4.14", fixed: "6.12.85"}
              - {introduced: "4.14", fixed: "6.19.12"}
              - {introduced: "4.14", fixed: "7.0"}
            files: [crypto/algif_aead.c]
            config: [CONFIG_CRYPTO_USER_API_AEAD]
            module: algif_aead
            fixed-functions: [_aead_recvmsg]
            engagements:
              - {functions: [{symbol: "af_alg:alg_bind", retval: -EPERM}], why: w, breaks: b}
            other-measures: [{measure: m, sysctl: crypto.af_alg_restrict=1}]
            references: ["https://example.org/"]
            """;

    private static final String RXRPC = """
            cve: CVE-2026-43500
            summary: s
            reach: user-namespace
            reach-note: n
            affected: [{introduced: "5.3", fixed: "6.1.190"}, {introduced: "5.3", fixed: "7.1"}]
            files: [net/rxrpc/input.c]
            engagements:
              - functions: [{symbol: rxrpc_a, retval: -EPERM}, {symbol: rxrpc_b, retval: 0}]
                why: w
                breaks: b
            references: ["https://example.org/"]
            """;

    private static final String TRACKER = """
            {"linux": {
              "CVE-2026-31431": {"releases": {
                "bookworm": {"status": "resolved", "fixed_version": "6.1.164-2", "repositories": {"bookworm": "6.1.164-2"}},
                "bullseye": {"status": "open", "repositories": {"bullseye": "5.10.223-1"}},
                "trixie": {"status": "resolved", "fixed_version": "6.12.74-2", "repositories": {"trixie": "6.12.74-2"}}}},
              "CVE-2026-43284": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "0"}}},
              "CVE-2026-43500": {"releases": {"bookworm": {"status": "open"}}},
              "CVE-2026-1": {"releases": {"bullseye": {"status": "resolved", "fixed_version": "5.10.226-1"}}},
              "CVE-2026-2": {"releases": {"bookworm": {"status": "undetermined"}}}},
             "linux-6.1": {"CVE-2026-31431": {"releases": {"bullseye": {"status": "open"}}}}}
            """;

    private static final String UBUNTU = """
            {"id": "UBUNTU-CVE-2026-31431", "affected": [
              {"package": {"ecosystem": "Ubuntu:24.04:LTS", "name": "linux"},
               "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "6.8.0-60.63"}]}]},
              {"package": {"ecosystem": "Ubuntu:24.04:LTS", "name": "linux-hwe-6.11"},
               "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}
            """;

    @TempDir
    private Path folder;

    private Entry entry(String text) throws IOException, EntryException {
        Path file = folder.resolve(text.lines().findFirst().orElseThrow().substring("cve: ".length()) + ".yaml");
        return EntryReader.read(Files.writeString(file, text));
    }

    private static Subject record(String cve, String file, String ranges) {
        List<FixRange> parsed = Stream.of(ranges.split(" ", -1))
                .map(r -> r.split(":", -1))
                .map(r -> new FixRange(
                        UpstreamVersion.parse(r[0]), UpstreamVersion.parse(r[1]), r.length > 2 ? r[2] : ""))
                .toList();
        return Subject.of(new CveRecord(cve, "t", "", List.of(file.split(",", -1)), parsed));
    }

    private Subject subject(Situations.Flaw flaw) throws IOException, EntryException {
        return switch (flaw) {
            case ALGIF_AEAD -> Subject.of(entry(ALGIF_AEAD), Optional.empty());
            case GUARDED ->
                Subject.of(
                        entry(ALGIF_AEAD
                                .replace("2026-31431", "2026-10000")
                                .replace("retval: -EPERM", "retval: -EPERM, when: \"uid != 0\"")),
                        Optional.empty());
            case RXRPC -> Subject.of(entry(RXRPC), Optional.empty());
            case ESP ->
                record(
                        "CVE-2026-43284",
                        "net/ipv4/esp4.c,net/ipv6/esp6.c",
                        "4.11:5.15.205 4.11:5.15.206 4.11:6.1.171:5d55c7336f80 4.11:6.1.172:8253aab4659c 4.11:7.1");
            case BROUGHT_BY_BACKPORT -> record("CVE-2026-1", "net/ipv4/esp4.c", "5.10.224:5.10.226 6.11:6.12");
            case OTHER_ARCHITECTURE -> record("CVE-2026-3", "arch/s390/kvm/kvm-s390.c", "4.11:7.1");
            case CORE -> record("CVE-2026-4", "net/core/skbuff.c,include/linux/skbuff.h", "4.11:7.1");
            case XHCI -> record("CVE-2026-5", "drivers/usb/host/xhci-ring.c", "4.11:7.1");
            case UNIX -> record("CVE-2026-7", "net/unix/garbage.c", "4.11:7.1");
            case TWO_OF_XHCI ->
                record("CVE-2026-6", "drivers/usb/host/xhci-ring.c,drivers/usb/host/ehci-q.c", "4.11:7.1");
            case XHCI_AND_ESP4 -> record("CVE-2026-8", "drivers/usb/host/xhci-ring.c,net/ipv4/esp4.c", "4.11:7.1");
            case ONLY_IN_TRACKER ->
                Subject.of(new CveRecord("CVE-2026-2", "t", "", List.of("net/core/skbuff.c"), List.of()));
        };
    }

    private Map<String, DistroIndex> distributions() throws IOException, ImportException {
        Path state = folder.resolve("state");
        Imports.read(Files.writeString(folder.resolve("t.json"), TRACKER), "t", state, Instant.EPOCH);
        Imports.read(Files.writeString(folder.resolve("u.json"), UBUNTU), "u", state, Instant.EPOCH);
        Map<String, DistroIndex> all = new HashMap<>();
        for (String name : List.of("debian", "ubuntu")) {
            all.put(name, DistroIndex.read(state, name).orElseThrow());
        }
        return all;
    }

    private HostFiles host() {
        return new HostFiles(folder.resolve("root"));
    }

    static Stream<Situations.Situation> situations() {
        return Situations.all().stream();
    }

    @ParameterizedTest
    @MethodSource("situations")
    void judges(Situations.Situation situation) throws IOException, EntryException, ImportException {
        Map<String, DistroIndex> data = situation.hasTracker() ? distributions() : Map.of();
        Verdict verdict = new Judge(situation.host().apply(host()).facts(), data).judge(subject(situation.flaw()));
        assertThat(verdict.status()).as(verdict.evidence().toString()).isEqualTo(situation.status());
        assertThat(verdict.decisive().text()).as(verdict.evidence().toString()).contains(situation.evidence());
    }

    private Verdict algifAead(HostFiles files) throws IOException, EntryException {
        return new Judge(files.facts(), Map.of()).judge(subject(Situations.Flaw.ALGIF_AEAD));
    }

    private HostFiles open() {
        return host().debian("bookworm", "6.1.0-40-amd64", "6.1.164-1")
                .modules("kernel/crypto/algif_aead.ko: kernel/crypto/af_alg.ko\n", "");
    }

    @Test
    void saysThatTheFixedKernelWaitsForAReboot() throws IOException, EntryException {
        Verdict verdict = algifAead(open().installed("linux-image-6.1.0-41-amd64", "6.1.170-1", "linux-signed-amd64")
                .installed("linux-image-amd64", "6.1.170-1", "linux-signed-amd64"));
        assertThat(verdict.status()).isEqualTo(Status.AFFECTED);
        assertThat(verdict.reboot()).contains("linux-image-6.1.0-41-amd64 6.1.170-1");
    }

    @Test
    void aPackageThatReplacedTheRunningOneWaitsForAReboot() throws IOException, EntryException {
        Verdict verdict = algifAead(host().runs("6.1.0-40-amd64", "#1 SMP Debian 6.1.164-1 (2026-03-08)")
                .installed("linux-image-6.1.0-40-amd64", "6.1.170-1", "linux-signed-amd64")
                .modules("kernel/crypto/algif_aead.ko:\n", ""));
        assertThat(verdict.reboot()).contains("linux-image-6.1.0-40-amd64 6.1.170-1");
    }

    @Test
    void aRemovedOrAffectedKernelIsNoReasonToReboot() throws IOException, EntryException {
        Verdict verdict = algifAead(
                open().installed("linux-image-6.1.0-39-amd64", "6.1.160-1", "linux-signed-amd64")
                        .line(
                                "/var/lib/dpkg/status",
                                "Package: linux-image-6.1.0-41-amd64\nStatus: deinstall ok config-files\nVersion: 6.1.170-1\n"));
        assertThat(verdict.reboot()).isEmpty();
    }

    @Test
    void withoutDpkgTheNamesInLibModulesTell() throws IOException, EntryException {
        Verdict verdict = algifAead(host().runs("6.12.84-200.fc41.x86_64", "#1 SMP")
                .modules("kernel/crypto/algif_aead.ko:\n", "")
                .file("/lib/modules/6.12.86-200.fc41.x86_64/modules.dep", ""));
        assertThat(verdict.reboot()).contains("6.12.86-200.fc41.x86_64");
    }

    @Test
    void saysWhoCouldLoadIt() throws IOException, EntryException {
        assertThat(algifAead(open()).reachable()).isEqualTo(Verdict.Reachable.ANY_USER);
        assertThat(algifAead(open().file("/proc/modules", "algif_aead 16384 0 - Live 0x0\n"))
                        .reachable())
                .isEqualTo(Verdict.Reachable.LOADED);
        Judge judge = new Judge(
                open().modules("kernel/net/ipv4/esp4.ko:\nkernel/net/rxrpc/rxrpc.ko:\n", "")
                        .aliases("alias xfrm-type-2-50 esp4\nalias net-pf-33 rxrpc\n")
                        .facts(),
                Map.of());
        assertThat(judge.judge(subject(Situations.Flaw.ESP)).reachable()).isEqualTo(Verdict.Reachable.ON_DISK);
        assertThat(judge.judge(subject(Situations.Flaw.RXRPC)).reachable()).isEqualTo(Verdict.Reachable.ANY_USER);
    }

    @Test
    void whatDoesNotHelpIsSaidAllTheSame() throws IOException, EntryException {
        Verdict verdict = algifAead(open().file("/etc/modprobe.d/a.conf", "blacklist algif_aead\n")
                .engaged("alg_bind", -1, "probing")
                .livepatch("other", "1", "0", "f"));
        assertThat(verdict.evidence())
                .extracting(Evidence::text)
                .anyMatch(t -> t.contains("hides the module's aliases only"))
                .anyMatch(t -> t.contains("alg_bind is only probing"))
                .anyMatch(t -> t.contains("nothing says that it fixes this"));
    }

    @Test
    void choosesTheFirstEngagementWhoseFunctionsAreThere() throws IOException, EntryException {
        String symbols = """
                ffffffff81000000 T other
                ffffffff81000010 T __arm64_sys_f
                ffffffff81000020 t in_module\t[m]
                """;
        String one = "{functions: [{symbol: f, retval: -EPERM}], why: w, breaks: b}";
        String other = one.replace("symbol: f", "symbol: __arm64_sys_f");
        String inModule = one.replace("symbol: f", "symbol: \"m:not_loaded\"");
        assertThat(chosen(symbols, one, other)).isEqualTo("__arm64_sys_f");
        assertThat(chosen(symbols + "ffffffff81000030 t f\n", one, other)).isEqualTo("f");
        assertThat(chosen(symbols, inModule, other)).isEqualTo("m:not_loaded");
        assertThat(chosen(symbols, one)).isEqualTo("f");
        assertThat(chosen("", one, other)).as("nothing is known of symbols").isEqualTo("f");
    }

    private String chosen(String symbols, String... engagements) throws IOException, EntryException {
        Judge judge = new Judge(open().file("/proc/kallsyms", symbols).facts(), Map.of());
        Entry entry = entry(RXRPC.replaceFirst(
                "(?s)engagements:.*references", "engagements: [" + String.join(", ", engagements) + "]\nreferences"));
        return judge.choose(entry).orElseThrow().functions().getFirst().symbol().text();
    }

    @Test
    void theTableIsLongEnough() {
        assertThat(Situations.all()).hasSizeGreaterThanOrEqualTo(40);
    }
}
