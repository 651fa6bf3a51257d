// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.killswitch.catalogue.version.FixRange;
import org.tukaani.xz.XZInputStream;

/** What the catalogue says of a CVE that the kernel's CNA has a record of is what that says. */
class CatalogueFactsTest {

    @Test
    void versionsAndFilesAreThoseOfTheRecords() throws IOException {
        Path table = RealData.file("kernel-cves.tsv.xz");
        Catalogue catalogue = Catalogue.read(List.of(Path.of("../../mitigations")));
        Set<String> compared = new HashSet<>();
        try (BufferedReader in = new BufferedReader(
                        new InputStreamReader(new XZInputStream(Files.newInputStream(table)), StandardCharsets.UTF_8));
                Stream<String> lines = in.lines()) {
            lines.map(l -> l.split("\t", -1)).forEach(columns -> {
                Optional<Entry> entry = catalogue.entry(columns[0]);
                if (entry.isPresent()) {
                    compared.add(columns[0]);
                    assertThat(ranges(entry.get().affected()))
                            .as(columns[0])
                            .isEqualTo(Arrays.stream(columns[4].split(";", -1))
                                    .map(r -> r.substring(0, r.lastIndexOf(':')))
                                    .collect(Collectors.toSet()));
                    assertThat(entry.get().files()).as(columns[0]).containsExactlyInAnyOrder(columns[3].split(",", -1));
                }
            });
        }
        // Older ones were given their numbers by others.
        assertThat(catalogue.entries().keySet())
                .filteredOn(cve -> !compared.contains(cve))
                .allSatisfy(cve -> assertThat(cve).isLessThan("CVE-2024-1087"));
        assertThat(compared).hasSizeGreaterThan(50);
    }

    private static Set<String> ranges(Collection<FixRange> affected) {
        return affected.stream()
                .map(r -> version(r.introduced().map(Object::toString)) + ":"
                        + version(r.fixed().map(Object::toString)))
                .collect(Collectors.toSet());
    }

    private static String version(Optional<String> version) {
        return version.orElse("0");
    }
}
