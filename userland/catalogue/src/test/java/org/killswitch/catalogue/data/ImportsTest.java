// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.catalogue.RealData;
import org.killswitch.catalogue.version.FixRange;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class ImportsTest {

    private static final Instant NOW = Instant.parse("2026-08-21T12:00:00Z");

    private static final String DYAD = """
            # dyad version: 1.2.0
            # 	getting vulnerable:fixed pairs for git id 0123456789abcdef0123456789abcdef01234567
            4.11:1111111111111111111111111111111111111111:6.1.171:2222222222222222222222222222222222222222
            4.11:1111111111111111111111111111111111111111:6.1.172:3333333333333333333333333333333333333333
            4.11:1111111111111111111111111111111111111111:7.1:0123456789abcdef0123456789abcdef01234567
            4.9.1:4444444444444444444444444444444444444444:0:0
            0:0:6.6.138:5555555555555555555555555555555555555555
            """;

    private static final String RECORD = """
            {"containers": {"cna": {
              "affected": [
                {"product": "Linux", "programFiles": ["net/ipv4/esp4.c", "net/ipv6/esp6.c"], "versions": [{"version": "4.11"}]},
                {"product": "Linux", "programFiles": ["net/ipv4/esp4.c"]}],
              "metrics": [{"cvssV3_1": {"baseScore": 8.8, "vectorString": "CVSS:3.1/AV:L/AC:L"}}],
              "title": "xfrm: esp: a\\ttitle\\nof two lines"}},
             "dataType": "CVE_RECORD"}
            """;

    private static final String TRACKER = """
            {"bash": {"CVE-2026-1000": {"releases": {"bookworm": {"status": "open"}}}},
             "linux": {
               "TEMP-0000000-AAAAAA": {"releases": {"bookworm": {"status": "open"}}},
               "CVE-2026-1000": {"description": "d", "scope": "local", "releases": {
                 "bookworm": {"status": "resolved", "fixed_version": "6.1.170-1", "urgency": "not yet assigned",
                   "repositories": {"bookworm": "6.1.164-1", "bookworm-security": "6.1.170-1"}},
                 "trixie": {"status": "open", "nodsa": "Minor issue", "nodsa_reason": "", "urgency": "unimportant",
                   "repositories": {"trixie": "6.12.74-2"}},
                 "sid": {"status": "undetermined"},
                 "bullseye": {"status": "resolved", "fixed_version": "0", "repositories": {}}}}},
             "linux-6.1": {"CVE-2026-1000": {"releases": {"bullseye": {"status": "open"}}}},
             "linux-firmware": {"CVE-2026-1000": {"releases": {"bullseye": {"status": "open"}}}}}
            """;

    private static final String OSV_KERNEL = """
            {"schema_version": "1.7.3", "id": "CVE-2026-1001", "summary": "a flaw", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N"}],
             "affected": [{"package": {"ecosystem": "Linux", "name": "Kernel"},
               "ranges": [
                 {"type": "GIT", "events": [{"introduced": "abc"}, {"fixed": "def"}]},
                 {"type": "ECOSYSTEM", "events": [{"introduced": "4.14.0"}, {"fixed": "5.10.254"}, {"introduced": "5.11.0"},
                   {"fixed": "5.15.204"}, {"introduced": "5.16.0"}]}],
               "database_specific": {"affected_files": ["crypto/algif_aead.c"]}}]}
            """;

    private static final String OSV_UBUNTU = """
            {"id": "USN-1-1", "related": [], "upstream": ["CVE-2026-1001", "UBUNTU-CVE-2026-1002"],
             "affected": [
               {"package": {"ecosystem": "Ubuntu:24.04:LTS", "name": "linux"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "6.8.0-60.63"}]}]},
               {"package": {"ecosystem": "Ubuntu:24.04:LTS", "name": "linux-aws"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]},
               {"package": {"ecosystem": "Ubuntu:24.04:LTS", "name": "bash"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}
            """;

    @TempDir
    private Path folder;

    private List<Imports.Imported> read(Path source) throws ImportException {
        return Imports.read(source, "a test", folder.resolve("state/killswitch"), NOW);
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private KernelIndex kernel() throws ImportException {
        return KernelIndex.read(folder.resolve("state/killswitch"), c -> true).orElseThrow();
    }

    private DistroIndex distro(String name) throws ImportException {
        return DistroIndex.read(folder.resolve("state/killswitch"), name).orElseThrow();
    }

    private Path checkout() throws IOException {
        write("vulns/cve/published/2026/CVE-2026-1000.dyad", DYAD);
        write("vulns/cve/published/2026/CVE-2026-1000.json", RECORD);
        write("vulns/cve/published/2026/CVE-2026-1000.mbox", "From bippy");
        write("vulns/cve/published/2026/CVE-2026-1001.json", RECORD);
        write("vulns/cve/published/2026/CVE-2026-1002.dyad", "# nothing\n");
        write("vulns/cve/rejected/2026/CVE-2026-1003.json", RECORD);
        write("vulns/.git/a.json", "broken");
        return folder.resolve("vulns");
    }

    private void isTheCheckout() throws ImportException {
        CveRecord record = kernel().records().get("CVE-2026-1000");
        assertThat(kernel().records()).hasSize(1);
        assertThat(record.title()).isEqualTo("xfrm: esp: a title of two lines");
        assertThat(record.cvss()).isEqualTo("CVSS:3.1/AV:L/AC:L");
        assertThat(record.files()).containsExactly("net/ipv4/esp4.c", "net/ipv6/esp6.c");
        assertThat(record.ranges())
                .hasSize(5)
                .contains(
                        new FixRange(KernelIndex.version("4.11"), KernelIndex.version("6.1.172"), "333333333333"),
                        new FixRange(KernelIndex.version("4.9.1"), Optional.empty(), ""),
                        new FixRange(Optional.empty(), KernelIndex.version("6.6.138"), "555555555555"));
        assertThat(kernel().headers())
                .containsEntry("source", "a test")
                .containsEntry("imported", NOW.toString())
                .hasEntrySatisfying("licence", l -> assertThat(l).contains("MITRE's copyright designation"));
    }

    @Test
    void aCheckoutOfTheCnasRepository() throws IOException, ImportException {
        assertThat(read(checkout())).containsExactly(new Imports.Imported("the kernel CNA's records", 1, 2));
        isTheCheckout();
    }

    @Test
    void anArchiveOfIt() throws IOException, InterruptedException, ImportException {
        checkout();
        Path tar = folder.resolve("vulns.tar");
        Process process = new ProcessBuilder("tar", "-C", folder.toString(), "-cf", tar.toString(), "vulns/cve")
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
        byte[] bytes = Files.readAllBytes(tar);
        Path gz = folder.resolve("a.tar.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gz))) {
            out.write(bytes);
        }
        Path xz = folder.resolve("a.tar.xz");
        try (OutputStream out = new XZOutputStream(Files.newOutputStream(xz), new LZMA2Options(1))) {
            out.write(bytes);
        }
        for (Path archive : List.of(tar, gz, xz)) {
            assertThat(read(archive)).containsExactly(new Imports.Imported("the kernel CNA's records", 1, 2));
            isTheCheckout();
            Files.delete(folder.resolve("state/killswitch/kernel.tsv.gz"));
        }
    }

    @Test
    void longNamesInAnArchive() throws IOException, InterruptedException, ImportException {
        String deep = "a".repeat(60) + "/" + "b".repeat(60) + "/cve/published/2026/CVE-2026-1000";
        write("in/" + deep + ".dyad", DYAD);
        write("in/" + deep + ".json", RECORD);
        for (String format : List.of("gnu", "pax", "ustar")) {
            Path tar = folder.resolve(format + ".tar");
            Process process = new ProcessBuilder(
                            "tar",
                            "--format=" + format,
                            "-C",
                            folder.resolve("in").toString(),
                            "-cf",
                            tar.toString(),
                            ".")
                    .inheritIO()
                    .start();
            assertThat(process.waitFor()).isZero();
            assertThat(read(tar)).as(format).hasSize(1);
        }
    }

    @Test
    void theDebianTracker() throws IOException, ImportException {
        assertThat(read(write("tracker.json", TRACKER)))
                .containsExactly(new Imports.Imported("the Debian security tracker's data", 2, 0));
        DistroIndex debian = distro("debian");
        assertThat(debian.statuses("linux", "CVE-2026-1000"))
                .containsExactlyInAnyOrder(
                        new DistroStatus(
                                "bookworm", DistroStatus.State.FIXED, Optional.of("6.1.170-1"), Optional.empty()),
                        new DistroStatus(
                                "trixie", DistroStatus.State.OPEN, Optional.empty(), Optional.of("unimportant")),
                        new DistroStatus("sid", DistroStatus.State.UNDETERMINED, Optional.empty(), Optional.empty()),
                        new DistroStatus(
                                "bullseye", DistroStatus.State.NOT_AFFECTED, Optional.empty(), Optional.empty()));
        assertThat(debian.status("linux-6.1", "CVE-2026-1000", "bullseye")).isPresent();
        assertThat(debian.statuses("bash", "CVE-2026-1000")).isEmpty();
        assertThat(debian.statuses("linux-firmware", "CVE-2026-1000")).isEmpty();
        assertThat(debian.current("linux", "bookworm")).containsExactly("6.1.164-1", "6.1.170-1");
        assertThat(debian.suites("linux")).containsExactly("bookworm", "trixie");
    }

    @Test
    void osvRecordsAreAddedToWhatIsThere() throws IOException, ImportException {
        read(checkout());
        read(write("tracker.json", TRACKER));
        Path zip = folder.resolve("all.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (Map.Entry<String, String> file : new TreeMap<>(Map.of(
                            "CVE-2026-1001.json",
                            OSV_KERNEL,
                            "USN-1-1.json",
                            OSV_UBUNTU,
                            "DEBIAN-CVE-2026-1001.json",
                            OSV_UBUNTU
                                    .replace("USN-1-1", "DEBIAN-CVE-2026-1001")
                                    .replace("Ubuntu:24.04:LTS", "Debian:12"),
                            "other.json",
                            "{\"id\": \"GHSA-1\", \"affected\": []}",
                            "README",
                            "no json"))
                    .entrySet()) {
                out.putNextEntry(new ZipEntry(file.getKey()));
                out.write(file.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        assertThat(read(zip))
                .containsExactly(
                        new Imports.Imported("OSV records of the kernel", 1, 1),
                        new Imports.Imported("OSV records of debian", 2, 1),
                        new Imports.Imported("OSV records of ubuntu", 4, 1));
        assertThat(kernel().records()).containsOnlyKeys("CVE-2026-1000", "CVE-2026-1001");
        assertThat(kernel().records().get("CVE-2026-1001").ranges())
                .containsExactly(
                        new FixRange(KernelIndex.version("4.14"), KernelIndex.version("5.10.254"), ""),
                        new FixRange(KernelIndex.version("4.14"), KernelIndex.version("5.15.204"), ""),
                        new FixRange(KernelIndex.version("4.14"), Optional.empty(), ""));
        assertThat(kernel().records().get("CVE-2026-1001").files()).containsExactly("crypto/algif_aead.c");
        assertThat(distro("debian").status("linux", "CVE-2026-1001", "bookworm"))
                .contains(new DistroStatus(
                        "bookworm", DistroStatus.State.FIXED, Optional.of("6.8.0-60.63"), Optional.empty()));
        assertThat(distro("debian").status("linux", "CVE-2026-1000", "bookworm"))
                .isPresent();
        assertThat(distro("ubuntu").status("linux-aws", "CVE-2026-1002", "24.04"))
                .contains(new DistroStatus("24.04", DistroStatus.State.OPEN, Optional.empty(), Optional.empty()));
    }

    @Test
    void whatIsOfNoUseIsRefusedAndChangesNothing() throws IOException, ImportException {
        read(checkout());
        Path dyad = write("bad/cve/published/2026/CVE-2026-1.dyad", "4.11:xyz:6.1:0\n");
        refuses(
                dyad.getParent().getParent().getParent().getParent(),
                "CVE-2026-1.dyad:1: not VERSION:HASH:VERSION:HASH");
        refuses(write("a.json", "{\"id\": 1"), "a.json:1: not JSON");
        refuses(write("b.json", ""), "b.json is empty");
        refuses(write("c.json", "{\"a\": {\"CVE-2026-1\": {}}}"), "no source package linux");
        refuses(write("d.json", "{\"id\": \"x\", \"affected\": []}"), "nothing that can be imported");
        refuses(write("e.json", RECORD), "nothing that can be imported");
        refuses(write("f/cve/published/2026/CVE-2026-1.json", RECORD).getParent(), "nothing that can be imported");
        refuses(folder.resolve("absent"), "there is no ");
        isTheCheckout();
    }

    private void refuses(Path source, String why) {
        assertThatThrownBy(() -> read(source))
                .isInstanceOf(ImportException.class)
                .hasMessageContaining(why);
    }

    @Test
    void anArchiveThatEndsTooSoonChangesNothing() throws IOException, InterruptedException, ImportException {
        read(checkout());
        Path tar = folder.resolve("vulns.tar");
        new ProcessBuilder("tar", "-C", folder.toString(), "-cf", tar.toString(), "vulns/cve")
                .start()
                .waitFor();
        byte[] bytes = Files.readAllBytes(tar);
        int middle = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("dataType");
        try (OutputStream out = Files.newOutputStream(tar)) {
            out.write(bytes, 0, middle);
        }
        refuses(tar, "cannot be read");
        isTheCheckout();
    }

    @Test
    void aDamagedIndexSaysWhatToDo() throws IOException, ImportException {
        read(checkout());
        Path file = folder.resolve("state/killswitch/kernel.tsv.gz");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(this::kernel)
                .isInstanceOf(ImportException.class)
                .hasMessageContaining("import the data again");
        ByteArrayOutputStream other = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(other)) {
            out.write("# killswitch 0\n".getBytes(StandardCharsets.UTF_8));
        }
        Files.write(file, other.toByteArray());
        assertThatThrownBy(this::kernel).isInstanceOf(ImportException.class).hasMessageContaining("another version");
    }

    @Property(tries = 200)
    void whateverADyadHoldsIsReadOrRefused(@ForAll String noise, @ForAll int at) throws IOException {
        int position = Math.floorMod(at, DYAD.length());
        byte[] text = (DYAD.substring(0, position) + noise + DYAD.substring(position)).getBytes(StandardCharsets.UTF_8);
        VulnsImporter importer = new VulnsImporter();
        try {
            assertThat(importer.take("cve/published/2026/CVE-2026-1.dyad", new ByteArrayInputStream(text)))
                    .isTrue();
        } catch (ImportException e) {
            assertThat(e).hasMessageContaining("CVE-2026-1.dyad:");
        }
    }

    /** All 308 records of a part of the real repository, against what others made of them. */
    @Test
    void realRecords() throws IOException, ImportException {
        Path archive = RealData.file("vulns-sample.tar.xz");
        assertThat(read(archive)).containsExactly(new Imports.Imported("the kernel CNA's records", 308, 0));
        Map<String, CveRecord> records = kernel().records();
        Set<String> compared = new HashSet<>();
        RealData.forEachCve(row -> {
            CveRecord record = records.get(row.cve());
            if (record != null) {
                compared.add(row.cve());
                assertThat(record.files()).isEqualTo(row.files());
                assertThat(String.join(
                                ";",
                                record.ranges().stream()
                                        .map(r -> RealData.versions(r) + ":"
                                                + (r.fix().isEmpty() ? "0" : r.fix()))
                                        .toList()))
                        .isEqualTo(row.ranges());
                assertThat(record.cvss()).endsWith(row.cvss());
            }
        });
        assertThat(compared).hasSize(308);
    }
}
