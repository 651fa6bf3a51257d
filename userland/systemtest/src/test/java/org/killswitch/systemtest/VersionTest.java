// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each tool wants the version in a file of its own: it is the same in all of them. */
final class VersionTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    dkms.conf                  | PACKAGE_VERSION="(.*)"
                    kernel/main.c              | MODULE_VERSION\\("(.*)"\\)
                    userland/pom.xml           | <revision>(.*)</revision>
                    packaging/debian/changelog | killswitch \\((.*)\\) .*
                    """)
    void isTheSameEverywhere(String file, Pattern pattern) throws IOException {
        assertThat(Files.readAllLines(Project.ROOT.resolve(file)))
                .map(String::strip)
                .map(pattern::matcher)
                .filteredOn(Matcher::find)
                .first()
                .extracting(m -> m.group(1))
                .isEqualTo(Project.version());
    }
}
