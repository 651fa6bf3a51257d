// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.killswitch.catalogue.version.FixRange;
import org.killswitch.catalogue.version.UpstreamVersion;
import org.tukaani.xz.XZInputStream;

/** Real records of the kernel's CNA, which are no part of the project: a test that wants them is skipped where they are not. */
public final class RealData {

    private static final Path FOLDER = Path.of(System.getProperty("killswitch.data", "../../../shared/data"));

    private RealData() {}

    /** A CVE of the table: the ranges are {@code introduced:fixed:commit}, separated by semicolons. */
    public record Row(String cve, String cvss, List<String> files, String ranges) {}

    /** Goes through the table of all CVEs; the test is skipped if it is not there. */
    public static void forEachCve(Consumer<Row> use) throws IOException {
        Path table = file("kernel-cves.tsv.xz");
        try (BufferedReader in = new BufferedReader(
                        new InputStreamReader(new XZInputStream(Files.newInputStream(table)), StandardCharsets.UTF_8));
                Stream<String> lines = in.lines()) {
            lines.map(l -> l.split("\t", -1))
                    .forEach(c -> use.accept(new Row(c[0], c[2], List.of(c[3].split(",", -1)), c[4])));
        }
    }

    /** The versions of a range as the table has them. */
    public static String versions(FixRange range) {
        return version(range.introduced()) + ":" + version(range.fixed());
    }

    private static String version(Optional<UpstreamVersion> version) {
        return version.map(Object::toString).orElse("0");
    }

    /** A file of the folder; the test that asks is skipped, with the file's name, if it is not there. */
    public static Path file(String name) {
        Path file = FOLDER.resolve(name);
        assumeTrue(Files.exists(file), "real data is not here: " + file);
        return file;
    }
}
