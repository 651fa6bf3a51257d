// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.killswitch.catalogue.Catalogue;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.data.ImportException;
import org.killswitch.catalogue.data.Verification;
import org.killswitch.catalogue.data.VerifiedFile;
import org.killswitch.dev.Doors;
import org.killswitch.lab.KernelRelease;
import org.killswitch.lab.SourceTree;

/** The short form of "script/dev verify": the engagements close the doors, and the catalogue's table says so. */
@ParameterizedClass(name = "{0}")
@StockKernels
final class VerifyTest {

    private static final Path MITIGATIONS = Project.ROOT.resolve("mitigations");

    private final String kernel;

    VerifyTest(String kernel) {
        this.kernel = kernel;
    }

    @Test
    void whatIsVerifiedIsWhatTheTableSays() throws ImportException {
        List<Entry> entries = Catalogue.read(List.of(MITIGATIONS)).entries().values().stream()
                .filter(e -> e.door().isPresent())
                .toList();
        List<Verification> now = new Doors(Project.LAB, new SourceTree(Project.ROOT), Project.IMAGE)
                .verify(Project.kernel(kernel), entries, OutputStream.nullOutputStream());
        assertThat(now)
                .allSatisfy(v -> assertThat(v.outcome()).as(v.toString()).isNotEqualTo(Verification.Outcome.FAILED));
        // the table is of the stock kernel with the same flaws; what the lab builds of it has less
        String inTable =
                KernelRelease.named(kernel).origin() instanceof KernelRelease.Built built ? built.series() : kernel;
        boolean isBuilt = !inTable.equals(kernel);
        Map<String, String> table = outcomes(VerifiedFile.read(MITIGATIONS, cve -> true).stream()
                .filter(v -> v.kernel().equals(inTable))
                .toList());
        Map<String, String> here = outcomes(now.stream()
                .filter(v -> !isBuilt || v.outcome() != Verification.Outcome.NOT_HERE)
                .toList());
        assertThat(table).as("script/dev verify --kernel " + inTable).containsAllEntriesOf(here);
        assertThat(here).hasSizeGreaterThan(isBuilt ? 20 : table.size() - 1);
    }

    private static Map<String, String> outcomes(List<Verification> all) {
        return all.stream()
                .collect(Collectors.toMap(Verification::cve, Verification::summary, (a, b) -> b, TreeMap::new));
    }
}
