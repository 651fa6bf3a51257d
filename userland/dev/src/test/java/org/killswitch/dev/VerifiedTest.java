// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.killswitch.catalogue.Catalogue;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.data.ImportException;
import org.killswitch.catalogue.data.Verification;
import org.killswitch.catalogue.data.Verification.Outcome;
import org.killswitch.catalogue.data.VerifiedFile;
import org.killswitch.catalogue.version.DebianVersion;
import org.killswitch.catalogue.version.UpstreamVersion;

/** What was verified is of the catalogue as it is now. Where it is not: script/dev verify. */
class VerifiedTest {

    private static final Path MITIGATIONS = Path.of("../../mitigations");

    /** Those on which each entry with a door has to have been tried. */
    private static final List<String> KERNELS = List.of("5.10", "6.1", "6.12", "newest", "6.12-arm64");

    private static final int ENTRIES_WITH_DOORS = 25;

    private final List<Entry> entries = Catalogue.read(List.of(MITIGATIONS)).entries().values().stream()
            .filter(e -> e.door().isPresent())
            .toList();

    private final List<Verification> verified;

    VerifiedTest() throws ImportException {
        verified = VerifiedFile.read(MITIGATIONS, cve -> true);
    }

    @Test
    void eachEntryWithADoorHasARowForEachKernel() {
        assertThat(entries).hasSizeGreaterThanOrEqualTo(ENTRIES_WITH_DOORS);
        for (String kernel : KERNELS) {
            assertThat(verified.stream().filter(v -> v.kernel().equals(kernel)).map(Verification::cve))
                    .as(kernel)
                    .containsExactlyElementsOf(entries.stream().map(Entry::cve).toList());
        }
    }

    @Test
    void whatWasEngagedIsWhatTheEntriesSay() {
        for (Verification v : verified) {
            Entry entry = entries.stream()
                    .filter(e -> e.cve().equals(v.cve()))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(v.cve() + " has no door, or no entry"));
            String what = v.cve() + " on " + v.kernel();
            assertThat(entry.door()).as(what).hasValue(v.door());
            UpstreamVersion version = DebianVersion.parse(v.packageVersion())
                    .flatMap(DebianVersion::kernel)
                    .orElseThrow();
            List<List<String>> engagements = entry.engagementsFor(version).stream()
                    .map(e -> e.functions().stream().map(Verification::text).toList())
                    .toList();
            assertThat(engagements.isEmpty() ? List.of(List.of()) : engagements)
                    .as(what)
                    .contains(v.engaged());
        }
    }

    @Test
    void closedIsWhatWasOpenBeforeAndAfter() {
        assertThat(verified).allSatisfy(v -> {
            if (v.outcome() == Outcome.CLOSED) {
                assertThat(v.before()).isEqualTo("open");
                assertThat(v.during()).startsWith("closed: ");
                assertThat(v.after()).isEqualTo("open");
            } else {
                assertThat(v.reason()).isPresent();
            }
        });
        assertThat(verified.stream()
                        .filter(v -> v.outcome() == Outcome.CLOSED)
                        .map(Verification::cve)
                        .distinct())
                .hasSizeGreaterThanOrEqualTo(ENTRIES_WITH_DOORS);
    }

    @Test
    void theFilesAreAsTheyAreWritten() throws IOException {
        List<Verification> ordered = VerifiedTable.ordered(entries, verified);
        assertThat(MITIGATIONS.resolve(VerifiedFile.NAME)).hasContent(VerifiedTable.json(ordered));
        assertThat(Files.readString(Path.of("../..").resolve(VerifiedTable.FILE)))
                .isEqualTo(VerifiedTable.markdown(entries, ordered));
    }

    @Test
    void theTableTellsWhatWasNotClosed() {
        Entry entry = entries.getFirst();
        Verification failed = new Verification(
                entry.cve(),
                "6.12",
                "6.12.95-amd64",
                "6.12.95-1",
                entry.door().orElseThrow(),
                Outcome.FAILED,
                List.of(),
                "open",
                "open",
                "open",
                Optional.of("the engagement does not close the door"));
        assertThat(VerifiedTable.markdown(List.of(entry), List.of(failed)))
                .contains("| " + entry.cve() + " | `" + failed.door() + "` | failed |\n")
                .contains("6.12 is Debian's 6.12.95-1.")
                .contains("`: failed: the engagement does not close the door (" + entry.cve() + ")\n");
    }
}
