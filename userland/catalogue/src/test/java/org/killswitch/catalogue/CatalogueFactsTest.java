// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the catalogue says of a CVE that the kernel's CNA has a record of is what that says. */
class CatalogueFactsTest {

    @Test
    void versionsAndFilesAreThoseOfTheRecords() throws IOException {
        Catalogue catalogue = Catalogue.read(List.of(Path.of("../../mitigations")));
        Set<String> compared = new HashSet<>();
        RealData.forEachCve(row -> catalogue.entry(row.cve()).ifPresent(entry -> {
            compared.add(row.cve());
            assertThat(entry.affected().stream().map(RealData::versions).collect(Collectors.toSet()))
                    .as(row.cve())
                    .isEqualTo(Arrays.stream(row.ranges().split(";", -1))
                            .map(r -> r.substring(0, r.lastIndexOf(':')))
                            .collect(Collectors.toSet()));
            assertThat(entry.files()).as(row.cve()).containsExactlyInAnyOrderElementsOf(row.files());
        }));
        // Older ones were given their numbers by others.
        assertThat(catalogue.entries().keySet())
                .filteredOn(cve -> !compared.contains(cve))
                .allSatisfy(cve -> assertThat(cve).isLessThan("CVE-2024-1087"));
        assertThat(compared).hasSizeGreaterThan(50);
    }
}
